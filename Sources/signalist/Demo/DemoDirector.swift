import Foundation
import ServiceLifecycle
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

/// Plays the demo's user: adds the account, starts the session, watches, and at the end pauses it, lets what is open
/// settle, and holds our books against the broker's.
actor DemoDirector: Service {
    private let parts: Composition
    private let owner: OwnerID
    private let seconds: Int?
    private let say: @Sendable (String) -> Void
    private var port: Int?
    private(set) var summary: DemoSummary?

    static let by = Label("demo")!
    static let token = "demo-token-of-the-simulated-broker"
    private var server: TradingServer { parts.server }

    init(parts: Composition, owner: OwnerID, seconds: Int?, say: @escaping @Sendable (String) -> Void) {
        (self.parts, self.owner, self.seconds, self.say) = (parts, owner, seconds, say)
    }

    func listening(on port: Int) { self.port = port }

    func run() async throws {
        let before = try await server.reads.newestFact(owner)
        let terminal = DemoTerminal(server: server, owner: owner, say: say)
        let watching = Task { await terminal.run(after: before) }
        let account = try await account()
        let session = try await session(account)
        if let limit = seconds { await cancelWhenGracefulShutdown { try? await Task.sleep(for: .seconds(limit)) } } else { try? await gracefulShutdown() }
        try await finish(session, account: account)
        watching.cancel()
        await watching.value
        summary = try await settledSummary(account: account, session: session, after: before)
    }

    /// What the broker has booked may reach us a moment after its statement shows it: books that differ are compared again
    /// with each fact that comes, for five seconds at most. What differs then differs.
    private func settledSummary(account: AccountID, session: SessionID, after before: Int64) async throws -> DemoSummary {
        let subscription = server.facts(of: owner)
        let deadline = Task {
            try? await Task.sleep(for: .seconds(5))
            subscription.cancel()
        }
        defer {
            deadline.cancel()
            subscription.cancel()
        }
        while true {
            let summary = try await DemoSummary(parts: parts, owner: owner, account: account, session: session, factsAfter: before)
            if summary.ledgerMismatches.isEmpty { return summary }
            guard await subscription.next() != nil else {
                return try await DemoSummary(parts: parts, owner: owner, account: account, session: session, factsAfter: before)
            }
        }
    }

    private func account() async throws -> AccountID {
        if let account = try await server.reads.accounts(owner).first { return account.id }
        return try await server.addAccount(Secret(DemoDirector.token), owner: owner, by: DemoDirector.by).id
    }

    /// The session of the last time, or a new one.
    private func session(_ account: AccountID) async throws -> SessionID {
        for row in try await server.reads.sessions(owner, Page(SessionFilter())).rows where !row.phase.hasEnded && row.plan.name == DemoDirector.plan.name {
            switch row.phase {
            case .idle: try await ask(.startSession(row.id, owner: owner, by: DemoDirector.by))
            case .paused: try await ask(.resumeSession(row.id, owner: owner, acceptDrawdown: true, by: DemoDirector.by))
            case .starting, .active, .stopping, .stopped, .failed: break
            }
            say("session \(row.id) goes on: \(row.trades) trades, profit \(row.profit)")
            return row.id
        }
        let id = SessionID(rawValue: try await server.reads.newID())
        try await ask(.createSession(id, owner: owner, account: account, DemoDirector.plan, by: DemoDirector.by))
        try await ask(.startSession(id, owner: owner, by: DemoDirector.by))
        return id
    }

    private func ask(_ event: Input.Event) async throws {
        // Whoever runs it is its one owner, and nothing of it is real.
        guard case .declined(let decline) = try await server.submit(event, mayRaise: true) else { return }
        say("declined: \(decline.rawValue)")
        if decline == .emergencyStopped { say("the emergency stop is engaged; lift it with DELETE /api/v1/emergency-stop and start the demo again") }
    }

    /// No new buys; what is open may settle, for ten seconds at most.
    private func finish(_ session: SessionID, account: AccountID) async throws {
        let running = try await server.reads.session(session, owner: owner)
        if running?.phase == .active { try await ask(.pauseSession(session, owner: owner, by: DemoDirector.by)) }
        _ = try await server.submit(.flush)
        let subscription = server.facts(of: owner)
        let deadline = Task {
            try? await Task.sleep(for: .seconds(10))
            subscription.cancel()
        }
        while let row = try await server.reads.session(session, owner: owner), row.openContracts + row.unresolved > 0 {
            guard await subscription.next() != nil else { break }
        }
        deadline.cancel()
        subscription.cancel()
        if let row = try await server.reads.session(session, owner: owner), row.openContracts + row.unresolved > 0 {
            say("left open, followed at the next start:")
            for trade in try await server.reads.trades(owner, Page(TradeFilter(session: session), limit: 100)).rows
            where trade.settlement == nil && trade.state != .rejected {
                say("  \(trade.intent.terms) \(trade.intent.stake.amount) \(trade.state.rawValue)\(trade.contract.map { " #\($0.id)" } ?? "")")
            }
        }
    }

    /// Even/odd with contracts of one tick, a crossover of two averages with contracts of five.
    static let plan = SessionPlan(
        name: Label("demo")!, criteria: SignalCriteria(symbols: [Symbol("1HZ100V")!]),
        strategies: [
            StrategyChoice(name: Label("even-odd")!, parameters: [StrategyParameter(name: Label("ticks")!, value: 1)]),
            StrategyChoice(name: Label("crossover")!, parameters: [StrategyParameter(name: Label("ticks")!, value: 5)]),
        ],
        stakeRule: .shareOfBalance(basisPoints: 10),
        limits: RiskLimits(
            tradesPerDay: 5_000, lossPerDay: Money(minorUnits: 50_000, currency: .usd), greatestStake: Money(minorUnits: 2_500, currency: .usd),
            riskPerTradeBasisPoints: 100, drawdownBasisPoints: 2_000, lossesInARow: 15),
        duration: .ticks(5), openContracts: 2)
}
