// What a session makes of signals, from arrival to settlement, as scripts.
import Testing
import TradingEngine
import TradingModel
import TradingTesting

struct SignalScripts {
    typealias S = EngineScript

    @Test func oneSignalFromArrivalToSettlement() {
        var s = S.trading()
        #expect(s.at(1, .signal(S.signal(1))) == ["o1 signal 00000001 1HZ100V rise from api", "s1 intend 00000001 1HZ100V rise 5t 10.00"])
        #expect(s.commands == [.buy(S.accountID, s.account.unresolved[0].intent)])
        #expect(s.account.available == .usd(99_000), "the stake is held")
        #expect(s.at(2, S.bought(1, 7, balance: 99_000, at: 1)) == ["s1 bought 00000001 #7 10.00"])
        #expect(s.at(2, S.bought(1, 7, balance: 99_000, at: 1)) == [], "the broker repeats itself")
        #expect(s.at(9, S.sold(7, for: 1_950, balance: 100_950)) == ["s1 settled 00000001 #7 19.50"])
        #expect(s.at(9, S.sold(7, for: 1_950, balance: 100_950)) == [])
        let session = s.session
        #expect((session.trades, session.wins, session.losses, session.profit) == (1, 1, 0, .usd(950)))
        #expect((session.tradesToday, session.profitToday, session.lossesInARow) == (1, .usd(950), 0))
        #expect(session.equity == .usd(100_950) && session.peak == .usd(100_950) && session.currentDrawdown == 0)
        #expect(session.lastTradeAt == S.start.adding(seconds: 2))
        #expect(s.account.balance == .usd(100_950) && s.account.reserved == .usd(0))
    }

    @Test func theSameSignalAgainIsDeclinedAndBuysNothing() {
        var s = S.trading()
        _ = s.at(1, .signal(S.signal(1)))
        #expect(s.at(1, .signal(S.signal(1))) == [])
        #expect(s.answers == [.declined(.signalExists)])
        #expect(s.at(1, .signal(S.signal(2, at: 1, kind: .fall)), .signal(S.signal(2, at: 1, kind: .fall))).count == 2, "twice in one turn")
    }

    @Test func everyFigureOfTheSessionStaysTrueThroughWinsAndLosses() {
        var s = S.trading()
        for (number, payout) in [(1, 0), (2, 0), (3, 1_950), (4, 0), (5, 1_000)] as [(UInt64, Int64)] {
            let second = Int64(number) * 10, before = s.account.balance.minorUnits
            _ = s.at(second, .signal(S.signal(number, at: second)))
            _ = s.at(second, S.bought(number, Int64(number), balance: before - 1_000, at: second))
            _ = s.at(second + 5, S.sold(Int64(number), for: payout, balance: before - 1_000 + payout, at: second + 5))
        }
        let session = s.session
        #expect((session.trades, session.wins, session.losses, session.settledCount) == (5, 1, 3, 5), "a contract that pays its price is neither")
        #expect(session.profit == .usd(-2_050) && session.profitToday == .usd(-2_050))
        #expect(session.lossesInARow == 0, "the last one was no loss")
        #expect(session.peak == .usd(100_000))
        #expect(session.currentDrawdown == 205 && session.greatestDrawdown == 205, "20.50 of 1,000.00, in basis points")
        #expect(s.account.balance == session.equity)
    }

    @Test(arguments: [
        ("another symbol", "symbol_not_followed", S.signal(1, symbol: Symbol("R_100")!)),
        ("another source", "source_not_followed", S.signal(1, source: "webhook", strategy: "mine")),
        ("no strategy named", "strategy_not_followed", S.signal(1)),
        ("another strategy", "strategy_not_followed", S.signal(1, strategy: "yours")),
        ("too late", "signal_expired", S.signal(1, at: -20, validFor: 5, strategy: "mine")),
        ("not sold by the broker", "contract_not_offered", S.signal(1, strategy: "mine", duration: .ticks(11))),
    ]) func signalsThatAreNotForUs(_ what: String, code: String, signal: Signal) {
        var s = S.trading { $0.criteria = SignalCriteria(symbols: [S.symbol], sources: [Label("api")!], strategies: [Label("mine")!]) }
        _ = s.at(1, .signal(signal))
        guard case .signal(let decisions) = s.answers.first, case .refused(_, let refusal, let waits) = decisions.first else {
            Issue.record("not refused"); return
        }
        #expect(refusal.code.rawValue == code, Comment(rawValue: what))
        #expect(!waits)
    }

    @Test func anEmptyListMeansAll() {
        var s = S.trading()
        #expect(s.at(1, .signal(S.signal(1, source: "anything", strategy: "whatever"))).count == 2)
    }

