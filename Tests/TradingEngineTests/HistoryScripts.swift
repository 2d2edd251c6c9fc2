// Sessions that ended cost a turn nothing, and answer all the same.
import Foundation
import Testing
import TradingEngine
import TradingModel
import TradingTesting

struct HistoryScripts {
    typealias S = EngineScript
    private let id = S.sessionID, owner = S.owner, person = S.person

    /// The sessions that a turn looks at.
    private func live(_ s: EngineScript) -> [SessionID] {
        let state = s.engine.state, ids = state.sessions.liveElements.map(\.id)
        #expect(ids == state.sessions.elements.filter(\.isLive).map(\.id))
        #expect(state.owners.elements.flatMap(\.sessions).sorted() == ids && state.accounts.elements.flatMap(\.sessions).sorted() == ids)
        return ids
    }

    private func folded(_ s: EngineScript) -> EngineState {
        var state = EngineState()
        for fact in s.journal { state.evolve(fact) }
        return state
    }

    @Test func aSessionIsLiveWhileItRunsOrSomethingOfItIsOpen() {
        var s = EngineScript()
        let plan = SessionPlan(name: Label("test")!, criteria: SignalCriteria(symbols: [S.symbol]), stakeRule: .fixed(.usd(1_000)))
        _ = s.at(0, .addAccount(S.accountID, owner: owner, AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC1")!, currency: .usd, isVirtual: true)))
        _ = s.at(0, .createSession(id, owner: owner, account: S.accountID, plan, by: person))
        #expect(live(s) == [], "not started")
        _ = s.at(1, .startSession(id, owner: owner, by: person))
        #expect(live(s) == [id], "starting")
        _ = s.at(2, .broker(S.accountID, .loginRefused(code: Label("InvalidToken")!)))
        #expect(s.session.phase == .failed && live(s) == [])
        s = S.trading()
        _ = s.at(1, .signal(S.signal(1)))
        _ = s.at(1, S.bought(1, 7, balance: 99_000, at: 1))
        _ = s.at(2, .stopSession(id, owner: owner, by: person))
        #expect(live(s) == [id], "stopping")
        #expect(s.at(9, S.sold(7, for: 1_950, balance: 100_950, at: 9)).last == "s1 stopped by system")
        #expect(live(s) == [])
        // The statement is walked a last time: a settlement may have been told without the balance that follows it.
        #expect(s.at(300, .deadline) == ["a1 look up"])
        _ = s.at(301, .broker(S.accountID, .lookedUp(.quiet(balance: .usd(100_950), at: S.start.adding(seconds: 300), newest: 71))))
        #expect(s.engine.nextDeadline == nil, "nothing is left to wait for")
    }

    @Test func oneThatEndedAnswersEveryQuestion() throws {
        var s = S.trading { $0.limits.tradesPerDay = 5 }
        let before = s.session
        for number in 2...40 as ClosedRange<Int64> {
            let other = SessionID(rawValue: number)
            _ = s.at(
                1, .createSession(other, owner: owner, account: S.accountID, before.plan, by: person), .startSession(other, owner: owner, by: person),
                .stopSession(other, owner: owner, by: person))
        }
        _ = s.at(2, .stopSession(id, owner: owner, by: person))
        #expect(live(s) == [] && s.engine.state.sessions.count == 40)
        for event in [.dailyLimits, .drawdown, .consecutiveLosses] as [RiskQuestion] {
            _ = s.at(3, .ask(id, owner: owner, event))
            guard case .risk(let answer) = try #require(s.answers.first) else { Issue.record("\(s.answers)"); return }
            #expect(answer.isAllowed && answer.limits.tradesPerDay == 5 && answer.day != nil)
        }
        _ = s.at(3, .ask(SessionID(rawValue: 17), owner: owner, .canExecuteTrade(stake: .usd(1_000), terms: nil)))
        guard case .risk(let answer) = try #require(s.answers.first) else { Issue.record("\(s.answers)"); return }
        #expect(answer.refusals.map(\.code) == [.sessionNotActive])
        let requests: [Input.Event] = [
            .startSession(id, owner: owner, by: person), .pauseSession(id, owner: owner, by: person),
            .resumeSession(id, owner: owner, acceptDrawdown: false, by: person), .changePlan(id, owner: owner, before.plan, by: person),
            .stopSession(id, owner: owner, by: person), .emergencyStop(owner, by: person), .liftEmergencyStop(owner, by: person),
        ]
        for request in requests { _ = s.at(4, request) }
        _ = s.at(4, requests[0], requests[1], requests[2], requests[3], requests[4])
        let ended = Answer.Outcome.declined(.sessionEnded)
        #expect(s.answers == [ended, ended, ended, ended, .done])
        #expect(
            s.at(5, .signal(S.signal(1, at: 5, session: id))) == [
                "o1 signal 00000001 1HZ100V rise from api", "s1 refused 00000001 session_not_active",
            ], "one that names it is told so")
        #expect(s.at(5, .signal(S.signal(2, at: 5))).last == "o1 refused 00000002 no_session", "no other comes to it")
        _ = s.at(6, .removeAccount(S.accountID, owner: owner, by: person))
        #expect(s.answers == [.done])
    }

    @Test func aContractThatTurnsUpLateWakesASessionThatEnded() {
        var settings = EngineSettings()
        (settings.quarantineSeconds, settings.statementLagSeconds, settings.tombstoneSeconds) = (2, 2, 60)
        var s = S.trading(settings: settings)
        let stranger = SessionID(rawValue: 2)
        _ = s.at(
            0, .createSession(stranger, owner: owner, account: S.accountID, s.session.plan, by: person), .startSession(stranger, owner: owner, by: person),
            .pauseSession(stranger, owner: owner, by: person))
        _ = s.at(1, .signal(S.signal(1, session: id)))
        _ = s.at(11, .deadline)
        _ = s.at(12, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true)))
        _ = s.at(14, .broker(S.accountID, .lineUp(balance: .usd(100_000), newest: TransactionID(rawValue: 1))))
        func lookUp(_ second: Int64, _ bookings: [Booking] = []) -> [String] {
            _ = s.at(second, .deadline)
            let newest = bookings.last?.transaction ?? TransactionID(rawValue: 1), balance = bookings.last?.balanceAfter ?? .usd(100_000)
            let findings = Findings(
                askedAt: S.start.adding(seconds: second), bookings: bookings, chainCloses: true, balance: balance, newest: newest, about: [S.intent(1)])
            return s.at(second, .broker(S.accountID, .lookedUp(findings)))
        }
        for second in [20, 40, 60] as [Int64] { _ = lookUp(second) }
        #expect(s.account.unresolved.first?.isAbandoned == true)
        _ = s.at(61, .stopSession(id, owner: owner, by: person))
        #expect(s.engine.state.sessions[id].phase == .stopped && live(s) == [id, stranger], "its stake is held")
        _ = s.at(200, .deadline)
        #expect(s.account.unresolved.isEmpty && live(s) == [stranger])
        let late = Booking(
            transaction: TransactionID(rawValue: 70), action: .buy, contract: ContractID(rawValue: 7), amount: .usd(-1_000), balanceAfter: .usd(99_000),
            at: S.start.adding(seconds: 2), payout: .usd(1_950), mayBe: [S.intent(1)])
        #expect(lookUp(600, [late]).first == "s1 adopted 00000001 #7")
        #expect(live(s) == [id, stranger], "what it bought is followed")
        #expect(folded(s) == s.engine.state)
        s.restart()
        #expect(live(s) == [id, stranger])
        #expect(s.at(700, S.sold(7, for: 1_950, balance: 100_950, at: 700)).contains("s1 settled 00000001 #7 19.50"))
        #expect(live(s) == [stranger] && s.engine.state.sessions[id].profit == .usd(950))
    }

    @Test func aStateThatWasWrittenDownIsTheSameState() throws {
        for turn in ScriptedHistory().turns {
            let read = try JSONDecoder().decode(EngineState.self, from: try JSONEncoder().encode(turn.state))
            #expect(read == turn.state)
            #expect(read.sessions.elements == turn.state.sessions.elements && read.sessions.liveElements == turn.state.sessions.liveElements)
        }
    }

    @Test func aSessionOfAnotherZoneGoesOnAfterARestart() {
        let zone = Label("Test/Plus5")!
        let calendar = TradingCalendar(zone: zone, rules: [.init(from: Timestamp(milliseconds: .min), offsetSeconds: 5 * 3_600)])
        var s = S.trading()
        let other = SessionID(rawValue: 2)
        var plan = s.session.plan
        plan.zone = zone
        _ = s.at(
            0, .calendar(calendar), .createSession(other, owner: owner, account: S.accountID, plan, by: person), .startSession(other, owner: owner, by: person))
        s.restart()
        #expect(s.at(9 * 3_600 - 1, .calendar(calendar)).contains { $0.hasPrefix("s2 day") } == false, "a second before its midnight")
        #expect(s.at(9 * 3_600, .deadline).contains { $0.hasPrefix("s2 day") })
    }
}
