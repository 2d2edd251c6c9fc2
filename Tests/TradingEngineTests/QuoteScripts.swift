// A plan with a least payout: the broker is asked first, and only what it quoted is bought.
import Testing
import TradingEngine
import TradingModel
import TradingTesting

struct QuoteScripts {
    typealias S = EngineScript
    static let terms = ContractTerms(symbol: S.symbol, kind: .rise, duration: .ticks(5))
    static let asked = ["o1 signal 00000001 1HZ100V rise from api", "s1 refused 00000001 payout_unknown, waits", "s1 quote? 00000001 1HZ100V rise 5t 10.00"]

    /// Wants 1.90 for each 1.00.
    static func careful(_ change: (inout SessionPlan) -> Void = { _ in }) -> EngineScript {
        S.trading {
            $0.leastPayoutBasisPoints = 19_000
            change(&$0)
        }
    }
    static func quoted(_ payout: Int64, _ terms: ContractTerms = terms) -> Input.Event {
        .broker(S.accountID, .quoted(terms, stake: .usd(1_000), payout: .usd(payout)))
    }
    static func strategySignal(_ number: UInt64, at second: Int64) -> Input.Event {
        .strategySignal(S.signal(number, at: second, validFor: 5, source: "strategy", strategy: "even-odd", session: S.sessionID))
    }

    @Test func aSignalWaitsForItsQuoteAndIsBoughtByIt() {
        var s = Self.careful()
        #expect(s.at(1, .signal(S.signal(1, at: 1))) == Self.asked)
        #expect(s.commands == [.quote(S.accountID, Self.terms, stake: .usd(1_000))])
        #expect(s.account.available == .usd(100_000), "a question holds nothing")
        #expect(s.at(1, Self.quoted(1_900)) == ["s1 intend 00000001 1HZ100V rise 5t 10.00"])
        #expect(s.account.unresolved[0].intent.quotedPayout == .usd(1_900))
        #expect(s.commands == [.buy(S.accountID, s.account.unresolved[0].intent)])
    }

    @Test func aPayoutBelowTheLeastIsRefusedWithBothNumbers() {
        var s = Self.careful()
        _ = s.at(1, .signal(S.signal(1, at: 1)))
        #expect(s.at(1, Self.quoted(1_899)) == ["s1 refused 00000001 payout_too_low (18.99 against 19.00 USD)"])
        #expect(s.session.waiting.isEmpty && s.commands.isEmpty)
    }

    @Test func theLeastIsRoundedUpToTheCent() {
        var s = Self.careful {
            $0.leastPayoutBasisPoints = 19_005
            $0.stakeRule = .fixed(.usd(999))
        }
        _ = s.at(1, .signal(S.signal(1, at: 1)))
        let quote = Input.Event.broker(S.accountID, .quoted(Self.terms, stake: .usd(999), payout: .usd(1_898)))
        #expect(s.at(1, quote) == ["s1 refused 00000001 payout_too_low (18.98 against 18.99 USD)"], "18.985995 is more than 18.98")
    }

    @Test func aPlanWithoutALeastPayoutAsksNothing() {
        var s = S.trading()
        #expect(s.at(1, .signal(S.signal(1, at: 1))).last == "s1 intend 00000001 1HZ100V rise 5t 10.00")
        #expect(s.account.unresolved[0].intent.quotedPayout == nil)
    }

    @Test func aQuoteIsUsedOnce() {
        var s = Self.careful()
        _ = s.at(1, .signal(S.signal(1, at: 1)))
        _ = s.at(1, Self.quoted(1_950))
        _ = s.at(1, S.bought(1, 7, balance: 99_000, at: 1))
        #expect(s.at(2, .signal(S.signal(2, at: 2))).last == "s1 quote? 00000002 1HZ100V rise 5t 10.00")
    }

