import HTTPTypes
import Hummingbird
import Logging
import People
import PlainJSON
import Synchronization
import TradingModel
import TradingPorts

@testable import TradingAPI
@testable import TradingEngine

extension Timestamp { static let fixture = Timestamp(iso8601: "2026-11-22T10:15:30.250Z")! }
extension Money { static func usd(_ cents: Int64) -> Money { Money(minorUnits: cents, currency: .usd) } }

extension SignalRow {
    static func fixture(_ low: UInt64, owner: Int64) -> SignalRow {
        let signal = Signal(
            id: SignalID(high: 0, low: low), owner: OwnerID(rawValue: owner), source: Label("api")!, symbol: Symbol("R_100")!, kind: .rise,
            issuedAt: .fixture, validUntil: Timestamp.fixture.adding(seconds: 60))
        let refusal = Refusal(.accountBusy, waitingHelps: true)
        return SignalRow(
            signal: signal, acceptedAt: .fixture, status: .pending,
            decisions: [
                SignalDecisionRow(session: SessionID(rawValue: owner * 10), status: .pending, refusal: refusal, at: .fixture)
            ])
    }
}

extension SessionRow {
    static func fixture(_ id: Int64, owner: Int64, account: AccountID? = nil, plan: SessionPlan? = nil, phase: SessionPhase = .active) -> SessionRow {
        let plan = plan ?? SessionPlan(name: Label("first")!, stakeRule: .fixed(.usd(100)), limits: RiskLimits(drawdownBasisPoints: 1_050))
        return SessionRow(
            id: SessionID(rawValue: id), owner: OwnerID(rawValue: owner), account: account ?? AccountID(rawValue: owner), plan: plan, phase: phase,
            createdAt: .fixture, startedAt: .fixture, stoppedAt: nil, lastTradeAt: .fixture, failure: nil, startBalance: .usd(100_000), profit: .usd(-1_250),
            peak: .usd(100_000), currentDrawdown: 125, greatestDrawdown: 300, trades: 3, wins: 1, losses: 2, settled: 3, settledStakes: .usd(300),
            settledPossiblePayouts: .usd(585), day: TradingDay(year: 2026, month: 11, day: 22), tradesToday: 3, profitToday: .usd(-1_250), lossesInARow: 2,
            openContracts: 0, unresolved: 0, exposure: .usd(0), waiting: 0)
    }
}

extension AccountRow {
    static func fixture(_ id: Int64, owner: Int64) -> AccountRow {
        AccountRow(
            id: AccountID(rawValue: id), owner: OwnerID(rawValue: owner),
            profile: AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC90\(id)")!, currency: .usd, isVirtual: true), line: .up,
            balance: .usd(100_000), reserved: .usd(100), openExposure: .usd(0), openContracts: 0, isInDoubt: false, limits: .none)
    }
}

extension TradeRow {
    static func fixture(session: Int64, signal: UInt64, owner: Int64) -> TradeRow {
        fixture(session: session, signal: SignalID(high: 0, low: signal), owner: owner)
    }
    static func fixture(session: Int64, signal: SignalID, owner: Int64) -> TradeRow {
        let terms = ContractTerms(symbol: Symbol("R_100")!, kind: .rise, duration: .ticks(5))
        let intent = BuyIntent(
            id: IntentID(session: SessionID(rawValue: session), signal: signal), account: AccountID(rawValue: owner), terms: terms,
            stake: Stake(recorded: .usd(100)), intendedAt: .fixture, day: TradingDay(year: 2026, month: 11, day: 22)!)
        let contract = Contract(
            id: ContractID(rawValue: 9_007_199_254_740_993), transaction: TransactionID(rawValue: 7), price: .usd(100), payout: .usd(195),
            purchasedAt: .fixture)
        let settlement = Settlement(contract: contract.id, transaction: nil, payout: .usd(195), settledAt: .fixture)
        return TradeRow(
            intent: intent, owner: OwnerID(rawValue: owner), source: Label("api")!, strategy: nil, state: .settled, contract: contract, settlement: settlement)
    }
}

extension JournalEntry {
    static func fixture(_ sequence: Int64, owner: Int64 = 1) -> JournalEntry {
        JournalEntry(
            sequence: sequence, ownerSequence: sequence, fact: Fact(at: .fixture, owner: OwnerID(rawValue: owner), .emergencyStopped(by: Label("me")!)))
    }
}

