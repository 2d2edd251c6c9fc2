// Sessions of the previous system: nothing is bought before the account is confirmed and what is flagged was looked at.
import Testing
import TradingEngine
import TradingModel
import TradingTesting

struct TakenOverScripts {
    typealias S = EngineScript
    private let owner = S.owner, id = S.sessionID, person = S.person
    private let profile = AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC1")!, currency: .usd, isVirtual: true)

    private func record(
        status: String = "active", hold: SessionHold, profit: Int64 = -3_866, streak: Int32 = 0, _ change: (inout SessionPlan) -> Void = { _ in }
    ) -> ImportedSession {
        var plan = SessionPlan(
            name: Label("test")!, criteria: SignalCriteria(symbols: [S.symbol]), stakeRule: .fixed(.usd(1_000)), duration: .ticks(5), openContracts: 100)
        change(&plan)
        return ImportedSession(
            key: "old", status: status, broker: "deriv", strategy: "x", flags: [], hold: hold, plan: plan, createdAt: S.start, startedAt: S.start,
            stoppedAt: nil, lastTradeAt: nil, failure: nil, startBalance: .usd(100_000), profit: .usd(profit), trades: 22, wins: 0, losses: 0, day: nil,
            tradesToday: 0, profitToday: .usd(0), lossesInARow: streak)
    }

    /// What an import wrote, folded, as a process that starts finds it.
    private func script(_ record: ImportedSession) -> EngineScript {
        var s = EngineScript()
        _ = s.at(0, .addAccount(S.accountID, owner: owner, profile))
        s.take(Fact(at: S.start, owner: owner, account: S.accountID, session: id, .previous(.sessionImported(record))))
        return s
    }

    private func connect(_ s: inout EngineScript, at seconds: Int64) -> [String] {
        s.at(seconds, .broker(S.accountID, .lineUp(balance: .usd(96_134), newest: TransactionID(rawValue: 1))))
            + s.at(seconds, .broker(S.accountID, .offers(S.symbol, S.offers(S.symbol))))
            + s.at(seconds, .broker(S.accountID, .lookedUp(.quiet(balance: .usd(96_134), at: S.start.adding(seconds: seconds)))))
    }

    private func buys(_ lines: [String]) -> [String] { lines.filter { $0.contains("intend") } }

    @Test func anActiveOneStaysActiveAndBuysOnceItsAccountIsConfirmed() {
        var s = script(record(hold: [.token]))
        #expect(s.session.phase == .active && s.session.trades == 22 && s.session.equity == .usd(96_134) && s.session.peak == .usd(100_000))
        #expect(s.at(1, .signal(S.signal(1, at: 1))).last == "s1 refused 00000001 awaiting_token")
        #expect(connect(&s, at: 2).contains("s1 account confirmed"))
        #expect(s.session.phase == .active && s.session.hold == [])
        #expect(buys(s.at(3, .signal(S.signal(2, at: 3)))) == ["s1 intend 00000002 1HZ100V rise 5t 10.00"])
    }

    @Test func whatIsFlaggedWaitsForAPersonWhateverTheBrokerSays() {
        var s = script(record(hold: [.token, .review]))
        #expect(connect(&s, at: 1).contains("s1 account confirmed"))
        #expect(s.at(2, .signal(S.signal(1, at: 2))).last == "s1 refused 00000001 awaiting_review")
        #expect(s.at(2, .ask(id, owner: owner, .canExecuteTrade(stake: nil, terms: nil))) == [])
        guard case .risk(let answer)? = s.answers.last else { Issue.record("no answer"); return }
        #expect(answer.refusals.first?.code == .awaitingReview)
        s.restart()
        #expect(connect(&s, at: 3).contains("s1 account confirmed") == false, "it was confirmed before")
        #expect(buys(s.at(4, .signal(S.signal(2, at: 4)))) == [])
        #expect(s.at(5, .acceptReview(id, owner: OwnerID(rawValue: 2), by: person)) == [] && s.answers == [.declined(.sessionNotFound)])
        #expect(s.at(6, .acceptReview(id, owner: owner, by: person)) == ["s1 review accepted by person"])
        #expect(buys(s.at(7, .signal(S.signal(3, at: 7)))).count == 1)
        #expect(s.at(8, .acceptReview(id, owner: owner, by: person)) == [] && s.answers == [.declined(.reviewNotAwaited)])
    }

