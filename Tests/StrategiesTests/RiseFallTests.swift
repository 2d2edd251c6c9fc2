import Strategies
import Testing
import TradingModel

@Suite struct RiseFallTests {
    @Test func aPriceThatIsHigherAndRisingWishesARise() throws {
        #expect(try wishes(of: strategy("rise-fall"), [10, 9, 8, 10, 11]) == ["5 rise 5t"])
        #expect(try wishes(of: strategy("rise-fall"), [10, 12, 13, 14, 11]) == [], "higher than the first, but falling")
        #expect(try wishes(of: strategy("rise-fall"), [10, 9, 8, 7, 9]) == [], "rising, but lower than the first")
    }

    @Test func aPriceThatIsLowerAndFallingWishesAFall() throws {
        #expect(try wishes(of: strategy("rise-fall"), [10, 11, 12, 10, 9]) == ["5 fall 5t"])
        #expect(try wishes(of: strategy("rise-fall"), [10, 11, 12, 13, 10]) == [], "level with the first")
        #expect(try wishes(of: strategy("rise-fall"), [10, 8, 8, 9, 9]) == [], "level with the one before")
    }

    @Test func theWindowMoves() throws {
        // Of three prices: 5 6 7 rises; then, the wait over, 3 2 1 falls.
        #expect(try wishes(of: strategy("rise-fall", ["lookback": 3, "ticks": 1]), [5, 6, 7, 3, 2, 1]) == ["3 rise 1t", "5 fall 1t"])
    }

    @Test func oneWishAtATime() throws {
        // The contract of the wish at tick 3 enters at 4 and ends with tick 6; then the next may come.
        #expect(try wishes(of: strategy("rise-fall", ["lookback": 3, "ticks": 2]), 1...10) == ["3 rise 2t", "6 rise 2t", "9 rise 2t"])
    }

    @Test(arguments: [3, 5, 200])
    func nothingIsWishedBeforeItIsWarm(lookback: Int64) throws {
        let fresh = try strategy("rise-fall", ["lookback": lookback])
        #expect(fresh.warmUpTicks == Int(lookback))
        #expect(wishes(of: fresh, 1..<lookback) == [])
        #expect(wishes(of: fresh, 1...lookback) == ["\(lookback) rise 5t"])
    }

    @Test func itAgreesWithTheRuleWorkedOutAnew() throws {
        var random = SeededRandom(seed: 11), price: Int64 = 400_000
        let pips = (0..<3_000).map { _ in
            price += random.pick(-5...5)
            return price
        }
        var expected: [String] = [], free = 0
        for end in 4..<pips.count where end >= free {
            let (first, before, last) = (pips[end - 4], pips[end - 1], pips[end])
            let kind = last > first && last > before ? "rise" : last < first && last < before ? "fall" : nil
            if let kind {
                expected.append("\(end + 1) \(kind) 5t")
                free = end + 6
            }
        }
        #expect(try wishes(of: strategy("rise-fall"), pips) == expected)
        #expect(expected.count > 100)
    }
}
