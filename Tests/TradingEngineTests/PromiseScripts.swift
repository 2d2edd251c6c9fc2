// The promise lock: what is lowered acts at once, what is raised waits, and never acts in a losing day.
import Testing
import TradingModel
import TradingTesting

@testable import TradingEngine

struct PromiseScripts {
    typealias S = EngineScript
    static let hour: Int64 = 3_600
    /// 10:00 is second 0.
    static let midnight: Int64 = 14 * 3_600

    private func quiet() -> EngineSettings {
        var settings = EngineSettings()
        settings.sweepSeconds = 100_000_000
        return settings
    }

    /// An active session whose owner lets raises wait for an hour, with these limits.
    private func promised(_ seconds: Int64 = hour, _ change: (inout SessionPlan) -> Void = { _ in }) -> EngineScript {
        var s = S.trading(settings: quiet(), change)
        #expect(s.at(1, .setPromise(S.owner, seconds: seconds, by: S.person)) == ["o1 raises wait \(seconds) s, by person"])
        return s
    }

    /// Buys for 10.00 and settles at once.
    private func trade(_ s: inout EngineScript, _ number: UInt64, payout: Int64, at second: Int64) {
        let before = s.account.balance.minorUnits
        #expect(s.at(second, .signal(S.signal(number, at: second))).last?.contains("intend") == true)
        _ = s.at(second, S.bought(number, Int64(number), balance: before - 1_000, at: second))
        _ = s.at(second + 1, S.sold(Int64(number), for: payout, balance: before - 1_000 + payout, at: second + 1))
    }

    private func owner(_ s: EngineScript) -> Owner { s.engine.state.owners[S.owner] }
    private func limits(loss: Int64? = nil, contracts: Int32? = nil) -> ExposureLimits {
        ExposureLimits(lossPerDay: loss.map { .usd($0) }, openContracts: contracts)
    }

    // MARK: Lower at once, higher later

    @Test func withoutAPromiseEverythingActsAtOnce() {
        var s = S.trading()
        _ = s.at(1, .setOwnerLimits(S.owner, limits(loss: 5_000), by: S.person))
        #expect(s.at(2, .setOwnerLimits(S.owner, .none, by: S.person)) == ["o1 owner limits set by person"])
        #expect(owner(s).limits == .none && owner(s).raises == [])
    }

    @Test func whatIsLowerActsAtOnceAndWhatIsHigherWaits() {
        var s = promised()
        _ = s.at(2, .setOwnerLimits(S.owner, limits(loss: 5_000, contracts: 5), by: S.person))
        let lines = s.at(10, .setOwnerLimits(S.owner, limits(loss: 9_000, contracts: 3), by: S.person))
        let due = S.start.adding(seconds: 10 + Self.hour)
        #expect(lines == ["o1 owner limits set by person", "o1 raise 1 of owner_limits waits until \(due), by person"])
        #expect(owner(s).limits == limits(loss: 5_000, contracts: 3))
        #expect(s.engine.nextDeadline == due)
        #expect(s.at(9 + Self.hour, .deadline) == [] && owner(s).limits == limits(loss: 5_000, contracts: 3))
        #expect(s.at(10 + Self.hour, .deadline) == ["o1 owner limits set by person"])
        #expect(owner(s).limits == limits(loss: 9_000, contracts: 3) && owner(s).raises == [])
    }

    @Test func switchingOffIsARaise() {
        var s = promised()
        _ = s.at(2, .setAccountLimits(S.accountID, owner: S.owner, limits(loss: 5_000, contracts: 5), by: S.person))
        _ = s.at(3, .setAccountLimits(S.accountID, owner: S.owner, .none, by: S.person))
        #expect(s.account.limits == limits(loss: 5_000, contracts: 5))
        _ = s.at(3 + Self.hour, .deadline)
        #expect(s.account.limits == .none)
    }

