public import TradingEngine
public import TradingModel
public import TradingPorts

/// A history of two owners in which nearly everything happens once: what the stores' tests write, read and fold. Made by
/// the engine itself, so each fact is one that a real journal can hold.
public struct ScriptedHistory {
    /// What one turn of the loop commits.
    public struct Turn: Sendable {
        public var entries: [JournalEntry]
        public var rows: [RowChange]
        /// The engine's state after it.
        public var state: EngineState
    }

    public private(set) var turns: [Turn] = []
    private var script: EngineScript
    private var ownerSequences: [OwnerID: Int64] = [:]

    public static let ada = OwnerID(rawValue: 1), ben = OwnerID(rawValue: 2)
    /// Ada's account with its sessions: one that trades and is stopped, one that was only made.
    public static let adasAccount = AccountID(rawValue: 1), adasSession = SessionID(rawValue: 1), adasIdleSession = SessionID(rawValue: 2)
    /// Started while the broker does not take the token.
    public static let adasFailedSession = SessionID(rawValue: 4)
    /// Ada's second account, removed in the end.
    public static let adasRemovedAccount = AccountID(rawValue: 3)
    public static let bensAccount = AccountID(rawValue: 11), bensSession = SessionID(rawValue: 11)

    public var entries: [JournalEntry] { turns.flatMap(\.entries) }
    public var state: EngineState { turns.last?.state ?? EngineState() }

    public init() {
        var settings = EngineSettings()
        (settings.quarantineSeconds, settings.statementLagSeconds, settings.tombstoneSeconds) = (2, 2, 60)
        script = EngineScript(settings: settings)
        open(owner: Self.ada, Self.adasAccount, Self.adasSession, at: 0)
        open(owner: Self.ben, Self.bensAccount, Self.bensSession, at: 1)
        tradeAndSettle()
        refuseAndReject()
        doubtAndAdopt()
        limitAndStop()
    }

    /// The turn that these events come to; one without facts is left out, as the loop does.
    public mutating func at(_ seconds: Int64, _ events: Input.Event...) {
        let known = script.journal.count
        _ = script.at(EngineScript.start.adding(seconds: seconds), events)
        let facts = Array(script.journal[known...])
        if facts.isEmpty { return }
        let entries = facts.enumerated().map { index, fact in
            ownerSequences[fact.owner, default: 0] += 1
            return JournalEntry(sequence: Int64(known + index + 1), ownerSequence: ownerSequences[fact.owner]!, fact: fact)
        }
        let state = script.engine.state
        turns.append(Turn(entries: entries, rows: Projection.rows(facts, state: state), state: state))
    }

    // MARK: The script

    private mutating func open(owner: OwnerID, _ account: AccountID, _ session: SessionID, at seconds: Int64) {
        let profile = AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC\(account)")!, currency: .usd, isVirtual: true)
        at(seconds, .addAccount(account, owner: owner, profile), .createSession(session, owner: owner, account: account, Self.plan, by: EngineScript.person))
        at(seconds, .startSession(session, owner: owner, by: EngineScript.person))
        at(
            seconds, .broker(account, .lineUp(balance: .usd(100_000), newest: TransactionID(rawValue: 1))),
            .broker(account, .offers(EngineScript.symbol, EngineScript.offers(EngineScript.symbol))))
        at(seconds, .broker(account, .lookedUp(.quiet(balance: .usd(100_000), at: EngineScript.start))))
    }

    private mutating func tradeAndSettle() {
        at(2, .signal(signal(1, at: 2)))
        at(3, bought(1, contract: 7, balance: 99_000, at: 3))
        at(9, EngineScript.sold(7, for: 1_950, balance: 100_950, at: 9))
        at(10, .signal(signal(2, at: 10, strategy: "crossover")))
        at(11, bought(2, contract: 8, balance: 99_950, at: 11))
        at(17, EngineScript.sold(8, for: 0, balance: 99_950, at: 17))
        at(18, .signal(signal(101, at: 18, owner: Self.ben)))
        at(
            19,
            .broker(
                Self.bensAccount, .bought(IntentID(session: Self.bensSession, signal: signal(101).id), EngineScript.contract(7, at: 19), balance: .usd(99_000)))
        )
    }

