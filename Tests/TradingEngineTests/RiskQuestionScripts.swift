// The four questions that the previous system's clients know, by the names they know them by: what stands in the way of a
// trade now. Each is put before and after a signal, and must answer what the decision then does.
import Testing
import TradingModel
import TradingTesting

@testable import TradingEngine

struct RiskQuestionScripts {
    typealias S = EngineScript

    /// Buys with signal `number` and settles a second later for `payout`.
    private func trade(_ s: inout EngineScript, _ number: UInt64, payout: Int64, at second: Int64) {
        let before = s.account.balance.minorUnits
        _ = s.at(second, .signal(S.signal(number, at: second)))
        _ = s.at(second, S.bought(number, Int64(number), balance: before - 1_000, at: second))
        _ = s.at(second + 1, S.sold(Int64(number), for: payout, balance: before - 1_000 + payout, at: second + 1))
    }

    private func codes(_ answer: RiskAnswer?) -> [Refusal.Code]? { answer?.refusals.map(\.code) }

    @Test func canExecuteTrade() {
        var s = S.trading { $0.limits = RiskLimits(lossPerDay: .usd(3_000), greatestStake: .usd(1_200)) }
        let now = S.start.adding(seconds: 1), terms = ContractTerms(symbol: S.symbol, kind: .rise, duration: .ticks(5))
        #expect(codes(s.engine.canExecuteTrade(S.sessionID, at: now)) == [])
        #expect(codes(s.engine.canExecuteTrade(S.sessionID, stake: .usd(1_200), terms: terms, at: now)) == [])
        #expect(codes(s.engine.canExecuteTrade(S.sessionID, stake: .usd(1_201), at: now)) == [.greatestStakeExceeded])
        #expect(codes(s.engine.canExecuteTrade(S.sessionID, stake: .usd(34), terms: terms, at: now)) == [.stakeBelowLeast])
        #expect(s.engine.canExecuteTrade(SessionID(rawValue: 9), at: now) == nil, "there is no such session")
        #expect(s.at(1, .signal(S.signal(1))).last == "s1 intend 00000001 1HZ100V rise 5t 10.00")
        #expect(codes(s.engine.canExecuteTrade(S.sessionID, terms: terms, at: now)) == [.accountBusy], "one like it is not answered yet")
        _ = s.at(2, .pauseSession(S.sessionID, owner: S.owner, by: S.person))
        #expect(codes(s.engine.canExecuteTrade(S.sessionID, at: now)) == [.sessionNotActive])
    }

    @Test func checkDailyLimits() {
        var s = S.trading { $0.limits = RiskLimits(tradesPerDay: 3, lossPerDay: .usd(2_500)) }
        #expect(codes(s.engine.checkDailyLimits(S.sessionID, at: S.start)) == [])
        trade(&s, 1, payout: 1_950, at: 10)
        let won = s.engine.checkDailyLimits(S.sessionID, at: S.start.adding(seconds: 12))
        #expect(codes(won) == [] && won?.picture.tradesToday == 1 && won?.day == s.session.day)
        trade(&s, 2, payout: 0, at: 20)
        #expect(codes(s.engine.checkDailyLimits(S.sessionID, at: S.start.adding(seconds: 22))) == [])
        trade(&s, 3, payout: 1_000, at: 30)
        let third = s.engine.checkDailyLimits(S.sessionID, at: S.start.adding(seconds: 32))
        #expect(codes(third) == [.tradesPerDayReached], "even a trade that came out even counts")
        #expect(s.session.phase == .paused(.limitOfTheDay(.tradesPerDayReached)))
        _ = s.at(14 * 3_600, .deadline)
        #expect(codes(s.engine.checkDailyLimits(S.sessionID, at: S.start.adding(seconds: 14 * 3_600))) == [], "another day")
    }

    @Test func checkDailyLimitsCountWhatIsOpenAsLost() {
        var s = S.trading { $0.limits.lossPerDay = .usd(2_500) }
        _ = s.at(1, .signal(S.signal(1)), .signal(S.signal(2, kind: .fall)))
        #expect(codes(s.engine.checkDailyLimits(S.sessionID, at: S.start.adding(seconds: 1))) == [.lossPerDayReached])
        #expect(s.at(1, .signal(S.signal(3, kind: .even))).last?.contains("refused 00000003 loss_per_day_reached") == true)
    }

    @Test func checkDrawdown() {
        var s = S.trading { $0.limits.drawdownBasisPoints = 150 }
        #expect(codes(s.engine.checkDrawdown(S.sessionID, at: S.start)) == [])
        trade(&s, 1, payout: 0, at: 10)
        let fallen = s.engine.checkDrawdown(S.sessionID, at: S.start.adding(seconds: 12))
        #expect(codes(fallen) == [.drawdownReached] && fallen?.currentDrawdown == 100, "1 % is gone, and a stake more is past 1.5 %")
        #expect(s.session.phase == .paused(.limit(.drawdownReached)))
        _ = s.at(20, .resumeSession(S.sessionID, owner: S.owner, acceptDrawdown: true, by: S.person))
        #expect(codes(s.engine.checkDrawdown(S.sessionID, at: S.start.adding(seconds: 21))) == [])
    }

    @Test func checkDrawdownMeasuresFromThePeak() {
        var s = S.trading { $0.limits.drawdownBasisPoints = 300 }
        trade(&s, 1, payout: 3_000, at: 10)
        for number in 2...3 as ClosedRange<UInt64> { trade(&s, number, payout: 0, at: Int64(number) * 20) }
        let answer = s.engine.checkDrawdown(S.sessionID, at: S.start.adding(seconds: 90))
        #expect(s.session.profit == .usd(0) && answer?.currentDrawdown == 197, "20.00 of 1,020.00, rounded up, though the start balance is whole")
        #expect(codes(answer) == [] && s.session.phase == .active)
        trade(&s, 4, payout: 0, at: 100)
        #expect(codes(s.engine.checkDrawdown(S.sessionID, at: S.start.adding(seconds: 102))) == [.drawdownReached])
    }

    @Test func checkConsecutiveLosses() {
        var s = S.trading { $0.limits.lossesInARow = 2 }
        trade(&s, 1, payout: 0, at: 10)
        let one = s.engine.checkConsecutiveLosses(S.sessionID, at: S.start.adding(seconds: 12))
        #expect(codes(one) == [] && one?.picture.lossesInARow == 1)
        trade(&s, 2, payout: 1_950, at: 20)
        #expect(s.engine.checkConsecutiveLosses(S.sessionID, at: S.start.adding(seconds: 22))?.picture.lossesInARow == 0, "a win ends it")
        trade(&s, 3, payout: 0, at: 30)
        _ = s.at(40, .signal(S.signal(4, at: 40)))
        let underWay = s.engine.checkConsecutiveLosses(S.sessionID, at: S.start.adding(seconds: 40))
        #expect(codes(underWay) == [.lossesInARowReached], "the one that is under way may be lost")
        #expect(s.engine.checkConsecutiveLosses(SessionID(rawValue: 9), at: S.start) == nil)
    }
}
