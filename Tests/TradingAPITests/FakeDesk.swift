import Crypto
import Synchronization
import TradingModel
import TradingPorts
import TradingService

@testable import TradingEngine

/// A desk that does as its script says and keeps its rows in memory. It records what it was asked.
final class FakeDesk: TradingDesk {
    struct State {
        var asked: [Input.Event] = []
        /// What signals came in.
        var origins: [SignalOrigin] = []
        /// Of each of these, whether whoever asked had shown to be the owner.
        var mayRaise: [Bool] = []
        var promises: [OwnerID: PromiseStanding] = [:]
        /// Answers that come before the usual ones, oldest first.
        var script: [Result<Answer.Outcome, DeskError>] = []
        var accountScript: [AccountError] = []
        var tokens: [String] = []
        var waitedFor: [String] = []
        var places: [OwnerID: PreviousPlace] = [:]
        var defaults: [OwnerID: PreviousDefaults] = [:]
        var limits: [OwnerID: ExposureLimits] = [:]
        /// The store answers nothing but errors.
        var isBroken = false
        var isReady = true

        var keys: [[UInt8]: OwnerID] = [:]
        var signals: [SignalRow] = []
        var sessions: [SessionRow] = []
        var accounts: [AccountRow] = []
        var trades: [TradeRow] = []
        var refusals: [RefusalCount] = []
        var stopped: Set<OwnerID> = []
        var operatorsStop: OperatorsStop?
        /// What was put on the audit log beside facts.
        var entered: [String] = []
        var facts: [JournalEntry] = []
        var remembered: [String: RememberedAnswer] = [:]
        var numbers: [String: Int64] = [:]
        /// As if the process had ended after what was done: no answer is remembered.
        var isForgetful = false
        var nextID: Int64 = 100
        var hooks: [StoredHook] = []
        /// How often the store was asked whose a key is, and for anybody's hook.
        var keysLookedUp = 0, hooksLookedUp = 0
        /// What hooks call now.
        var wall = Timestamp.fixture
        /// Settled trades that were read, over all questions.
        var settledRead = 0
        /// What becomes of the trade that a new signal makes; it is settled, unless this says otherwise.
        var tradeOfSignals: (state: TradeState, rejection: Rejection?)?
    }

    struct Broken: Error, CustomStringConvertible { let description = "disk at sector 7 of the secret volume" }

    let state = Mutex(State())
    let feed = FactFeed()
    let clock = TradingClock { .fixture }
    let market: any Market
    var comparesEverySeconds: Int64 { 300 }
    func openProfit(of contract: ContractID) -> Money? { nil }
    var reads: any ReadModels { self }
    var audit: any AuditDesk { self }

    init(market: any Market = NoMarket()) {
        self.market = market
        state.withLock { state in
            state.keys[Array(SHA256.hash(data: Array("key-of-1".utf8)))] = OwnerID(rawValue: 1)
            state.keys[Array(SHA256.hash(data: Array("key-of-2".utf8)))] = OwnerID(rawValue: 2)
            state.accounts = [.fixture(1, owner: 1), .fixture(2, owner: 2)]
            state.sessions = [.fixture(10, owner: 1), .fixture(20, owner: 2)]
            state.trades = [.fixture(session: 10, signal: 5, owner: 1), .fixture(session: 20, signal: 6, owner: 2)]
            state.signals = [.fixture(5, owner: 1), .fixture(6, owner: 2)]
        }
    }

    var asked: [Input.Event] { state.withLock { $0.asked } }
    func script(_ results: Result<Answer.Outcome, DeskError>...) { state.withLock { $0.script += results } }
    func breakStore() { state.withLock { $0.isBroken = true } }

    private func look<Value>(_ body: (inout State) throws -> sending Value) throws -> sending Value {
        try state.withLock { state in
            if state.isBroken { throw Broken() }
            return try body(&state)
        }
    }

    // MARK: Desk

    func submit(_ event: Input.Event, mayRaise: Bool, origin: SignalOrigin?) async throws(DeskError) -> Answer.Outcome {
        // What follows many a request changes nothing.
        if case .askPromise(let owner) = event { return .promise(state.withLock { $0.promises[owner] } ?? PromiseStanding(seconds: 0, raises: [])) }
        let result: Result<Answer.Outcome, DeskError> = state.withLock { state in
            state.asked.append(event)
            state.mayRaise.append(mayRaise)
            if let origin { state.origins.append(origin) }
            return state.script.isEmpty ? .success(FakeDesk.usual(event, &state)) : state.script.removeFirst()
        }
        return try result.get()
    }

