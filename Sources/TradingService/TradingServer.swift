import Foundation
public import Logging
public import ServiceLifecycle
import Synchronization
public import TradingAudit
public import TradingEngine
public import TradingModel
public import TradingPorts

/// The running shell put together: journal, loop, broker lines, strategies and feed. It is the desk that the API talks
/// to, and a service that ends in order: the loop commits last.
public final class TradingServer: TradingDesk, Service {
    public let reads: any ReadModels
    public let audit: any AuditDesk
    public let clock: TradingClock
    public let market: any Market
    private let journal: any ReadableJournal
    private let restored: RestoredJournal
    private let vault: CredentialVault
    private let settings: EngineSettings
    private let unsafe: [SessionID]
    private let tokenless: Set<AccountID>
    private let logger: Logger
    private let inbox: Inbox
    private let board = AnswerBoard()
    private let feed = FactFeed()
    private let strategies: StrategyRunner
    private let openProfits = OpenProfits()
    private let observer: (@Sendable ([JournalEntry], TradingEngine) -> Void)?
    private let onFinding: @Sendable (Finding) -> Void

    private struct Line { var line = Account.Line.down, isCircuitOpen = false }
    private struct State { var broker: (any Broker)?, isReady = false, lines: [AccountID: Line] = [:], failure: String? }
    private let state = Mutex(State())
    private let start = AsyncStream<Never>.makeStream()

    /// Inputs that may wait for the loop unless said otherwise; past this the API answers 503.
    public static let inboxCapacity = 4_096

    /// `restored` is what the journal folds to; the clock must not be behind it. The `unsafe` sessions start failed: earlier
    /// starts ended in a broken invariant with each of them running. The `tokenless` accounts have nothing to log in with and get no line
    /// until a token is stored. `observer` sees every commit on the loop's thread and must return at once.
    /// `onFinding` is told there of every broken invariant, before the session or the process ends for it.
    public init(
        journal: any ReadableJournal, restored: RestoredJournal, reads: any ReadModels, audit: any AuditDesk = NoAudit(), vault: CredentialVault,
        market: any Market = NoMarket(),
        clock: TradingClock,
        settings: EngineSettings = EngineSettings(), unsafe: [SessionID] = [], tokenless: Set<AccountID> = [],
        inboxCapacity: Int = TradingServer.inboxCapacity, logger: Logger, observer: (@Sendable ([JournalEntry], TradingEngine) -> Void)? = nil,
        onFinding: @escaping @Sendable (Finding) -> Void = { _ in }
    ) {
        (self.journal, self.restored, self.reads, self.vault, self.market) = (journal, restored, reads, vault, market)
        (self.clock, self.settings, self.unsafe, self.logger) = (clock, settings, unsafe, logger)
        (self.observer, self.tokenless, self.audit, self.onFinding) = (observer, tokenless, audit, onFinding)
        let inbox = Inbox(capacity: inboxCapacity)
        self.inbox = inbox
        strategies = StrategyRunner(clock: clock, market: market, tickOldestSeconds: settings.tickOldestSeconds, logger: logger) { inbox.offer($0) }
    }

    /// Where a broker's events and ticks go.
    public var sinks: BrokerSinks {
        BrokerSinks(
            event: { [inbox] account, event in inbox.deliver(Input(.broker(account, event))) },
            ticks: { [strategies] batch in strategies.ticks(batch) },
            openProfit: { [openProfits] contract, profit in openProfits.read(contract, profit) })
    }

    // MARK: Running

    /// Returns when what the start itself changes is on record, so that nobody is shown what the process before left; or when the server
    /// has ended. For one caller.
    public func started() async { for await _ in start.stream {} }

