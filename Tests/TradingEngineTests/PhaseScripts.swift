// Every phase and every transition, legal and refused.
import Foundation
import Testing
import TradingEngine
import TradingModel
import TradingTesting

struct PhaseScripts {
    typealias S = EngineScript
    private let owner = S.owner, id = S.sessionID, person = S.person

    private func created() -> EngineScript {
        var s = EngineScript()
        let plan = SessionPlan(name: Label("test")!, criteria: SignalCriteria(symbols: [S.symbol]), stakeRule: .fixed(.usd(1_000)))
        _ = s.at(
            0, .addAccount(S.accountID, owner: owner, AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC1")!, currency: .usd, isVirtual: true)),
            .createSession(id, owner: owner, account: S.accountID, plan, by: person))
        return s
    }

    @Test func aSessionStartsWhenTheLineIsUpAndItsSymbolsAreKnown() {
        var s = created()
        #expect(s.session.phase == .idle)
        #expect(
            s.at(1, .startSession(id, owner: owner, by: person)) == [
                "s1 starting by person", "s1 day \(s.session.day ?? TradingCalendar.utc.day(at: S.start))",
            ])
        #expect(s.commands == [.offers(S.accountID, S.symbol)])
        #expect(s.at(2, .broker(S.accountID, .lineUp(balance: .usd(5_000), newest: nil))) == ["a1 line up, balance 50.00 USD", "a1 look up"])
        #expect(s.at(3, .broker(S.accountID, .offers(S.symbol, S.offers(S.symbol)))) == [])
        #expect(s.at(4, .broker(S.accountID, .lookedUp(.quiet(balance: .usd(5_000), at: S.start)))) == ["a1 looked up to 1", "s1 active with 50.00 USD"])
        #expect(s.session.startBalance == .usd(5_000) && s.session.startedAt == S.start.adding(seconds: 4))
        #expect(s.at(5, .startSession(id, owner: owner, by: person)) == [], "asking twice is not an error")
        #expect(s.answers == [.done])
    }