    private mutating func refuseAndReject() {
        at(20, .signal(signal(3, at: 20)))
        at(21, .broker(Self.adasAccount, .buyRejected(intent(3), Rejection(code: Label("ContractBuyValidationError")!))))
        at(22, .signal(signal(4, at: 22)))
        at(22, .broker(Self.adasAccount, .notSent(intent(4))))
        at(23, .signal(signal(5, at: 23, symbol: Symbol("R_10")!)))
        at(23, .strategySignal(signal(6, at: 23, symbol: Symbol("R_10")!, strategy: "even_odd", session: Self.adasSession)))
        at(24, .strategySignal(signal(7, at: 24, symbol: Symbol("R_10")!, strategy: "even_odd", session: Self.adasSession)))
        at(25, .pauseSession(Self.adasSession, owner: Self.ada, by: EngineScript.person))
        at(26, .resumeSession(Self.adasSession, owner: Self.ada, acceptDrawdown: false, by: EngineScript.person))
        at(
            27,
            .broker(
                Self.adasAccount,
                .booked(
                    Booking(
                        transaction: TransactionID(rawValue: 90), action: .other, contract: nil, amount: .usd(5_000),
                        balanceAfter: .usd(104_950), at: EngineScript.start.adding(seconds: 27)))))
    }

    /// A buy whose answer never comes: given up by evidence, found later all the same. Signals wait meanwhile.
    private mutating func doubtAndAdopt() {
        at(30, .signal(signal(8, at: 30)))
        at(31, .broker(Self.adasAccount, .buyUnclear(intent(8), code: Label("unclear")!)))
        at(32, .broker(Self.adasAccount, .lineDown(cause: Label("hung up")!, clean: true)))
        at(33, .signal(signal(9, at: 33)), .signal(signal(10, at: 33)))
        at(34, .cancelSignal(signal(9).id, owner: Self.ada, by: EngineScript.person))
        let outside = Booking(
            transaction: TransactionID(rawValue: 95), action: .buy, contract: ContractID(rawValue: 99), amount: .usd(-2_000),
            balanceAfter: .usd(102_950), at: EngineScript.start.adding(seconds: 36))
        at(40, .broker(Self.adasAccount, .lineUp(balance: .usd(102_950), newest: TransactionID(rawValue: 95))))
        lookUp(41, [outside])
        for seconds in stride(from: Int64(45), through: 120, by: 5) { at(seconds, .deadline); lookUp(seconds + 1, []) }
        at(180, .deadline)
        at(181, .broker(Self.adasAccount, .bought(intent(8), EngineScript.contract(12, at: 31), balance: .usd(101_950))))
        let late = Booking(
            transaction: TransactionID(rawValue: 120), action: .buy, contract: ContractID(rawValue: 12), amount: .usd(-1_000), balanceAfter: .usd(101_950),
            at: EngineScript.start.adding(seconds: 31), payout: .usd(1_950), mayBe: [intent(8)])
        lookUp(421, [late])
        for seconds in stride(from: Int64(430), through: 500, by: 10) { at(seconds, .deadline); lookUp(seconds + 1, [late]) }
    }