    /// Tells the engine that every line is down, opens the lines, and trades until it is asked to end. Throws when the
    /// journal fails.
    public func run() async throws {
        guard let broker = state.withLock(\.broker) else { preconditionFailure("a server runs with a broker") }
        logger.info("journal folded", metadata: ["facts": "\(restored.nextSequence - 1)", "replayed": "\(restored.replayed)"])
        state.withLock { state in
            for account in restored.state.accounts.elements where !tokenless.contains(account.id) { state.lines[account.id] = Line() }
        }
        let loop = TradingLoop(
            inbox: inbox, journal: journal, clock: clock,
            outlets: .init(
                command: { broker.offer($0) },
                answer: { [board] in board.answer($0) }, whenBuysHaveLeft: { broker.whenBuysHaveLeft($0, $1) },
                committed: { [self] in committed($0, $1) },
                found: { [self] finding in
                    logger.critical("broken invariant", metadata: ["text": "\(finding)"])
                    onFinding(finding)
                }))
        let first = opening(restored.state)
        try await withGracefulShutdownHandler {
            try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
                let thread = Thread { [self] in
                    do {
                        for account in restored.state.accounts.elements where !account.isRemoved && !tokenless.contains(account.id) {
                            _ = broker.offer(.open(account.id, account.profile))
                        }
                        follow(restored.state)
                        try loop.run(restored, settings: settings, first: first) { [self] in
                            state.withLock { $0.isReady = true }
                            start.continuation.finish()
                        }
                        ended(nil)
                        done.resume()
                    } catch {
                        ended("\(error)")
                        done.resume(throwing: error)
                    }
                }
                thread.name = "trading-loop"
                thread.start()
            }
        } onGracefulShutdown: { [self] in
            // Nothing is bought from here on; the sockets close a moment later, and the next start need not fear otherwise.
            for account in state.withLock({ $0.lines.keys.sorted() }) {
                inbox.deliver(Input(.broker(account, .lineDown(cause: Label("server ends")!, clean: true))))
            }
            inbox.deliver(Input(.flush))
            inbox.close()
        }
    }

    /// The broker to run with; it is made with this server's sinks, so it comes after the server.
    public func attach(_ broker: any Broker) { state.withLock { $0.broker = broker } }

    /// What a fresh process knows: the zones' days, and that whatever was connected is not any more.
    private func opening(_ state: EngineState) -> [Input] {
        var inputs: [Input] = []
        let waiting = state.owners.elements.flatMap { $0.raises.compactMap(\.change.zone) }
        for zone in Set(state.sessions.elements.map(\.plan.zone) + waiting).sorted() {
            guard let calendar = ZoneCalendars.calendar(zone, around: clock.now()) else { preconditionFailure("the time-zone data of \(zone) is missing") }
            inputs.append(Input(.calendar(calendar)))
        }
        inputs += unsafe.map { Input(.failSession($0, evidence: "three starts ended in a broken invariant while this session ran; see the log")) }
        for account in state.accounts.elements { inputs.append(Input(.broker(account.id, .lineDown(cause: Label("restarted")!, clean: false)))) }
        return inputs
    }

    private func ended(_ failure: String?) {
        state.withLock {
            $0.isReady = false; $0.failure = failure
        }
        start.continuation.finish()
        inbox.close()
        board.close()
        feed.close()
        strategies.end()
    }

    /// On the loop's thread, after each commit.
    private func committed(_ entries: [JournalEntry], _ engine: TradingEngine) {
        feed.publish(entries)
        var rearrange = false
        for entry in entries {
            switch entry.fact.event {
            case .sessionStarting, .sessionStarted, .planChanged, .stopping, .stopped, .failed: rearrange = true
            case .lineUp, .lineDown, .loginRefused, .lookUpEnded, .circuitOpened, .circuitClosed:
                let account = entry.fact.account!
                let (line, isOpen) = (engine.state.accounts[account].line, engine.state.accounts[account].circuitOpenUntil != nil)
                state.withLock { $0.lines[account] = Line(line: line, isCircuitOpen: isOpen) }
            case .settled(_, let settlement, _): openProfits.ended(settlement.contract)
            default: break
            }
            log(entry.fact)
        }
        if rearrange { follow(engine.state) }
        observer?(entries, engine)
    }

    private func follow(_ engine: EngineState) {
        guard let broker = state.withLock(\.broker) else { return }
        for wanted in strategies.arrange(engine.sessions.liveElements) {
            broker.follow(wanted.account, ticksOf: wanted.symbols, past: wanted.past, fresh: wanted.fresh)
        }
    }

    private func log(_ fact: Fact) {
        let level: Logger.Level =
            switch fact.event {
            case .operatorsStopped, .operatorsStopLifted, .buyInDoubt, .buyAbandoned, .lineDown, .circuitOpened, .outsideTradeSeen, .settlementOverdue,
                .settlementCorrected:
                .warning
            case .buyAmbiguous, .contractAdopted, .failed, .loginRefused: .error
            case .lookUpAsked, .lookUpEnded, .doubtLookedInto, .refusalsCounted, .quoteAsked: .debug
            default: .info
            }
        logger.log(level: level, "fact", metadata: ["owner": "\(fact.owner)", "at": "\(fact.at)", "text": "\(fact.line)"])
    }

    // MARK: The desk

    public func submit(_ event: Input.Event, mayRaise: Bool, origin: SignalOrigin?) async throws(DeskError) -> Answer.Outcome {
        let answer = await board.ask { inbox.offer(Input(event, request: $0, mayRaise: mayRaise, origin: origin)) }
        if let answer { return answer }
        throw board.isClosed ? .closed : .overloaded
    }

    public func facts(of owner: OwnerID) -> FactSubscription { feed.subscribe(owner) }

    public func prepare(zone: Label) async throws(DeskError) -> Bool {
        guard let calendar = ZoneCalendars.calendar(zone, around: clock.now()) else { return false }
        // In order before whatever names the zone.
        guard inbox.offer(Input(.calendar(calendar))) else { throw board.isClosed ? .closed : .overloaded }
        return true
    }

    public func waitForOutcome(of signal: SignalID, owner: OwnerID, atMostSeconds: Int) async throws {
        let subscription = facts(of: owner)
        defer { subscription.cancel() }
        if try await hasOutcome(signal, owner: owner) { return }
        let deadline = Task {
            try? await Task.sleep(for: .seconds(atMostSeconds))
            subscription.cancel()
        }
        defer { deadline.cancel() }
        while let entries = await subscription.next() {
            if entries.contains(where: { $0.fact.event.mayEnd(signal) }), try await hasOutcome(signal, owner: owner) { return }
        }
    }

    /// Is nothing about this signal open but contracts that run?
    private func hasOutcome(_ signal: SignalID, owner: OwnerID) async throws -> Bool {
        guard let row = try await reads.signal(signal, owner: owner) else { return true }
        for decision in row.decisions {
            if decision.status == .pending { return false }
            guard decision.status == .intended, let session = decision.session else { continue }
            if try await reads.trade(IntentID(session: session, signal: signal), owner: owner)?.state == .intended { return false }
        }
        return true
    }

    public var comparesEverySeconds: Int64 { settings.sweepSeconds }
    public func openProfit(of contract: ContractID) -> Money? { openProfits.of(contract) }

    /// With a clock so far ahead of the broker's, its ticks and signals begin to look too old.
    static let aheadMostSeconds: Int64 = 3

    public func health() -> DeskHealth {
        let (isReady, lines, failure) = state.withLock { ($0.isReady, $0.lines, $0.failure) }
        let ahead = clock.ahead() / 1_000 / Int64(clock.speed), up = lines.values.count { $0.line == .up }, open = lines.values.count(where: \.isCircuitOpen)
        return DeskHealth(
            parts: [
                .init(name: "loop", isWell: isReady, detail: failure ?? (isReady ? "running" : "not running")),
                .init(name: "inbox", isWell: inbox.count < inbox.capacity / 2, detail: "\(inbox.count) of \(inbox.capacity)"),
                .init(
                    name: "broker lines", isWell: up == lines.count && open == 0,
                    detail: "\(up) of \(lines.count) up\(open == 0 ? "" : ", circuit open on \(open)")"),
                .init(
                    name: "clock", isWell: ahead < TradingServer.aheadMostSeconds,
                    detail: ahead == 0 ? "agrees with the broker's" : "\(ahead) s ahead of the broker's"),
                .init(name: "streams", isWell: true, detail: "\(feed.subscribers)"),
            ], isReady: isReady)
    }

    // MARK: Accounts

    public func addAccount(_ token: Secret, owner: OwnerID, only: AccountID? = nil, by: Label) async throws(AccountError) -> AccountRow {
        let checked = try await check(token)
        do {
            if let only, try await reads.account(only, owner: owner)?.profile.loginID != checked.profile.loginID { throw AccountError.otherAccount }
            // The same login again: its token is replaced.
            if let row = try await reads.account(login: checked.profile.loginID, owner: owner) {
                try vault.store(token, row.id, owner, row.profile.loginID, row.profile.isVirtual)
                _ = state.withLock(\.broker)?.offer(.open(row.id, row.profile))
                return row
            }
            let id = AccountID(rawValue: try await reads.newID())
            try vault.store(token, id, owner, checked.profile.loginID, checked.profile.isVirtual)
            state.withLock { $0.lines[id] = Line() }
            do {
                if case .declined(let decline) = try await submit(.addAccount(id, owner: owner, checked.profile)) { throw AccountError.declined(decline) }
            } catch {
                // Nobody's account: nothing of the token stays.
                _ = state.withLock { $0.lines.removeValue(forKey: id) }
                try vault.erase(id)
                throw error
            }
            guard let row = try await reads.account(id, owner: owner) else { throw AccountError.notFound }
            return row
        } catch { throw accountError(error) }
    }

    public func checkAccount(_ account: AccountID, owner: OwnerID) async throws(AccountError) -> CheckedToken {
        do {
            guard let row = try await reads.account(account, owner: owner), !row.isRemoved else { throw AccountError.notFound }
            guard let token = try vault.token(account) else { throw AccountError.vault }
            return try await check(token)
        } catch { throw accountError(error) }
    }

    public func removeAccount(_ account: AccountID, owner: OwnerID, by: Label) async throws(AccountError) {
        do {
            if case .declined(let decline) = try await submit(.removeAccount(account, owner: owner, by: by)) { throw AccountError.declined(decline) }
            _ = state.withLock { $0.lines.removeValue(forKey: account) }
            try vault.erase(account)
        } catch { throw accountError(error) }
    }

    private func check(_ token: Secret) async throws(AccountError) -> CheckedToken {
        guard let broker = state.withLock(\.broker) else { throw .desk(.closed) }
        do { return try await broker.check(token) } catch { throw .broker(error) }
    }

    private func accountError(_ error: any Error) -> AccountError {
        if let error = error as? AccountError { return error }
        if let error = error as? DeskError { return .desk(error) }
        logger.error("account", metadata: ["error": "\(error)"])
        return .vault
    }
}

extension Fact.Event {
    /// May nothing about this signal be open any more after it?
    func mayEnd(_ signal: SignalID) -> Bool {
        switch self {
        case .buyConfirmed(let id, _, _), .buyRejected(let id, _), .buyUnsent(let id), .buyInDoubt(let id, _), .contractAdopted(let id, _):
            id.signal == signal
        case .signalRefused(let id, _, _), .signalExpired(let id), .signalCancelled(let id, _): id == signal
        // What waited in the session waits no more.
        case .stopping, .stopped, .failed: true
        default: false
        }
    }
}