    private static func usual(_ event: Input.Event, _ state: inout State) -> Answer.Outcome {
        switch event {
        case .signal(let signal):
            if state.signals.contains(where: { $0.signal.id == signal.id }) { return .declined(.signalExists) }
            let refusal = Refusal(.lossPerDayReached, .init(5_050, against: 5_000, .money(.usd)))
            state.signals.append(
                SignalRow(
                    signal: signal, acceptedAt: .fixture, status: .intended,
                    decisions: [
                        SignalDecisionRow(session: SessionID(rawValue: 10), status: .intended, refusal: nil, at: .fixture),
                        SignalDecisionRow(session: SessionID(rawValue: 11), status: .refused, refusal: refusal, at: .fixture),
                    ]))
            var trade = TradeRow.fixture(session: 10, signal: signal.id, owner: signal.owner.rawValue)
            if let (state, rejection) = state.tradeOfSignals { (trade.state, trade.rejection, trade.contract, trade.settlement) = (state, rejection, nil, nil) }
            state.trades.append(trade)
            return .signal([])
        case .createSession(let id, let owner, let account, let plan, _):
            state.sessions.append(.fixture(id.rawValue, owner: owner.rawValue, account: account, plan: plan, phase: .idle))
        case .changePlan(let id, let owner, let plan, _):
            guard let index = state.sessions.firstIndex(where: { $0.id == id && $0.owner == owner }) else { return .declined(.sessionNotFound) }
            state.sessions[index].plan = plan
        case .startSession(let id, let owner, _), .pauseSession(let id, let owner, _), .resumeSession(let id, let owner, _, _),
            .stopSession(let id, let owner, _):
            if !state.sessions.contains(where: { $0.id == id && $0.owner == owner }) { return .declined(.sessionNotFound) }
        case .ask(let id, let owner, _):
            guard let session = state.sessions.first(where: { $0.id == id && $0.owner == owner }) else { return .declined(.sessionNotFound) }
            let picture = RiskPicture(
                exposure: 0, profitToday: -1_250, equity: 98_750, peak: 100_000, lossesInARow: 2, open: 0, tradesToday: 3,
                unanswered: 0, available: 98_750)
            return .risk(
                RiskAnswer(
                    refusals: [Refusal(.drawdownReached, .init(1_000, against: 1_000, .basisPoints))], picture: picture,
                    limits: session.plan.limits, stake: .usd(35), day: session.day, currentDrawdown: 125, greatestDrawdown: 300))
        case .emergencyStop(let owner, _): state.stopped.insert(owner)
        case .operatorsStop(let reason, let by):
            if state.operatorsStop == nil { state.operatorsStop = OperatorsStop(since: .fixture, by: by, reason: reason) }
        case .liftOperatorsStop: state.operatorsStop = nil
        case .setOwnerLimits(let owner, let limits, _): state.limits[owner] = limits
        case .liftEmergencyStop(let owner, _): state.stopped.remove(owner)
        case .resolveDoubt(let id, let owner, _, _):
            if !state.trades.contains(where: { $0.intent.id == id && $0.owner == owner }) { return .declined(.intentNotFound) }
        default: break
        }
        return .done
    }

    func waitForOutcome(of signal: SignalID, owner: OwnerID, atMostSeconds: Int) async throws {
        state.withLock { $0.waitedFor.append("\(signal.short) \(atMostSeconds) s") }
    }

    private func accountError() -> AccountError? { state.withLock { $0.accountScript.isEmpty ? nil : $0.accountScript.removeFirst() } }

    func addAccount(_ token: Secret, owner: OwnerID, only: AccountID?, by: Label) async throws(AccountError) -> AccountRow {
        if let error = accountError() { throw error }
        return state.withLock { state in
            state.tokens.append(token.reveal { $0 })
            let row = AccountRow.fixture(3, owner: owner.rawValue)
            state.accounts.append(row)
            return row
        }
    }

    func checkAccount(_ account: AccountID, owner: OwnerID) async throws(AccountError) -> CheckedToken {
        if let error = accountError() { throw error }
        guard let row = (try? await self.account(account, owner: owner)) ?? nil else { throw .notFound }
        return CheckedToken(profile: row.profile, balance: row.balance, scopes: ["read", "trade"])
    }

    func removeAccount(_ account: AccountID, owner: OwnerID, by: Label) async throws(AccountError) {
        if let error = accountError() { throw error }
        guard (try? await self.account(account, owner: owner)) != nil else { throw .notFound }
        state.withLock { $0.accounts.removeAll { $0.id == account } }
    }

    func prepare(zone: Label) async throws(DeskError) -> Bool { ["UTC", "Asia/Kolkata"].contains(zone.text) }
    func facts(of owner: OwnerID) -> FactSubscription { feed.subscribe(owner) }
    func health() -> DeskHealth {
        DeskHealth(parts: [.init(name: "journal", isWell: true, detail: "412 facts")], isReady: state.withLock { $0.isReady })
    }