    @Test func whatIsAskedForOnceIsNotAskedForTwice() {
        var s = Self.careful()
        _ = s.at(1, .signal(S.signal(1, at: 1)))
        #expect(s.at(2, .signal(S.signal(2, at: 2))) == ["o1 signal 00000002 1HZ100V rise from api", "s1 refused 00000002 payout_unknown, waits"])
        #expect(s.at(3, Self.quoted(1_950)) == ["s1 intend 00000001 1HZ100V rise 5t 10.00"], "the other is like it and waits for the answer")
        #expect(
            s.at(4, S.bought(1, 7, balance: 99_000, at: 4)) == ["s1 bought 00000001 #7 10.00", "s1 quote? 00000002 1HZ100V rise 5t 10.00"],
            "then it needs a quote of its own")
    }

    @Test func anOldQuoteIsNoQuote() {
        var s = Self.careful { $0.openContracts = 1 }
        _ = s.at(1, .signal(S.signal(1, at: 1)), .broker(S.accountID, .lineDown(cause: Label("x")!, clean: true)))
        #expect(s.at(2, Self.quoted(1_950)) == [], "that connection is gone, and its quotes with it")
        #expect(s.session.waiting.count == 1)
    }

    @Test func aQuoteThatDoesNotComeIsAskedForAgainUntilTheSignalExpires() {
        var s = Self.careful()
        _ = s.at(1, .signal(S.signal(1, at: 1, validFor: 20)))
        #expect(s.engine.nextDeadline == S.start.adding(seconds: 16))
        #expect(s.at(16, .deadline) == ["s1 quote? 00000001 1HZ100V rise 5t 10.00"])
        #expect(s.at(22, .deadline) == ["s1 expired 00000001"])
        _ = s.at(31, .deadline)
        #expect(s.engine.nextDeadline.map { $0 > S.start.adding(seconds: 40) } ?? true, "no deadline stays behind in the past")
    }

    @Test func aQuoteThatTheBrokerRefusesRefusesTheSignal() {
        var s = Self.careful()
        _ = s.at(1, .signal(S.signal(1, at: 1)))
        let refused = Input.Event.broker(S.accountID, .quoteRefused(Self.terms, stake: .usd(1_000), Rejection(code: Label("MarketIsClosed")!)))
        #expect(s.at(1, refused) == ["s1 refused 00000001 quote_refused"])
    }

    @Test func everyLimitIsAskedAgainWhenTheQuoteIsThere() {
        var s = Self.careful()
        _ = s.at(1, .signal(S.signal(1, at: 1)))
        _ = s.at(1, .emergencyStop(S.owner, by: S.person))
        let lines = s.at(2, Self.quoted(1_950))
        #expect(!lines.contains { $0.contains("intend") }, "\(lines)")
    }

    @Test func quotesForNobodyAndForNonsenseTellNothing() {
        var s = Self.careful()
        #expect(s.at(1, Self.quoted(1_950)) == [], "unasked")
        _ = s.at(2, .signal(S.signal(1, at: 2)))
        #expect(s.at(2, Self.quoted(0)) == [] && s.at(2, Self.quoted(-5)) == [])
        #expect(s.at(2, Self.quoted(5_000, ContractTerms(symbol: S.symbol, kind: .fall, duration: .ticks(5)))) == [], "of another contract")
        #expect(s.at(2, Self.quoted(1_900)) == ["s1 intend 00000001 1HZ100V rise 5t 10.00"])
    }

    @Test func aStrategyWaitsForItsQuoteToo() {
        var s = Self.careful()
        #expect(
            s.at(1, Self.strategySignal(1, at: 1)) == [
                "o1 signal 00000001 1HZ100V rise from even-odd", "s1 refused 00000001 payout_unknown, waits", "s1 quote? 00000001 1HZ100V rise 5t 10.00",
            ])
        #expect(s.at(1, Self.quoted(1_950)) == ["s1 intend 00000001 1HZ100V rise 5t 10.00"])
    }

    @Test func whatAStrategyWasToldToBeTooLowStandsForAMinute() {
        var s = Self.careful()
        _ = s.at(1, Self.strategySignal(1, at: 1))
        #expect(s.at(1, Self.quoted(1_500)) == ["s1 refused 00000001 payout_too_low (15.00 against 19.00 USD)"])
        #expect(s.at(3, Self.strategySignal(2, at: 3)) == ["s1 refused even-odd payout_too_low (15.00 against 19.00 USD)"], "counted, not asked")
        #expect(s.at(4, Self.strategySignal(3, at: 4)) == [])
        #expect(s.at(62, Self.strategySignal(4, at: 62)).last == "s1 quote? 00000004 1HZ100V rise 5t 10.00")
    }

    @Test func afterARestartTheQuoteIsAskedForAgain() {
        var s = Self.careful()
        _ = s.at(1, .signal(S.signal(1, at: 1)))
        s.restart()
        _ = s.at(
            3, .broker(S.accountID, .lineUp(balance: .usd(100_000), newest: TransactionID(rawValue: 1))),
            .broker(S.accountID, .offers(S.symbol, S.offers(S.symbol))))
        let lines = s.at(3, .broker(S.accountID, .lookedUp(.quiet(balance: .usd(100_000), at: S.start.adding(seconds: 3)))))
        #expect(lines.last == "s1 quote? 00000001 1HZ100V rise 5t 10.00")
    }
}
