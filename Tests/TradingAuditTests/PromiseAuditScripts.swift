// What the auditor says of a promise that is not kept, and that it says nothing of one that is.
import Testing
import TradingAudit
import TradingEngine
import TradingModel
import TradingTesting

private typealias S = EngineScript

struct PromiseAuditScripts {
    private var auditor = Auditor(settings: EngineSettings()), script: EngineScript
    private var taken = 0, numbers: Int64 = 0

    /// A session whose owner lets raises wait for an hour, with a limit of each kind.
    init() {
        script = S.trading { $0.limits.lossPerDay = .usd(5_000) }
        _ = script.at(
            1, .setPromise(S.owner, seconds: 3_600, by: S.person), .setOwnerLimits(S.owner, limits(5_000), by: S.person),
            .setAccountLimits(S.accountID, owner: S.owner, limits(5_000), by: S.person))
        #expect(found() == [])
    }

    private func limits(_ cents: Int64?) -> ExposureLimits { ExposureLimits(lossPerDay: cents.map { .usd($0) }) }

    private mutating func take(_ fact: Fact) {
        taken += 1
        numbers += 1
        auditor.take(fact, sequence: Int64(taken), ownerSequence: numbers)
    }

    /// Of what the script recorded since.
    private mutating func found() -> [String] {
        for fact in script.journal.dropFirst(taken) { take(fact) }
        return auditor.compare(with: script.engine.state).map(\.invariant)
    }

    /// When this is on record, which the engine never decided; of what the fact itself breaks.
    private func found(_ event: Fact.Event, at second: Int64) -> [String] {
        var other = self
        let isOfSession: Bool
        switch event {
        case .planChanged, .resumed: isOfSession = true
        default: isOfSession = false
        }
        var isOfAccount = isOfSession
        if case .accountLimitsSet = event { isOfAccount = true }
        other.take(
            Fact(
                at: S.start.adding(seconds: second), owner: S.owner, account: isOfAccount ? S.accountID : nil, session: isOfSession ? S.sessionID : nil, event))
        return other.auditor.compare(with: other.script.engine.state).map(\.invariant).filter { $0 == "I27" }
    }