    /// Puts facts into the journal and, unless the feed is to miss them, on the feed.
    func record(_ count: Int, owner: Int64 = 1, published: Bool = true) {
        let entries = state.withLock { state in
            let had = state.facts.count { $0.fact.owner.rawValue == owner }
            let new = (1...count).map { JournalEntry.fixture(Int64(had + $0), owner: owner) }
            state.facts += new
            return new
        }
        if published { feed.publish(entries) }
    }
}

extension FakeDesk: AuditDesk {
    func enter(_ action: String, _ object: String, outcome: String, by doer: Doer) async throws {
        try look { $0.entered.append("\(doer.text) | \(action) | \(object)" + (outcome == "done" ? "" : " | \(outcome)")) }
    }
    func entries(_ page: Page<AuditFilter>) async throws -> PageOf<AuditRow> { try await NoAudit().entries(page) }
    func verify() async throws -> AuditFinding { try await NoAudit().verify() }
    func proof(of trade: IntentID, owner: OwnerID) async throws -> [UInt8]? {
        try look { state in state.trades.contains { $0.intent.id == trade && $0.owner == owner } ? Array("{}".utf8) : nil }
    }
}

extension FakeDesk: ReadModels {
    func anyonesSessions(_ page: Page<SessionFilter>) async throws -> PageOf<SessionRow> { try self.page(look { $0.sessions }, page) }
    func anyonesSession(_ id: SessionID) async throws -> SessionRow? { try look { $0.sessions.first { $0.id == id } } }

    func unclearTrades(_ page: Page<UnclearFilter>) async throws -> PageOf<TradeRow> {
        try self.page(
            look { state in
                state.trades.filter { $0.state == .inDoubt && page.filter.state != .ambiguous || $0.state == .ambiguous && page.filter.state != .inDoubt }
            }, page)
    }
    func anyonesTrade(_ id: IntentID) async throws -> TradeRow? { try look { $0.trades.first { $0.intent.id == id } } }
    func anyonesEnding() async throws -> Ending { try look { FakeDesk.ending($0.sessions) } }
    func ending(_ owner: OwnerID) async throws -> Ending { try look { FakeDesk.ending($0.sessions.filter { $0.owner == owner }) } }
    private static func ending(_ sessions: [SessionRow]) -> Ending {
        sessions.filter { $0.phase == .stopping }.reduce(into: Ending(sessions: 0, openContracts: 0, unresolvedBuys: 0)) { sum, session in
            sum.sessions += 1
            sum.openContracts += Int64(session.openContracts)
            sum.unresolvedBuys += Int64(session.unresolved)
        }
    }
    func operatorsStop() async throws -> OperatorsStop? { try look { $0.operatorsStop } }

    /// The rest of a list as the stores page it: the cursor is the number of rows already given.
    private func page<Row, Filter>(_ rows: [Row], _ page: Page<Filter>) throws -> PageOf<Row> {
        let from: Int
        if let after = page.after {
            guard let number = Int(after), (1...rows.count).contains(number) else { throw InvalidCursor() }
            from = number
        } else {
            from = 0
        }
        let some = rows[from...].prefix(page.limit)
        return PageOf(rows: Array(some), next: from + some.count < rows.count ? "\(from + some.count)" : nil)
    }