    @Test func aPlansLimitsStakeAndContractsWaitAndTheRestActs() throws {
        var s = promised(Self.hour) {
            $0.limits = RiskLimits(tradesPerDay: 5, lossPerDay: .usd(5_000), greatestStake: .usd(2_000), drawdownBasisPoints: 1_000, lossesInARow: 3)
            $0.openContracts = 2
        }
        var plan = s.session.plan
        plan.limits = RiskLimits(tradesPerDay: 9, lossPerDay: .usd(4_000), greatestStake: nil, drawdownBasisPoints: 2_000, lossesInARow: 2)
        (plan.stakeRule, plan.openContracts, plan.name) = (.fixed(.usd(1_500)), 4, Label("other")!)
        _ = s.at(10, .changePlan(S.sessionID, owner: S.owner, plan, by: S.person))
        let acting = s.session.plan
        #expect(acting.limits == RiskLimits(tradesPerDay: 5, lossPerDay: .usd(4_000), greatestStake: .usd(2_000), drawdownBasisPoints: 1_000, lossesInARow: 2))
        #expect(acting.stakeRule == .fixed(.usd(1_000)) && acting.openContracts == 2 && acting.name == Label("other")!)
        #expect(try #require(owner(s).raises.first).change == .plan(S.sessionID, plan))
        #expect(s.at(10 + Self.hour, .deadline) == ["s1 plan changed by person"])
        #expect(s.session.plan == plan)
    }

    @Test func amountsOfAnotherCurrencyAndAnotherKindOfStakeAreRaises() {
        let euros = ExposureLimits(lossPerDay: Money(minorUnits: 1, currency: Currency("EUR", exponent: 2)!))
        #expect(euros.noLaxer(than: limits(loss: 5_000)) == limits(loss: 5_000))
        #expect(euros.noLaxer(than: .none) == euros)
        let fixed = SessionPlan(name: Label("a")!, stakeRule: .fixed(.usd(1))),
            share = SessionPlan(name: Label("a")!, stakeRule: .shareOfBalance(basisPoints: 1))
        #expect(share.noLaxer(than: fixed).stakeRule == .fixed(.usd(1)) && fixed.noLaxer(than: share).stakeRule == share.stakeRule)
    }

    @Test func theSameOnceMoreWaitsNoLongerAndAnotherTakesItsPlace() throws {
        var s = promised()
        _ = s.at(2, .setOwnerLimits(S.owner, limits(loss: 5_000), by: S.person))
        _ = s.at(10, .setOwnerLimits(S.owner, limits(loss: 9_000), by: S.person))
        #expect(s.at(20, .setOwnerLimits(S.owner, limits(loss: 9_000), by: S.person)) == [])
        #expect(owner(s).raises.map(\.id) == [1])
        _ = s.at(30, .setOwnerLimits(S.owner, limits(loss: 8_000), by: S.person))
        #expect(owner(s).raises.map(\.id) == [2] && owner(s).raises[0].dueAt == S.start.adding(seconds: 30 + Self.hour))
        // What holds already is asked for: nothing is wanted any more.
        _ = s.at(40, .setOwnerLimits(S.owner, limits(loss: 5_000), by: S.person))
        #expect(owner(s).raises == [] && s.engine.nextDeadline != S.start.adding(seconds: 30 + Self.hour))
        _ = s.at(2 * Self.hour, .deadline)
        #expect(owner(s).limits == limits(loss: 5_000))
    }

    @Test func twoRaisesOfTwoThingsActEachAtItsTime() {
        var s = promised()
        _ = s.at(
            2, .setOwnerLimits(S.owner, limits(loss: 5_000), by: S.person), .setAccountLimits(S.accountID, owner: S.owner, limits(loss: 4_000), by: S.person))
        _ = s.at(10, .setOwnerLimits(S.owner, limits(loss: 6_000), by: S.person))
        _ = s.at(20, .setAccountLimits(S.accountID, owner: S.owner, limits(loss: 6_000), by: S.person))
        #expect(owner(s).raises.map(\.id) == [1, 2])
        _ = s.at(10 + Self.hour, .deadline)
        #expect(owner(s).limits == limits(loss: 6_000) && s.account.limits == limits(loss: 4_000))
        _ = s.at(20 + Self.hour, .deadline)
        #expect(s.account.limits == limits(loss: 6_000))
    }

