import TradingEngine
import TradingModel
import TradingPorts

/// The tables that follow from the journal, in memory: what the store makes of the same row changes.
struct MemoryTables: Sendable, Equatable {
    struct MissingRow: Error { let of: String }

    struct DecisionKey: Hashable, Sendable { let signal: SignalID, session: SessionID? }
    struct RefusalKey: Hashable, Sendable { let session: SessionID, strategy: Label?, code: Refusal.Code }
    struct OutsideKey: Hashable, Sendable { let account: AccountID, contract: ContractID }
    struct SignalEntry: Equatable, Sendable { let signal: Signal, acceptedAt: Timestamp }

    var accounts: [AccountID: AccountRow] = [:]
    var sessions: [SessionID: SessionRow] = [:]
    var signals: [SignalID: SignalEntry] = [:]
    var decisions: [DecisionKey: SignalDecisionRow] = [:]
    /// Sessions that have a decision on a signal, in the order in which they came.
    var deciders: [SignalID: [SessionID?]] = [:]
    /// Signals that may be pending in a session, in the order in which they came.
    var pending: [SessionID: [SignalID]] = [:]
    var trades: [IntentID: TradeRow] = [:]
    var refusals: [RefusalKey: RefusalCount] = [:]
    var stopped: [OwnerID: Bool] = [:]
    var operatorsStop: OperatorsStop?
    var limits: [OwnerID: ExposureLimits] = [:]
    var outside: [OutsideKey: Money] = [:]

    mutating func apply(_ changes: [RowChange]) throws(MissingRow) {
        for row in changes { try apply(row) }
    }

    private mutating func apply(_ row: RowChange) throws(MissingRow) {
        switch row {
        case .account(let row): accounts[row.id] = row
        case .session(let row): sessions[row.id] = row
        case .signal(let signal, let acceptedAt):
            if signals.updateValue(SignalEntry(signal: signal, acceptedAt: acceptedAt), forKey: signal.id) != nil {
                throw MissingRow(of: "signal \(signal.id) is there twice")
            }
        case .decision(let signal, let row): decide(signal, row)
        case .closePending(let signal, let status, let at):
            for session in deciders[signal] ?? [] {
                let key = DecisionKey(signal: signal, session: session)
                if decisions[key]?.status == .pending { decisions[key]!.status = status; decisions[key]!.at = at }
            }
        case .refusePending(let session, let refusal, let at):
            for signal in pending[session] ?? [] where decisions[DecisionKey(signal: signal, session: session)]?.status == .pending {
                decide(signal, SignalDecisionRow(session: session, status: .refused, refusal: refusal, at: at))
            }
            pending[session] = []
        case .trade(let intent, let owner):
            if trades[intent.id] != nil { throw MissingRow(of: "trade \(intent.id) is there twice") }
            trades[intent.id] = TradeRow(intent: intent, owner: owner, source: nil, strategy: nil, state: .intended)
        case .tradeState(let id, let state): try alter(id) { $0.state = state }
        case .tradeRejected(let id, let rejection):
            try alter(id) {
                $0.state = .rejected; $0.rejection = rejection
            }
        case .tradeBought(let id, let contract):
            try alter(id) {
                $0.state = .open; $0.contract = contract
            }
        case .tradeSettled(let id, let settlement):
            try alter(id) {
                $0.state = .settled; $0.settlement = settlement
            }
        case .refusals(let session, _, let count):
            let key = RefusalKey(session: session, strategy: count.strategy, code: count.refusal.code)
            var sum = count
            sum.count += refusals[key]?.count ?? 0
            refusals[key] = sum
        case .emergencyStop(let owner, let isStopped): stopped[owner] = isStopped
        case .operatorsStop(let stop): operatorsStop = stop
        case .ownerLimits(let owner, let set): limits[owner] = set
        // Nothing of the previous system is simulated.
        case .previous: break
        // No input of the simulation has one.
        case .origin: break
        case .outsideTrade(let account, _, let contract, _, let price, _): outside[OutsideKey(account: account, contract: contract)] = price
        }
    }

    private mutating func decide(_ signal: SignalID, _ row: SignalDecisionRow) {
        let key = DecisionKey(signal: signal, session: row.session)
        if decisions.updateValue(row, forKey: key) == nil { deciders[signal, default: []].append(row.session) }
        if row.status == .pending, let session = row.session { pending[session, default: []].append(signal) }
    }

    private mutating func alter(_ id: IntentID, _ body: (inout TradeRow) -> Void) throws(MissingRow) {
        guard trades[id] != nil else { throw MissingRow(of: "trade \(id)") }
        body(&trades[id]!)
    }
}