    @Test func aReviewAcceptedFirstStillAwaitsTheToken() {
        var s = script(record(hold: [.token, .review]))
        #expect(s.at(1, .acceptReview(id, owner: owner, by: person)).last == "s1 review accepted by person")
        #expect(s.at(2, .signal(S.signal(1, at: 2))).last == "s1 refused 00000001 awaiting_token")
        #expect(buys(s.at(3, .signal(S.signal(2, at: 3)))) == [])
    }

    @Test func aRefusedTokenLeavesItActiveAndAwaiting() {
        var s = script(record(hold: [.token]))
        #expect(s.at(1, .broker(S.accountID, .loginRefused(code: Label("wrong account")!))).last == "a1 login refused: wrong account")
        #expect(s.session.phase == .active && s.session.hold == [.token])
        #expect(buys(s.at(2, .signal(S.signal(1, at: 2)))) == [])
    }

    @Test(arguments: ["idle", "starting", "active", "paused", "stopping"])
    func whileAnythingIsAwaitedNoPhaseBuys(_ status: String) {
        for hold in [SessionHold.token, [.review], [.token, .review], [.review, .broker]] {
            var s = script(record(status: status, hold: hold)), lines: [String] = []
            // Everything but what is awaited happens.
            if !hold.contains(.token) { lines += connect(&s, at: 1) }
            lines += s.at(2, .startSession(id, owner: owner, by: person))
            lines += s.at(3, .resumeSession(id, owner: owner, acceptDrawdown: true, by: person))
            for number in 1...4 as ClosedRange<UInt64> { lines += s.at(3 + Int64(number), .signal(S.signal(number, at: 3 + Int64(number)))) }
            lines += s.at(9, .strategySignal(S.signal(9, at: 9, strategy: "x")))
            #expect(buys(lines) == [] && !s.session.hold.isEmpty, "\(status) \(hold)")
        }
    }

    @Test func aBrokerThatIsNotServedNeverBuys() {
        var s = script(record(hold: [.token, .review, .broker]))
        _ = connect(&s, at: 1)
        #expect(s.at(2, .acceptReview(id, owner: owner, by: person)) == [] && s.answers == [.declined(.brokerNotServed)])
        #expect(buys(s.at(3, .signal(S.signal(1, at: 3)))) == [])
        #expect(s.at(4, .stopSession(id, owner: owner, by: person)) == ["s1 stopped by person"])
    }

    @Test func itsOwnLimitsHoldFromWhereItWas() {
        var s = script(record(hold: [.token], streak: 3) { $0.limits.lossesInARow = 3 })
        let lines = connect(&s, at: 1)
        #expect(lines.contains("s1 account confirmed") && lines.contains("s1 paused losses_in_a_row_reached by system"))
        var deep = script(record(hold: [.token], profit: -20_000) { $0.limits.drawdownBasisPoints = 2_000 })
        #expect(connect(&deep, at: 1).contains("s1 paused drawdown_reached by system"), "measured from the highest balance that is known of")
    }

    @Test func tradesThatAreHistoryChangeNoFigure() {
        var s = script(record(hold: []))
        let before = s.session
        let trade = ImportedTrade(
            key: "t", status: "CLOSED", broker: "deriv", signal: SignalID(high: 1, low: 1),
            terms: ContractTerms(symbol: S.symbol, kind: .rise, duration: .ticks(5)), price: .usd(100), profit: .usd(-76), contract: ContractID(rawValue: 5),
            contractText: "5", enteredAt: S.start, exitedAt: nil, entryPrice: "0", exitPrice: nil, entryReason: nil, exitReason: nil)
        s.take(Fact(at: S.start, owner: owner, account: S.accountID, session: id, .previous(.tradeImported(trade))))
        #expect(s.session == before)
    }
}
