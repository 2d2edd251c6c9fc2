import Strategies
import Testing
import TradingModel

@Suite struct DigitsTests {
    @Test func aDigitThatRepeatsGoesByTheMostCommonOne() throws {
        // 7 three times, and no other as often.
        #expect(try wishes(of: strategy("digits"), [7, 1, 2, 7, 3, 4, 5, 6, 0, 7]) == ["10 rise 5t"])
        #expect(try wishes(of: strategy("digits"), [1, 1, 2, 7, 3, 4, 5, 6, 0, 1]) == ["10 fall 5t"])
    }

    @Test func theMostCommonDigitNeedNotBeTheNewest() throws {
        // The newest, 2, came three times; 9 four times.
        #expect(try wishes(of: strategy("digits"), [9, 9, 9, 9, 2, 2, 0, 1, 3, 2]) == ["10 rise 5t"])
    }

    @Test func aDigitThatIsRareSaysNothing() throws {
        #expect(try wishes(of: strategy("digits"), [9, 9, 9, 9, 2, 2, 0, 1, 3, 5]) == [])
        #expect(try wishes(of: strategy("digits", ["threshold": 4]), [7, 1, 2, 7, 3, 4, 5, 6, 0, 7]) == [])
    }

    @Test func asManyLowAsHighSayNothing() throws {
        #expect(try wishes(of: strategy("digits"), [7, 7, 7, 0, 1, 3, 4, 3, 4, 3]) == [])
    }

    @Test func digitsThatLeaveNoLongerCount() throws {
        // With the seventh tick the window holds 7 once.
        #expect(try wishes(of: strategy("digits", ["lookback": 5, "threshold": 2, "ticks": 1]), [7, 7, 0, 1, 2, 3, 7]) == [])
        #expect(try wishes(of: strategy("digits", ["lookback": 5, "threshold": 2, "ticks": 1]), [0, 1, 2, 7, 7]) == ["5 rise 1t"])
    }

    @Test func oneWishAtATime() throws {
        #expect(try wishes(of: strategy("digits", ["lookback": 5, "ticks": 1]), [Int64](repeating: 8, count: 9)) == ["5 rise 1t", "7 rise 1t", "9 rise 1t"])
    }

    @Test func itLooksAtTheLastDigitOfAnyPrice() throws {
        let digits: [Int64] = [7, 1, 2, 7, 3, 4, 5, 6, 0, 7]
        #expect(try wishes(of: strategy("digits"), digits.map { $0 + 1_234_560 }) == ["10 rise 5t"])
    }

    @Test(arguments: [5, 10, 200])
    func nothingIsWishedBeforeItIsWarm(lookback: Int64) throws {
        let fresh = try strategy("digits", ["lookback": lookback]), same = [Int64](repeating: 3, count: Int(lookback))
        #expect(fresh.warmUpTicks == Int(lookback))
        #expect(wishes(of: fresh, same.dropLast()) == [])
        #expect(wishes(of: fresh, same) == ["\(lookback) fall 5t"])
    }

    @Test func itIsSilentMostOfTheTimeWhereTheOldRuleAlwaysSpoke() throws {
        var random = SeededRandom(seed: 5)
        let found = try wishes(of: strategy("digits", ["ticks": 1]), (0..<3_000).map { _ in random.pick(0...99_999) })
        #expect((1...1_200).contains(found.count), "\(found.count)")
    }
}