    @Test func whatWaitsIsTakenBackAtOnce() {
        var s = promised()
        _ = s.at(2, .setOwnerLimits(S.owner, limits(loss: 5_000), by: S.person))
        _ = s.at(10, .setOwnerLimits(S.owner, .none, by: S.person))
        #expect(s.at(11, .takeBackRaise(S.owner, 2, by: S.person)) == [] && s.answers == [.declined(.raiseNotFound)])
        #expect(s.at(11, .takeBackRaise(OwnerID(rawValue: 2), 1, by: S.person)) == [] && s.answers == [.declined(.raiseNotFound)])
        #expect(s.at(12, .takeBackRaise(S.owner, 1, by: S.person)) == ["o1 raise 1 taken back by person"])
        _ = s.at(3 * Self.hour, .deadline)
        #expect(owner(s).limits == limits(loss: 5_000))
    }

    // MARK: The promise itself

    @Test func aLongerPromiseActsAtOnceAndAShorterOneWaitsTheOld() {
        var s = promised()
        _ = s.at(10, .setPromise(S.owner, seconds: 2 * Self.hour, by: S.person))
        #expect(owner(s).promiseSeconds == 2 * Self.hour)
        #expect(
            s.at(20, .setPromise(S.owner, seconds: 0, by: S.person)) == [
                "o1 raise 1 of promise_lock waits until \(S.start.adding(seconds: 20 + 2 * Self.hour)), by person"
            ])
        #expect(owner(s).promiseSeconds == 2 * Self.hour)
        // The one that holds is asked for: the shorter one is taken back.
        #expect(s.at(30, .setPromise(S.owner, seconds: 2 * Self.hour, by: S.person)) == ["o1 raise 1 taken back by person"])
        _ = s.at(40, .setPromise(S.owner, seconds: 60, by: S.person))
        _ = s.at(40 + 2 * Self.hour, .deadline)
        #expect(owner(s).promiseSeconds == 60)
    }

    @Test func withoutProofNothingIsRaised() {
        var turn = promised().turn
        func asked(_ event: Input.Event) -> Answer.Outcome? {
            let facts = turn.begin([Input(event, request: RequestID(rawValue: 9), mayRaise: false)], at: S.start.adding(seconds: 5))
            return turn.committed(facts.isEmpty ? nil : JournalReceipt(first: turn.nextSequence, count: facts.count)).answers.first?.outcome
        }
        #expect(asked(.setOwnerLimits(S.owner, limits(loss: 5_000), by: S.person)) == .done)
        #expect(asked(.setOwnerLimits(S.owner, limits(loss: 4_000), by: S.person)) == .done)
        #expect(asked(.setOwnerLimits(S.owner, limits(loss: 4_001), by: S.person)) == .declined(.personNeeded))
        #expect(asked(.setOwnerLimits(S.owner, .none, by: S.person)) == .declined(.personNeeded))
        #expect(asked(.setPromise(S.owner, seconds: 0, by: S.person)) == .declined(.personNeeded))
        #expect(asked(.setPromise(S.owner, seconds: 7_200, by: S.person)) == .done)
        #expect(asked(.emergencyStop(S.owner, by: S.person)) == .done)
        #expect(asked(.liftEmergencyStop(S.owner, by: S.person)) == .declined(.personNeeded))
        #expect(turn.engine.state.owners[S.owner].limits == limits(loss: 4_000) && turn.engine.state.owners[S.owner].raises == [])
    }

    @Test func withoutProofNoSessionIsMadeThatIsLaxerThanTheNewest() {
        var turn = S.trading(settings: quiet()) { $0.limits = RiskLimits(lossPerDay: .usd(5_000)) }.turn
        func created(_ id: Int64, _ change: (inout SessionPlan) -> Void) -> Answer.Outcome? {
            var plan = turn.engine.state.sessions[S.sessionID].plan
            change(&plan)
            let event = Input.Event.createSession(SessionID(rawValue: id), owner: S.owner, account: S.accountID, plan, by: S.person)
            let facts = turn.begin([Input(event, request: RequestID(rawValue: 9), mayRaise: false)], at: S.start.adding(seconds: 5))
            return turn.committed(facts.isEmpty ? nil : JournalReceipt(first: turn.nextSequence, count: facts.count)).answers.first?.outcome
        }
        #expect(created(2) { $0.limits.lossPerDay = nil } == .declined(.personNeeded))
        #expect(created(2) { $0.stakeRule = .fixed(.usd(1_001)) } == .declined(.personNeeded))
        #expect(created(2) { $0.openContracts += 1 } == .declined(.personNeeded))
        #expect(created(2) { $0.name = Label("other")! } == .done)
        #expect(created(3) { $0.limits.lossPerDay = .usd(4_999) } == .done)
    }

    // MARK: Inside a losing session

    @Test func aDueRaiseWaitsUntilTheDaysLossIsMadeGood() {
        var s = promised { $0.limits.lossPerDay = .usd(5_000) }
        var plan = s.session.plan
        plan.limits.lossPerDay = .usd(9_000)
        _ = s.at(10, .changePlan(S.sessionID, owner: S.owner, plan, by: S.person))
        trade(&s, 1, payout: 0, at: 20)
        #expect(s.at(10 + Self.hour, .deadline) == [])
        #expect(s.session.plan.limits.lossPerDay == .usd(5_000))
        _ = s.at(11 + Self.hour, .askPromise(S.owner))
        guard case .promise(let standing)? = s.answers.first else { Issue.record("no answer"); return }
        #expect(standing.raises.map(\.isHeld) == [true] && standing.seconds == Self.hour)
        // It wins back more than it lost: the very turn that hears of it lets the raise act.
        let second = Self.hour + 100
        let before = s.account.balance.minorUnits
        _ = s.at(second, .signal(S.signal(2, at: second)))
        _ = s.at(second, S.bought(2, 2, balance: before - 1_000, at: second))
        let lines = s.at(second + 1, S.sold(2, for: 2_500, balance: before + 1_500, at: second + 1))
        #expect(lines.last == "s1 plan changed by person" && s.session.plan.limits.lossPerDay == .usd(9_000))
    }

    @Test func aDueRaiseActsAtMidnightAfterALosingDay() {
        var s = promised { $0.limits.lossPerDay = .usd(5_000) }
        _ = s.at(
            2, .setOwnerLimits(S.owner, limits(loss: 5_000), by: S.person), .setAccountLimits(S.accountID, owner: S.owner, limits(loss: 5_000), by: S.person))
        trade(&s, 1, payout: 0, at: 5)
        var plan = s.session.plan
        plan.limits.lossPerDay = nil
        _ = s.at(
            10, .changePlan(S.sessionID, owner: S.owner, plan, by: S.person), .setOwnerLimits(S.owner, .none, by: S.person),
            .setAccountLimits(S.accountID, owner: S.owner, .none, by: S.person))
        _ = s.at(10 + Self.hour, .deadline)
        #expect(s.session.plan.limits.lossPerDay != nil && owner(s).limits != .none && s.account.limits != .none)
        #expect(s.engine.nextDeadline == S.start.adding(seconds: Self.midnight), "nothing else will let them act")
        _ = s.at(Self.midnight - 1, .deadline)
        #expect(owner(s).raises.count == 3)
        _ = s.at(Self.midnight, .deadline)
        #expect(s.session.plan.limits.lossPerDay == nil && owner(s).limits == .none && s.account.limits == .none && owner(s).raises == [])
    }

    @Test func theWaitAndTheLossBothHaveToBeOver() {
        var s = promised(20 * Self.hour) { $0.limits.lossPerDay = .usd(5_000) }
        trade(&s, 1, payout: 0, at: 5)
        var plan = s.session.plan
        plan.limits.lossPerDay = nil
        _ = s.at(10, .changePlan(S.sessionID, owner: S.owner, plan, by: S.person))
        _ = s.at(Self.midnight, .deadline)
        #expect(s.session.plan.limits.lossPerDay != nil, "the loss is over, the wait is not")
        _ = s.at(10 + 20 * Self.hour, .deadline)
        #expect(s.session.plan.limits.lossPerDay == nil)
    }

    // MARK: What else lets more be lost

    @Test func theEmergencyStopIsLiftedLater() {
        var s = promised()
        _ = s.at(10, .emergencyStop(S.owner, by: S.person))
        #expect(s.at(20, .liftEmergencyStop(S.owner, by: S.person)).count == 1 && owner(s).emergencyStopped)
        // Whoever stops once more means it.
        #expect(s.at(30, .emergencyStop(S.owner, by: S.person)) == ["o1 raise 1 taken back by person"])
        _ = s.at(40, .liftEmergencyStop(S.owner, by: S.person))
        #expect(s.at(40 + Self.hour, .deadline) == ["o1 emergency stop lifted by person"] && !owner(s).emergencyStopped)
    }

    @Test func aDrawdownIsAcceptedLater() {
        var s = promised(2 * Self.hour) { $0.limits.drawdownBasisPoints = 150 }
        trade(&s, 1, payout: 0, at: 10)
        #expect(s.session.phase == .paused(.limit(.drawdownReached)))
        _ = s.at(20, .resumeSession(S.sessionID, owner: S.owner, acceptDrawdown: true, by: S.person))
        #expect(s.answers == [.done] && s.session.phase == .paused(.limit(.drawdownReached)))
        _ = s.at(20 + 2 * Self.hour, .deadline)
        #expect(s.session.phase == .paused(.limit(.drawdownReached)), "the day is a losing one")
        #expect(s.at(Self.midnight, .deadline).contains("s1 resumed by person, drawdown accepted"))
        #expect(s.session.phase == .active && owner(s).raises == [])
    }

    @Test func whatCannotBeDoneAnyMoreIsTakenBack() {
        var s = promised { $0.limits.drawdownBasisPoints = 150 }
        trade(&s, 1, payout: 0, at: 10)
        _ = s.at(20, .resumeSession(S.sessionID, owner: S.owner, acceptDrawdown: true, by: S.person))
        // A smaller stake leaves room: it goes on without the drawdown being accepted.
        var plan = s.session.plan
        plan.stakeRule = .fixed(.usd(500))
        _ = s.at(30, .changePlan(S.sessionID, owner: S.owner, plan, by: S.person))
        _ = s.at(31, .resumeSession(S.sessionID, owner: S.owner, acceptDrawdown: false, by: S.person))
        #expect(s.session.phase == .active && owner(s).raises == [])
        // And one that ends has nothing left to raise.
        plan.limits.drawdownBasisPoints = nil
        _ = s.at(40, .changePlan(S.sessionID, owner: S.owner, plan, by: S.person))
        #expect(owner(s).raises.count == 1)
        _ = s.at(50, .stopSession(S.sessionID, owner: S.owner, by: S.person))
        #expect(owner(s).raises == [])
    }

    // MARK: No way round

    @Test func aNewSessionBeginsNoLaxerThanTheOneBefore() {
        var s = promised { $0.limits = RiskLimits(tradesPerDay: 5, lossPerDay: .usd(5_000)) }
        _ = s.at(10, .stopSession(S.sessionID, owner: S.owner, by: S.person))
        var plan = s.session.plan
        plan.limits = RiskLimits(tradesPerDay: 3, lossPerDay: nil)
        let second = SessionID(rawValue: 2)
        #expect(s.at(20, .createSession(second, owner: S.owner, account: S.accountID, plan, by: S.person)).count == 2)
        #expect(s.session.id == second && s.session.plan.limits == RiskLimits(tradesPerDay: 3, lossPerDay: .usd(5_000)))
        _ = s.at(20 + Self.hour, .deadline)
        #expect(s.session.plan == plan)
        // Nor is another account of the same money.
        let other = AccountID(rawValue: 2)
        _ = s.at(
            2 * Self.hour,
            .addAccount(other, owner: S.owner, AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC2")!, currency: .usd, isVirtual: true)),
            .createSession(
                SessionID(rawValue: 3), owner: S.owner, account: other, SessionPlan(name: Label("wild")!, stakeRule: .fixed(.usd(9_000))), by: S.person))
        #expect(s.session.plan.limits.tradesPerDay == 3 && s.session.plan.stakeRule == .fixed(.usd(1_000)))
    }

    @Test func aStakeAskedForByHandIsNoGreaterThanThePlans() {
        func asked(_ number: UInt64, _ stake: Int64) -> Input.Event {
            var signal = S.signal(number, at: 10, source: "manual", session: S.sessionID)
            signal.stake = .usd(stake)
            return .signal(signal)
        }
        var s = promised()
        #expect(s.at(10, asked(1, 1_001)).last == "s1 refused 00000001 stake_above_plan (10.01 against 10.00 USD)")
        _ = s.at(10, .ask(S.sessionID, owner: S.owner, .canExecuteTrade(stake: .usd(1_001), terms: nil)))
        guard case .risk(let answer)? = s.answers.first else { Issue.record("no answer: \(s.answers)"); return }
        #expect(answer.refusals.map(\.code) == [.stakeAbovePlan])
        #expect(s.at(10, asked(2, 999)).last == "s1 intend 00000002 1HZ100V rise 5t 9.99")
        var shared = promised { $0.stakeRule = .shareOfBalance(basisPoints: 100) }
        #expect(shared.at(10, asked(1, 1_001)).last == "s1 refused 00000001 stake_above_plan (10.01 against 10.00 USD)")
        #expect(shared.at(10, asked(2, 1_000)).last == "s1 intend 00000002 1HZ100V rise 5t 10.00")
    }

    @Test func anAccountThatIsAddedAgainKeepsItsLimits() {
        var s = promised()
        _ = s.at(2, .setAccountLimits(S.accountID, owner: S.owner, limits(loss: 5_000), by: S.person))
        _ = s.at(10, .stopSession(S.sessionID, owner: S.owner, by: S.person))
        _ = s.at(20, .removeAccount(S.accountID, owner: S.owner, by: S.person))
        _ = s.at(30, .addAccount(AccountID(rawValue: 7), owner: S.owner, s.account.profile))
        #expect(s.account.id == AccountID(rawValue: 7) && s.account.limits == limits(loss: 5_000))
    }

    // MARK: Restart and replay

    /// The zone acts at once, what it was changed with waits; a process that has not been given the calendar yet does not fall over it.
    @Test func aRaiseWhoseZoneIsNotKnownYetActs() {
        let madrid = Label("Europe/Madrid")!
        let calendar = TradingCalendar(zone: madrid, rules: [.init(from: Timestamp(milliseconds: .min), offsetSeconds: 3_600)])
        var s = EngineScript()
        _ = s.at(
            0, .calendar(calendar),
            .addAccount(S.accountID, owner: S.owner, AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC1")!, currency: .usd, isVirtual: true)),
            .setPromise(S.owner, seconds: Self.hour, by: S.person))
        var plan = SessionPlan(
            name: Label("test")!, criteria: SignalCriteria(symbols: [S.symbol]), stakeRule: .fixed(.usd(1_000)),
            limits: RiskLimits(lossPerDay: .usd(5_000)), duration: .ticks(5))
        _ = s.at(1, .createSession(S.sessionID, owner: S.owner, account: S.accountID, plan, by: S.person))
        (plan.zone, plan.limits.lossPerDay) = (madrid, nil)
        _ = s.at(2, .changePlan(S.sessionID, owner: S.owner, plan, by: S.person))
        #expect(owner(s).raises.map(\.change.zone) == [madrid])
        s.restart()
        _ = s.at(2 + Self.hour, .deadline)
        #expect(s.session.plan.limits.lossPerDay == nil && s.session.plan.zone == madrid)
        _ = s.at(3 + Self.hour, .calendar(calendar), .startSession(S.sessionID, owner: S.owner, by: S.person))
        #expect(s.answers == [.done, .done])
    }

    @Test func whatWaitsSurvivesARestart() {
        var s = promised()
        _ = s.at(2, .setOwnerLimits(S.owner, limits(loss: 5_000), by: S.person))
        _ = s.at(10, .setOwnerLimits(S.owner, .none, by: S.person))
        s.restart()
        #expect(s.engine.nextDeadline != nil, "a process that nobody asks anything wakes for it")
        _ = s.at(11, .broker(S.accountID, .lineDown(cause: Label("restarted")!, clean: false)))
        #expect(owner(s).limits == limits(loss: 5_000))
        s.restart()
        #expect(s.at(10 + Self.hour, .deadline).contains("o1 owner limits set by person"))
        #expect(owner(s).limits == .none)
    }

    /// Whatever is asked for, in whatever order, with restarts in between: nothing gets laxer before its wait is over, nor on a losing day; and
    /// the journal folds to the same state.
    @Test(arguments: 0..<150)
    func nothingIsLaxerBeforeItsTime(_ seed: UInt64) {
        var random = SeededRandom(seed: seed), s = promised { $0.limits.lossPerDay = .usd(20_000) }
        func pick(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
        var second: Int64 = 100, signals: UInt64 = 0
        for _ in 0..<60 {
            second += pick(1...2_400)
            let before = (owner: owner(s).limits, account: s.account.limits, plan: s.session.plan, promise: owner(s).promiseSeconds)
            let waiting = owner(s).raises, at = S.start.adding(seconds: second)
            let lossy = s.session.profitToday.isNegative && s.session.day == at.utcDay
            var isTrade = false
            switch pick(0...9) {
            case 0, 1: _ = s.at(second, .setOwnerLimits(S.owner, limits(loss: pick(0...2) == 0 ? nil : pick(1...9_000)), by: S.person))
            case 2, 3: _ = s.at(second, .setAccountLimits(S.accountID, owner: S.owner, limits(contracts: Int32(pick(1...9))), by: S.person))
            case 4:
                var plan = s.session.plan
                plan.limits.lossPerDay = .usd(pick(15_000...25_000))
                _ = s.at(second, .changePlan(S.sessionID, owner: S.owner, plan, by: S.person))
            case 5: _ = s.at(second, .setPromise(S.owner, seconds: pick(1...3) * Self.hour, by: S.person))
            case 6: _ = s.at(second, waiting.last.map { .takeBackRaise(S.owner, $0.id, by: S.person) } ?? .deadline)
            case 7:
                s.restart()
                _ = s.at(second, .broker(S.accountID, .offers(S.symbol, S.offers(S.symbol))))
            case 8:
                isTrade = true
                signals += 1
                let balance = s.account.balance.minorUnits
                if s.at(second, .signal(S.signal(signals, at: second))).last?.contains("intend") == true {
                    let payout: Int64 = pick(0...1) == 0 ? 0 : 1_950
                    _ = s.at(second, S.bought(signals, Int64(signals), balance: balance - 1_000, at: second))
                    _ = s.at(second, S.sold(Int64(signals), for: payout, balance: balance - 1_000 + payout, at: second))
                } else {
                    _ = s.at(second + 61, .deadline)
                    second += 61
                }
            default: _ = s.at(second, .deadline)
            }
            // What is laxer than before was due, and nothing lost.
            func due(_ subject: Raise.Subject) -> Bool {
                waiting.contains { $0.change.subject == subject && $0.dueAt <= S.start.adding(seconds: second) } && (isTrade || !lossy)
            }
            #expect(owner(s).limits.noLaxer(than: before.owner) == owner(s).limits || due(.ownerLimits), "seed \(seed) at \(second)")
            #expect(s.account.limits.noLaxer(than: before.account) == s.account.limits || due(.accountLimits(S.accountID)), "seed \(seed) at \(second)")
            #expect(s.session.plan.noLaxer(than: before.plan) == s.session.plan || due(.plan(S.sessionID)), "seed \(seed) at \(second)")
            #expect(owner(s).promiseSeconds >= before.promise || due(.promise), "seed \(seed) at \(second)")
            // Nothing that is due and free waits.
            if !s.session.profitToday.isNegative, !s.account.profitOfDay(at: S.start.adding(seconds: second)).isNegative {
                #expect(owner(s).raises.allSatisfy { $0.dueAt > S.start.adding(seconds: second) }, "seed \(seed) at \(second)")
            }
            var folded = EngineState()
            for fact in s.journal { folded.evolve(fact) }
            #expect(folded == s.engine.state)
        }
    }
}