    private mutating func limitAndStop() {
        at(
            600, .setAccountLimits(Self.adasAccount, owner: Self.ada, ExposureLimits(lossPerDay: .usd(50_000), openContracts: 3), by: EngineScript.person),
            .setOwnerLimits(Self.ada, ExposureLimits(openExposure: .usd(90_000)), by: EngineScript.person))
        at(
            601, .createSession(Self.adasIdleSession, owner: Self.ada, account: Self.adasAccount, Self.otherPlan, by: EngineScript.person),
            .changePlan(Self.adasIdleSession, owner: Self.ada, Self.plan, by: EngineScript.person))
        at(
            602,
            .addAccount(
                Self.adasRemovedAccount, owner: Self.ada,
                AccountProfile(broker: Label("deriv")!, loginID: Label("CR9")!, currency: Currency("BTC", exponent: 8)!, isVirtual: false)),
            .removeAccount(Self.adasRemovedAccount, owner: Self.ada, by: EngineScript.person))
        at(603, .resumeSession(Self.adasSession, owner: Self.ada, acceptDrawdown: false, by: EngineScript.person), .signal(signal(20, at: 603)))
        at(665, .deadline)
        at(666, .signal(signal(22, at: 666)))
        at(
            667, .stopSession(Self.adasSession, owner: Self.ada, by: EngineScript.person),
            .stopSession(Self.adasIdleSession, owner: Self.ada, by: EngineScript.person))
        at(668, .signal(signal(21, at: 668)))
        at(669, .emergencyStop(Self.ben, by: EngineScript.person))
        at(670, .emergencyStop(Self.ada, by: EngineScript.person))
        at(671, .liftEmergencyStop(Self.ada, by: EngineScript.person))
        at(
            672, .createSession(Self.adasFailedSession, owner: Self.ada, account: Self.adasAccount, Self.plan, by: EngineScript.person),
            .broker(Self.adasAccount, .lineDown(cause: Label("hung up")!, clean: true)),
            .startSession(Self.adasFailedSession, owner: Self.ada, by: EngineScript.person))
        at(673, .broker(Self.adasAccount, .loginRefused(code: Label("InvalidToken")!)))
        at(674, .flush)
        at(675, .operatorsStop(reason: "the broker's prices look wrong", by: EngineScript.person))
        at(676, .liftOperatorsStop(by: EngineScript.person))
        at(677, .operatorsStop(reason: "they still do", by: Label("operator 7")!))
    }

    // MARK: Words of the script

    private mutating func lookUp(_ seconds: Int64, _ bookings: [Booking]) {
        // A line tells of everything that the account does not know the end of.
        let unresolved = script.engine.state.accounts[Self.adasAccount].unresolved.map(\.intent.id).filter { $0 != intent(8) }
        at(
            seconds,
            .broker(
                Self.adasAccount,
                .lookedUp(
                    Findings(
                        askedAt: EngineScript.start.adding(seconds: seconds), bookings: bookings, chainCloses: true,
                        balance: script.engine.state.accounts[Self.adasAccount].balance,
                        newest: script.engine.state.accounts[Self.adasAccount].newestTransaction, about: [intent(8)] + unresolved))))
    }

    private func intent(_ number: UInt64) -> IntentID { IntentID(session: Self.adasSession, signal: Self.signalID(number)) }
    private func bought(_ number: UInt64, contract: Int64, balance: Int64, at seconds: Int64) -> Input.Event {
        .broker(Self.adasAccount, .bought(intent(number), EngineScript.contract(contract, at: seconds), balance: .usd(balance)))
    }

    public static func signalID(_ number: UInt64) -> SignalID { SignalID(high: number << 32, low: number) }

    private func signal(
        _ number: UInt64, at seconds: Int64 = 0, owner: OwnerID = ada, symbol: Symbol = EngineScript.symbol, strategy: String? = nil,
        session: SessionID? = nil
    ) -> Signal {
        let now = EngineScript.start.adding(seconds: seconds)
        return Signal(
            id: Self.signalID(number), owner: owner, session: session, source: Label(strategy == nil ? "api" : "strategy")!,
            strategy: strategy.flatMap { Label($0) },
            symbol: symbol, kind: .rise, duration: number % 2 == 0 ? .ticks(5) : nil, issuedAt: now, validUntil: now.adding(seconds: 60))
    }

    static let plan = SessionPlan(
        name: Label("scripted")!, criteria: SignalCriteria(symbols: [EngineScript.symbol]), stakeRule: .fixed(.usd(1_000)),
        limits: RiskLimits(tradesPerDay: 50, lossPerDay: .usd(20_000), drawdownBasisPoints: 2_000), openContracts: 5)
    static let otherPlan = SessionPlan(
        name: Label("other")!, criteria: SignalCriteria(symbols: [], sources: [Label("api")!], strategies: [Label("crossover")!]),
        strategies: [StrategyChoice(name: Label("crossover")!, parameters: [StrategyParameter(name: Label("fast")!, value: 9)])],
        stakeRule: .shareOfBalance(basisPoints: 100), limits: RiskLimits(greatestStake: .usd(2_000), riskPerTradeBasisPoints: 200, lossesInARow: 4),
        duration: ContractDuration(2, .minutes)!, zone: Label("UTC")!)
}