    @Test func pauseResumeStop() {
        var s = S.trading()
        #expect(s.at(1, .pauseSession(id, owner: owner, by: person)) == ["s1 paused person by person"])
        #expect(s.at(1, .signal(S.signal(1))).last == "s1 refused 00000001 session_not_active, waits")
        #expect(
            s.at(2, .resumeSession(id, owner: owner, acceptDrawdown: false, by: person)) == [
                "s1 resumed by person", "s1 intend 00000001 1HZ100V rise 5t 10.00",
            ])
        #expect(s.at(3, .stopSession(id, owner: owner, by: person)) == ["s1 stopping by person"], "a buy is on its way")
        #expect(s.at(3, .signal(S.signal(2, at: 3))).last == "s1 refused 00000002 session_not_active")
        #expect(s.at(4, S.bought(1, 7, balance: 99_000, at: 1)) == ["s1 bought 00000001 #7 10.00"])
        #expect(s.at(9, S.sold(7, for: 0, balance: 99_000)) == ["s1 settled 00000001 #7 0.00", "s1 stopped by system"])
        #expect(s.at(10, .signal(S.signal(3, at: 10))).last == "o1 refused 00000003 no_session")
    }

    /// Each request in each phase: what it answers.
    @Test func everyRequestInEveryPhase() {
        typealias Row = (phase: String, start: Decline?, pause: Decline?, resume: Decline?, stop: Decline?, plan: Decline?)
        let rows: [Row] = [
            ("idle", nil, .sessionNotActive, .sessionNotPaused, nil, nil),
            ("starting", nil, .sessionNotActive, .sessionNotPaused, nil, nil),
            ("active", nil, nil, nil, nil, nil),
            ("paused", .sessionNotIdle, nil, nil, nil, nil),
            ("stopping", .sessionNotIdle, .sessionNotActive, .sessionNotPaused, nil, .sessionEnded),
            ("stopped", .sessionEnded, .sessionEnded, .sessionEnded, nil, .sessionEnded),
            ("failed", .sessionEnded, .sessionEnded, .sessionEnded, nil, .sessionEnded),
        ]
        for row in rows {
            func answer(_ event: Input.Event) -> Decline? {
                var s = inPhase(row.phase)
                #expect(s.session.phase.name == row.phase)
                _ = s.at(100, event)
                if case .declined(let decline) = s.answers[0] { return decline }
                return nil
            }
            #expect(answer(.startSession(id, owner: owner, by: person)) == row.start, "start in \(row.phase)")
            #expect(answer(.pauseSession(id, owner: owner, by: person)) == row.pause, "pause in \(row.phase)")
            #expect(answer(.resumeSession(id, owner: owner, acceptDrawdown: false, by: person)) == row.resume, "resume in \(row.phase)")
            #expect(answer(.stopSession(id, owner: owner, by: person)) == row.stop, "stop in \(row.phase)")
            #expect(
                answer(
                    .changePlan(
                        id, owner: owner, SessionPlan(name: Label("new")!, criteria: SignalCriteria(symbols: [S.symbol]), stakeRule: .fixed(.usd(500))),
                        by: person)) == row.plan, "plan in \(row.phase)")
        }
    }

    private func inPhase(_ name: String) -> EngineScript {
        switch name {
        case "idle": return created()
        case "starting", "failed":
            var s = created()
            _ = s.at(1, .startSession(id, owner: owner, by: person))
            if name == "failed" { _ = s.at(2, .broker(S.accountID, .loginRefused(code: Label("InvalidToken")!))) }
            return s
        default:
            var s = S.trading()
            if name == "paused" { _ = s.at(1, .pauseSession(id, owner: owner, by: person)) }
            if name == "stopping" { _ = s.at(1, .signal(S.signal(1))) }
            if name == "stopping" || name == "stopped" { _ = s.at(2, .stopSession(id, owner: owner, by: person)) }
            return s
        }
    }

    @Test func nobodyTouchesAnothersSession() {
        var s = S.trading()
        let other = OwnerID(rawValue: 2)
        _ = s.at(
            1, .pauseSession(id, owner: other, by: person), .stopSession(id, owner: other, by: person), .ask(id, owner: other, .dailyLimits),
            .createSession(SessionID(rawValue: 9), owner: other, account: S.accountID, s.session.plan, by: person),
            .removeAccount(S.accountID, owner: other, by: person))
        #expect(
            s.answers == [
                .declined(.sessionNotFound), .declined(.sessionNotFound), .declined(.sessionNotFound), .declined(.accountNotFound), .declined(.accountNotFound),
            ])
    }

    @Test func emergencyStopEndsEverySessionAndSurvivesARestart() {
        var s = S.trading()
        _ = s.at(1, .signal(S.signal(1)))
        #expect(s.at(2, .emergencyStop(owner, by: person)) == ["o1 emergency stop by person", "s1 stopping by person"])
        #expect(s.at(2, .emergencyStop(owner, by: person)) == [], "twice is once")
        s.restart()
        #expect(s.engine.state.owners[owner].emergencyStopped)
        _ = s.at(
            3, .createSession(SessionID(rawValue: 2), owner: owner, account: S.accountID, s.session.plan, by: person),
            .startSession(SessionID(rawValue: 2), owner: owner, by: person))
        #expect(s.answers == [.done, .declined(.emergencyStopped)])
        #expect(s.at(4, .liftEmergencyStop(owner, by: person)) == ["o1 emergency stop lifted by person"])
    }

    @Test func operatorsStopEverybodyUntilOperatorsLiftIt() {
        var s = S.trading()
        let operators = Label("operator 7")!, ben = OwnerID(rawValue: 2), bensAccount = AccountID(rawValue: 2), bensSession = SessionID(rawValue: 2)
        _ = s.at(
            1, .addAccount(bensAccount, owner: ben, AccountProfile(broker: S.person, loginID: Label("VRTC2")!, currency: .usd, isVirtual: true)),
            .createSession(bensSession, owner: ben, account: bensAccount, s.session.plan, by: person), .startSession(bensSession, owner: ben, by: person),
            .signal(S.signal(1)))
        #expect(
            s.at(2, .operatorsStop(reason: "a storm", by: operators)) == [
                "o0 everybody stopped by operator 7: a storm", "s1 stopping by operator 7", "s2 stopped by operator 7",
            ])
        #expect(s.at(2, .operatorsStop(reason: "another", by: operators)) == [], "twice is once, and the first reason stays")
        #expect(s.engine.state.operatorsStop == OperatorsStop(since: S.start.adding(seconds: 2), by: operators, reason: "a storm"))

        // What comes later does not trade either, and says why.
        s.restart()
        let next = SessionID(rawValue: 3)
        _ = s.at(3, .createSession(next, owner: owner, account: S.accountID, s.session.plan, by: person), .startSession(next, owner: owner, by: person))
        #expect(s.answers == [.done, .declined(.stoppedByOperators)])
        #expect(s.at(3, .signal(S.signal(2))).last == "s1 refused 00000002 stopped_by_operators", "by one that still ends")
        #expect(s.at(3, .signal(S.signal(3, session: next))).last == "s3 refused 00000003 stopped_by_operators")
        let bens = Signal(
            id: SignalID(high: 9, low: 0), owner: ben, source: Label("api")!, symbol: S.symbol, kind: .rise, issuedAt: S.start.adding(seconds: 3),
            validUntil: S.start.adding(seconds: 60))
        #expect(s.at(3, .signal(bens)).last == "o2 refused 00000000 stopped_by_operators", "with no session left")
        #expect(s.engine.canExecuteTrade(id, at: S.start.adding(seconds: 3))?.refusals.first?.code == .stoppedByOperators)

        // An owner's own stop lifts nothing of it.
        _ = s.at(4, .emergencyStop(owner, by: person), .liftEmergencyStop(owner, by: person), .startSession(next, owner: owner, by: person))
        #expect(s.answers == [.done, .done, .declined(.stoppedByOperators)])

        // Nor does theirs lift an owner's.
        _ = s.at(5, .emergencyStop(ben, by: person))
        #expect(s.at(6, .liftOperatorsStop(by: operators)) == ["o0 everybody's stop lifted by operator 7"])
        #expect(s.at(6, .liftOperatorsStop(by: operators)) == [])
        s.restart()
        _ = s.at(
            7, .createSession(SessionID(rawValue: 4), owner: ben, account: bensAccount, s.session.plan, by: person),
            .startSession(SessionID(rawValue: 4), owner: ben, by: person), .startSession(next, owner: owner, by: person))
        #expect(s.answers == [.done, .declined(.emergencyStopped), .done])
    }

    @Test func operatorsStopVoidsTheBuyOfItsTurn() {
        var s = S.trading()
        #expect(
            s.at(1, .signal(S.signal(1)), .operatorsStop(reason: "a storm", by: person)).suffix(3) == [
                "o0 everybody stopped by person: a storm", "s1 unsent 00000001", "s1 stopped by person",
            ])
        #expect(s.commands.allSatisfy { if case .buy = $0 { false } else { true } })
    }

    @Test func aStateOfBeforeThereWasSuchAStopIsRead() throws {
        var s = S.trading()
        let before = try JSONEncoder().encode(s.engine.state)
        #expect(!String(decoding: before, as: UTF8.self).contains("operatorsStop"), "as snapshots of then are")
        #expect(try JSONDecoder().decode(EngineState.self, from: before) == s.engine.state)
        _ = s.at(1, .operatorsStop(reason: "a storm", by: person))
        #expect(try JSONDecoder().decode(EngineState.self, from: JSONEncoder().encode(s.engine.state)) == s.engine.state)
    }

    @Test func aRealAccountBuysNothingUntilThatIsAllowed() {
        var s = EngineScript()
        let plan = SessionPlan(name: Label("test")!, criteria: SignalCriteria(symbols: [S.symbol]), stakeRule: .fixed(.usd(1_000)))
        _ = s.at(
            0, .addAccount(S.accountID, owner: owner, AccountProfile(broker: Label("deriv")!, loginID: Label("CR1")!, currency: .usd, isVirtual: false)),
            .createSession(id, owner: owner, account: S.accountID, plan, by: person), .startSession(id, owner: owner, by: person),
            .broker(S.accountID, .lineUp(balance: .usd(100_000), newest: nil)), .broker(S.accountID, .offers(S.symbol, S.offers(S.symbol))))
        _ = s.at(0, .broker(S.accountID, .lookedUp(.quiet(balance: .usd(100_000), at: S.start))))
        #expect(s.at(1, .signal(S.signal(1))).last == "s1 refused 00000001 real_trading_not_enabled")
    }

    @Test func aFreshEngineIsToldItsZonesWithItsFirstInputs() {
        let kolkata = TradingCalendar(zone: Label("Asia/Kolkata")!, rules: [.init(from: Timestamp(milliseconds: .min), offsetSeconds: 19_800)])
        var s = EngineScript()
        let plan = SessionPlan(name: Label("test")!, criteria: SignalCriteria(symbols: [S.symbol]), stakeRule: .fixed(.usd(1_000)), zone: kolkata.zone)
        _ = s.at(
            0, .calendar(kolkata),
            .addAccount(S.accountID, owner: owner, AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC1")!, currency: .usd, isVirtual: true)),
            .createSession(id, owner: owner, account: S.accountID, plan, by: person), .startSession(id, owner: owner, by: person))
        s.restart()
        // A day later: time passes in the very turn that brings the calendar.
        #expect(s.at(86_400, .calendar(kolkata)).contains { $0.hasPrefix("s1 day ") })
    }
}

/// A session that three crashing starts have in common is failed by a fresh process before anything else is done for it.
struct FailedAtStartScripts {
    typealias S = EngineScript

    @Test func itFailsInTheFirstTurnBeforeItsTimePasses() {
        var s = S.trading()
        _ = s.at(1, .signal(S.signal(1)))
        _ = s.at(1, S.bought(1, 7, balance: 99_000, at: 1))
        s.restart()
        // A day later: the new trading day would be opened first.
        let lines = s.at(90_000, .failSession(S.sessionID, evidence: "three starts"), .broker(S.accountID, .lineDown(cause: Label("restarted")!, clean: false)))
        #expect(lines.first == "s1 failed: three starts")
        #expect(s.session.phase == .failed && s.session.open.count == 1, "what is open is followed to its end")
        #expect(s.at(90_001, .failSession(S.sessionID, evidence: "again")) == [], "once")
    }
}
