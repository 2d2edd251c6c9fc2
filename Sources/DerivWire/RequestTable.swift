import TradingEngine
import TradingModel

/// Who asked what: answers come in any order and are told apart by their number only. Each request has a deadline.
struct RequestTable: Sendable {
    enum Purpose: Sendable {
        case authorize, transactions, newest, firstBalance, ping, forget
        case time(sent: Timestamp)
        case buy(IntentID)
        case openContract(ContractID)
        case ticks(Symbol)
        case past(Symbol)
        case contractsFor(Symbol)
        case quote(ContractTerms, stake: Money)
        case proposal(Symbol, OfferReader.Line, [OfferReader.Line], [Offer])
        case statement, balance, portfolio, profitTable
        /// What the broker lets us ask.
        case limits

        var name: String {
            switch self {
            case .authorize: "authorize"
            case .transactions: "transaction"
            case .newest, .statement: "statement"
            case .firstBalance, .balance: "balance"
            case .ping: "ping"
            case .forget: "forget"
            case .time: "time"
            case .buy: "buy"
            case .openContract: "proposal_open_contract"
            case .ticks, .past: "ticks_history"
            case .contractsFor: "contracts_for"
            case .proposal, .quote: "proposal"
            case .portfolio: "portfolio"
            case .profitTable: "profit_table"
            case .limits: "website_status"
            }
        }

        static func == (a: Purpose?, b: Purpose) -> Bool { a?.name == b.name }
    }

    /// `question` is kept of what may be asked again: a buy never is.
    private struct Entry: Sendable { let id: Int64, purpose: Purpose, due: Timestamp, question: Question? }
    /// In the order of their numbers.
    private var entries: [Entry] = []
    /// Unanswered requests at once. Past this the line is not healthy. None is ever dropped: one of them may be a buy,
    /// whose answer must find its intent.
    static let most = 4_096

    var count: Int { entries.count }
    var isFull: Bool { entries.count >= RequestTable.most }

    mutating func add(_ id: Int64, _ purpose: Purpose, due: Timestamp, question: Question? = nil) {
        precondition(!isFull, "a request was added to a full table")
        entries.append(Entry(id: id, purpose: purpose, due: due, question: question))
    }

    private func index(_ id: Int64) -> Int? { entries.firstIndex { $0.id == id } }

    func purpose(_ id: Int64) -> Purpose? { index(id).map { entries[$0].purpose } }
    mutating func take(_ id: Int64) -> Purpose? { index(id).map { entries.remove(at: $0).purpose } }
    func question(_ id: Int64) -> Question? { index(id).flatMap { entries[$0].question } }

    func overdue(at now: Timestamp) -> Purpose? { entries.first { $0.due <= now }?.purpose }
    var nextDue: Timestamp? { entries.map(\.due).min().flatMap { $0 == .distantFuture ? nil : $0 } }
}