/// Asks the API without a socket.
struct Client {
    let desk: FakeDesk
    let api: API
    var key: String? = "key-of-1"
    var host: String? = "127.0.0.1:8080"

    init(_ desk: FakeDesk = FakeDesk(), people: PeopleBook = .nobody, configuration: APIConfiguration = APIConfiguration()) {
        self.desk = desk
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        api = API(desk: desk, hooks: desk.hookBook, people: people, configuration: configuration, logger: logger)
    }

    struct Answer {
        let status: Int
        let headers: HTTPFields
        let text: String
        var json: JSONValue { (try? JSONValue.parse(Array(text.utf8))) ?? .null }
        var code: String? { json["code"]?.string }
        var field: String? { json["field"]?.string }
        /// `400 invalid_field limits.drawdown`: all that a test of wrong input needs to say.
        var line: String { "\(status)" + [code, field].compactMap(\.self).map { " \($0)" }.joined() }
    }

    func send(_ method: HTTPRequest.Method, _ target: String, _ body: String? = nil, headers: HTTPFields = [:]) async -> Answer {
        await send(method, target, bytes: body.map { Array($0.utf8) } ?? [], headers: headers)
    }

    func send(_ method: HTTPRequest.Method, _ target: String, bytes: [UInt8], headers: HTTPFields = [:], from peer: String = "127.0.0.1") async -> Answer {
        var fields = headers
        if let key { fields[.authorization] = "Bearer \(key)" }
        if !bytes.isEmpty, fields[.contentType] == nil { fields[.contentType] = "application/json" }
        let parts = target.split(separator: "?", maxSplits: 1)
        let request = APIRequest(
            method: method, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : nil, headers: fields, authority: host,
            peer: NetworkAddress(peer),
            body: { most in bytes.count <= most ? bytes : nil })
        let reply = await api.answer(request).reply
        return Answer(status: reply.status.code, headers: reply.headers, text: String(decoding: reply.bytes, as: UTF8.self))
    }

    /// A live stream as it was answered; nil when it was not.
    func stream(_ target: String, headers: HTTPFields = [:]) async -> (@Sendable (inout any ResponseBodyWriter) async throws -> Void)? {
        var fields = headers
        if let key { fields[.authorization] = "Bearer \(key)" }
        let parts = target.split(separator: "?", maxSplits: 1)
        let request = APIRequest(
            method: .get, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : nil, headers: fields, authority: host,
            peer: NetworkAddress("127.0.0.1"), body: { _ in [] })
        guard case .stream(let write) = await api.answer(request).reply.body else { return nil }
        return write
    }

    func get(_ target: String) async -> Answer { await send(.get, target) }
    func post(_ target: String, _ body: String? = nil, key: String? = nil) async -> Answer {
        await send(.post, target, body, headers: key.map { [Idempotency.header: $0] } ?? [:])
    }
    func put(_ target: String, _ body: String) async -> Answer { await send(.put, target, body) }
    func delete(_ target: String) async -> Answer { await send(.delete, target) }
}

extension FakeDesk {
    /// A trade of session 10 at a price of 10.00 that settled so many seconds after the fixture's time, with its fact.
    func settle(_ number: UInt64, at seconds: Int64, profit: Int64) {
        let intent = IntentID(session: SessionID(rawValue: 10), signal: SignalID(high: number, low: 77))
        let at = Timestamp.fixture.adding(seconds: seconds), contract = ContractID(rawValue: Int64(number))
        let settlement = Settlement(contract: contract, transaction: nil, payout: .usd(1_000 + profit), settledAt: at)
        state.withLock { state in
            var row = TradeRow.fixture(session: 10, signal: intent.signal, owner: 1)
            row.contract = Contract(
                id: contract, transaction: TransactionID(rawValue: contract.rawValue), price: .usd(1_000), payout: .usd(1_950), purchasedAt: at)
            row.settlement = settlement
            row.state = .settled
            state.trades.append(row)
            state.trades.sort { ($0.settlement?.settledAt ?? .distantFuture) < ($1.settlement?.settledAt ?? .distantFuture) }
            let place = Int64(state.facts.count { $0.fact.owner.rawValue == 1 }) + 1
            state.facts.append(
                JournalEntry(
                    sequence: place, ownerSequence: place,
                    fact: Fact(
                        at: .fixture, owner: OwnerID(rawValue: 1), account: AccountID(rawValue: 1), session: SessionID(rawValue: 10),
                        .settled(intent, settlement, balance: nil))))
        }
    }
}