    func signals(_ owner: OwnerID, _ page: Page<SignalFilter>) async throws -> PageOf<SignalRow> {
        try self.page(look { $0.signals.filter { $0.signal.owner == owner && (page.filter.status == nil || $0.status == page.filter.status) } }, page)
    }
    func signal(_ id: SignalID, owner: OwnerID) async throws -> SignalRow? { try look { $0.signals.first { $0.signal.id == id && $0.signal.owner == owner } } }
    func sessions(_ owner: OwnerID, _ page: Page<SessionFilter>) async throws -> PageOf<SessionRow> {
        try self.page(look { $0.sessions.filter { $0.owner == owner && (page.filter.phase == nil || $0.phase.name == page.filter.phase) } }, page)
    }
    func session(_ id: SessionID, owner: OwnerID) async throws -> SessionRow? { try look { $0.sessions.first { $0.id == id && $0.owner == owner } } }
    func accounts(_ owner: OwnerID) async throws -> [AccountRow] { try look { $0.accounts.filter { $0.owner == owner } } }
    func account(login: Label, owner: OwnerID) async throws -> AccountRow? {
        try look { $0.accounts.first { $0.profile.loginID == login && $0.owner == owner && !$0.isRemoved } }
    }
    func account(_ id: AccountID, owner: OwnerID) async throws -> AccountRow? { try look { $0.accounts.first { $0.id == id && $0.owner == owner } } }
    func trades(_ owner: OwnerID, _ page: Page<TradeFilter>) async throws -> PageOf<TradeRow> {
        try self.page(look { $0.trades.filter { $0.owner == owner && (page.filter.session == nil || $0.intent.id.session == page.filter.session) } }, page)
    }
    func trade(_ id: IntentID, owner: OwnerID) async throws -> TradeRow? { try look { $0.trades.first { $0.intent.id == id && $0.owner == owner } } }
    func refusals(_ session: SessionID, owner: OwnerID) async throws -> [RefusalCount] { try look { $0.refusals } }
    func isEmergencyStopped(_ owner: OwnerID) async throws -> Bool { try look { $0.stopped.contains(owner) } }
    func previousPlace(_ owner: OwnerID) async throws -> PreviousPlace? { try look { $0.places[owner] } }
    func keep(_ place: PreviousPlace, owner: OwnerID) async throws { try look { $0.places[owner] = place } }
    func bought(_ owner: OwnerID, _ outcome: BoughtOutcome?, limit: Int, offset: Int) async throws -> (rows: [TradeRow], total: Int64) {
        let rows = try look { $0.trades.filter { $0.owner == owner && $0.contract != nil && (outcome == nil || $0.outcome == outcome) } }
        return (Array(rows.dropFirst(offset).prefix(limit)), Int64(rows.count))
    }
    func bought(_ owner: OwnerID, previously word: String, _ outcome: BoughtOutcome?, limit: Int, offset: Int) async throws -> (
        rows: [TradeRow], total: Int64
    ) {
        let rows = try look {
            $0.trades.filter { row in
                row.owner == owner && row.contract != nil
                    && (row.previous.map { $0.status == word } ?? (outcome != nil && row.outcome == outcome))
            }
        }
        return (Array(rows.dropFirst(offset).prefix(limit)), Int64(rows.count))
    }
    func imported(_ owner: OwnerID) async throws -> [ImportedTotals] { [] }
    func previousDefaults(_ owner: OwnerID) async throws -> PreviousDefaults? { try look { $0.defaults[owner] } }
    func settled<Result: Sendable>(
        _ owner: OwnerID, _ filter: SettledFilter, into result: Result, _ add: @escaping @Sendable (inout Result, SettledTrade) throws -> Void
    ) async throws -> Result {
        var result = result
        for row in try look({ $0.trades }) where row.owner == owner && (filter.session == nil || row.intent.id.session == filter.session) {
            guard let contract = row.contract, let settlement = row.settlement, settlement.settledAt < filter.until ?? .distantFuture,
                filter.from.map({ $0 <= settlement.settledAt }) ?? true
            else { continue }
            state.withLock { $0.settledRead += 1 }
            try add(
                &result,
                SettledTrade(
                    account: row.intent.account, terms: row.intent.terms, price: contract.price, payout: settlement.payout,
                    purchasedAt: contract.purchasedAt, settledAt: settlement.settledAt))
        }
        return result
    }
    func limits(_ owner: OwnerID) async throws -> ExposureLimits { try look { $0.limits[owner] ?? .none } }
    func facts(_ owner: OwnerID, after: Int64, limit: Int) async throws -> [JournalEntry] {
        try look { Array($0.facts.filter { $0.fact.owner == owner && $0.ownerSequence > after }.prefix(limit)) }
    }
    func newestFact(_ owner: OwnerID) async throws -> Int64 { try look { $0.facts.last { $0.fact.owner == owner }?.ownerSequence ?? 0 } }
    func owner(keyHash: [UInt8]) async throws -> OwnerID? {
        try look {
            $0.keysLookedUp += 1
            return $0.keys[keyHash]
        }
    }
    func remembered(_ owner: OwnerID, idempotencyKey: String) async throws -> RememberedAnswer? { try look { $0.remembered["\(owner) \(idempotencyKey)"] } }
    func remember(_ owner: OwnerID, idempotencyKey: String, _ answer: RememberedAnswer) async throws {
        if state.withLock(\.isForgetful) { throw Broken() }
        try look { if $0.remembered["\(owner) \(idempotencyKey)"] == nil { $0.remembered["\(owner) \(idempotencyKey)"] = answer } }
    }
    func newID() async throws -> Int64 {
        try look {
            $0.nextID += 1; return $0.nextID
        }
    }
    func newID(_ owner: OwnerID, idempotencyKey: String, requestHash: [UInt8]) async throws -> Int64 {
        try look { state in
            let name = "\(owner) \(idempotencyKey) \(requestHash)"
            if let known = state.numbers[name] { return known }
            state.nextID += 1
            state.numbers[name] = state.nextID
            return state.nextID
        }
    }
}