    @Test func aSignalForNobodyIsOnRecordAndRefused() {
        var s = S.trading()
        #expect(
            s.at(1, .signal(S.signal(1, session: SessionID(rawValue: 99)))) == ["o1 signal 00000001 1HZ100V rise from api", "o1 refused 00000001 no_session"])
    }

    @Test func aTransientRefusalWaitsAndIsFollowedWhenTheReasonIsGone() {
        var s = S.trading { $0.openContracts = 1 }
        _ = s.at(1, .signal(S.signal(1)))
        #expect(
            s.at(2, .signal(S.signal(2, at: 2, kind: .fall))) == [
                "o1 signal 00000002 1HZ100V fall from api", "s1 refused 00000002 open_contracts_reached (1 against 1), waits",
            ])
        _ = s.at(2, S.bought(1, 7, balance: 99_000, at: 1))
        #expect(s.at(9, S.sold(7, for: 0, balance: 99_000)) == ["s1 settled 00000001 #7 0.00", "s1 intend 00000002 1HZ100V fall 5t 10.00"])
        #expect(s.session.waiting.isEmpty)
    }

    @Test func whatWaitsTooLongExpiresOnRecord() {
        var s = S.trading { $0.openContracts = 1 }
        _ = s.at(1, .signal(S.signal(1)))
        _ = s.at(1, S.bought(1, 7, balance: 99_000, at: 1))
        _ = s.at(2, .signal(S.signal(2, at: 2, kind: .fall, validFor: 5)))
        #expect(s.engine.nextDeadline == S.start.adding(milliseconds: 7_001))
        #expect(s.at(8, .deadline) == ["s1 expired 00000002"])
    }

    @Test func onlyWhatWaitsCanBeCancelled() {
        var s = S.trading { $0.openContracts = 1 }
        _ = s.at(1, .signal(S.signal(1)))
        _ = s.at(2, .signal(S.signal(2, at: 2, kind: .fall)))
        #expect(s.at(3, .cancelSignal(S.signal(1).id, owner: S.owner, by: S.person)) == [])
        #expect(s.answers == [.declined(.signalNotPending)])
        #expect(s.at(3, .cancelSignal(S.signal(2).id, owner: OwnerID(rawValue: 2), by: S.person)) == [], "another owner's")
        #expect(s.at(3, .cancelSignal(S.signal(2).id, owner: S.owner, by: S.person)) == ["o1 cancelled 00000002 by person"])
        #expect(s.session.waiting.isEmpty)
    }

    @Test func atMostSixteenWait() {
        var s = S.trading { $0.openContracts = 1 }
        _ = s.at(1, .signal(S.signal(1)))
        for number in 2...17 { _ = s.at(2, .signal(S.signal(UInt64(number), at: 2, kind: .fall))) }
        #expect(s.at(2, .signal(S.signal(18, at: 2, kind: .fall))).last == "s1 refused 00000012 too_many_waiting (16 against 16)")
    }

    @Test func twoAlikeWithoutAnAnswerAreNeverOnTheirWayAtOnce() {
        var s = S.trading()
        _ = s.at(1, .signal(S.signal(1)))
        #expect(s.at(1, .signal(S.signal(2, at: 1))).last == "s1 refused 00000002 account_busy, waits")
        #expect(s.at(1, .signal(S.signal(3, at: 1, kind: .fall))).last == "s1 intend 00000003 1HZ100V fall 5t 10.00", "one that differs may go")
        #expect(s.at(2, S.bought(1, 7, balance: 98_000, at: 1)) == ["s1 bought 00000001 #7 10.00", "s1 intend 00000002 1HZ100V rise 5t 10.00"])
    }

    @Test func aStrategysRefusalsAreCountedNotRepeated() {
        var s = S.trading { $0.openContracts = 1 }
        func strategySignal(_ number: UInt64, at second: Int64) -> Input.Event {
            .strategySignal(S.signal(number, at: second, validFor: 5, source: "strategy", strategy: "even-odd", session: S.sessionID))
        }
        #expect(s.at(1, strategySignal(1, at: 1)) == ["o1 signal 00000001 1HZ100V rise from even-odd", "s1 intend 00000001 1HZ100V rise 5t 10.00"])
        _ = s.at(1, S.bought(1, 7, balance: 99_000, at: 1))
        #expect(s.at(2, strategySignal(2, at: 2)) == ["s1 refused even-odd open_contracts_reached (1 against 1)"])
        for second in 3...6 { #expect(s.at(Int64(second), strategySignal(UInt64(second), at: Int64(second))) == []) }
        _ = s.at(9, S.sold(7, for: 0, balance: 99_000))
        #expect(s.at(62, .deadline) == ["s1 refused even-odd open_contracts_reached (1 against 1) ×4"])
        #expect(s.at(200, .deadline) == [], "and nothing more to say")
    }
}