    @Test func whatIsLaxerMustHaveWaited() {
        var plan = script.session.plan
        plan.limits.lossPerDay = nil
        for event in [
            .ownerLimitsSet(.none, by: S.person), .accountLimitsSet(limits(5_001), by: S.person), .planChanged(plan, by: S.person),
            .promiseLockSet(seconds: 3_599, by: S.person), .resumed(by: S.person, streakCleared: false, peakCleared: true),
        ] as [Fact.Event] { #expect(found(event, at: 10) == ["I27"], "\(event)") }
        plan.limits.lossPerDay = .usd(4_999)
        for event in [
            .ownerLimitsSet(limits(4_999), by: S.person), .accountLimitsSet(limits(5_000), by: S.person), .planChanged(plan, by: S.person),
            .promiseLockSet(seconds: 3_601, by: S.person), .resumed(by: S.person, streakCleared: true, peakCleared: false),
        ] as [Fact.Event] { #expect(found(event, at: 10) == [], "\(event)") }
    }

    @Test mutating func nobodyStakesMoreThanThePlan() {
        func bought(_ stake: Int64) -> [String] {
            var other = self, signal = S.signal(1, at: 10, session: S.sessionID)
            signal.stake = .usd(stake)
            let intent = BuyIntent(
                id: IntentID(session: S.sessionID, signal: signal.id), account: S.accountID,
                terms: ContractTerms(symbol: signal.symbol, kind: signal.kind, duration: .ticks(5)),
                stake: Stake(recorded: .usd(stake)), intendedAt: S.start.adding(seconds: 10),
                day: TradingDay(daysSince1970: Int32(S.start.milliseconds / 86_400_000)), quotedPayout: nil)
            let now = S.start.adding(seconds: 10)
            other.take(Fact(at: now, owner: S.owner, .signalAccepted(signal)))
            other.take(Fact(at: now, owner: S.owner, account: S.accountID, session: S.sessionID, .buyIntended(intent)))
            return other.auditor.compare(with: other.script.engine.state).map(\.invariant).filter { $0 == "I27" }
        }
        #expect(bought(1_001) == ["I27"] && bought(1_000) == [])
    }

    @Test mutating func itWaitsItsTimeAndIsWhatWasAskedFor() {
        _ = script.at(10, .setOwnerLimits(S.owner, limits(9_000), by: S.person))
        #expect(found() == [])
        #expect(found(.ownerLimitsSet(limits(9_000), by: S.person), at: 3_609) == ["I27"], "a second too soon")
        #expect(found(.ownerLimitsSet(limits(9_001), by: S.person), at: 3_610) == ["I27"], "more than was asked for")
        #expect(found(.ownerLimitsSet(limits(8_999), by: S.person), at: 3_610) == [])
        #expect(found(.accountLimitsSet(limits(9_000), by: S.person), at: 3_610) == ["I27"], "another's wait")
        // A shorter promise meanwhile does not make it shorter, and what is taken back is gone.
        #expect(
            found(
                .raiseRequested(
                    Raise(
                        id: 2, change: .ownerLimits(.none), requestedAt: S.start.adding(seconds: 20), dueAt: S.start.adding(seconds: 30), by: S.person)), at: 20
            ) == ["I27"])
        _ = script.at(20, .takeBackRaise(S.owner, 1, by: S.person))
        #expect(found() == [])
        #expect(found(.ownerLimitsSet(limits(9_000), by: S.person), at: 9_000) == ["I27"])
    }

    @Test mutating func nothingActsOnALosingDay() {
        _ = script.at(10, .setOwnerLimits(S.owner, .none, by: S.person))
        _ = script.at(20, .signal(S.signal(1, at: 20)))
        _ = script.at(21, S.bought(1, 1, balance: 99_000, at: 21))
        _ = script.at(25, S.sold(1, for: 0, balance: 99_000, at: 25))
        #expect(!script.at(3_700, .deadline).contains { $0.contains("limits set") } && found() == [])
        #expect(found(.ownerLimitsSet(.none, by: S.person), at: 3_700) == ["I27"])
        let midnight: Int64 = 14 * 3_600
        #expect(script.at(midnight, .deadline).contains { $0.contains("limits set") } && found() == [], "the day is over, and it acts")
        #expect(script.engine.state.owners[S.owner].limits == .none)
    }

    @Test mutating func aNewSessionIsNoWayRound() {
        var plan = script.session.plan
        plan.limits.lossPerDay = .usd(5_001)
        func created(_ plan: SessionPlan) -> [String] {
            var other = self
            other.take(
                Fact(
                    at: S.start.adding(seconds: 30), owner: S.owner, account: S.accountID, session: SessionID(rawValue: 2),
                    .sessionCreated(plan, by: S.person)))
            return other.auditor.compare(with: other.script.engine.state).map(\.invariant).filter { $0 == "I27" }
        }
        #expect(created(plan) == ["I27"] && created(script.session.plan) == [])
        (plan.limits.lossPerDay, plan.stakeRule) = (.usd(5_000), .shareOfBalance(basisPoints: 1))
        #expect(created(plan) == ["I27"], "a stake of another kind")
    }

    /// After a restart the wait goes on where it was.
    @Test mutating func theWaitIsTakenOver() {
        _ = script.at(10, .setOwnerLimits(S.owner, .none, by: S.person))
        _ = found()
        auditor = Auditor(takingOver: script.engine.state, settings: EngineSettings())
        auditor.goOn(from: Int64(taken) + 1, owners: [S.owner: numbers], newestAt: script.engine.state.at)
        #expect(found(.ownerLimitsSet(.none, by: S.person), at: 3_609) == ["I27"] && found(.ownerLimitsSet(.none, by: S.person), at: 3_610) == [])
    }
}
