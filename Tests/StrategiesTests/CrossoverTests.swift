import Strategies
import Testing
import TradingModel

@Suite struct CrossoverTests {
    /// Averages over two and three ticks.
    func small() throws -> any Strategy { try strategy("crossover", ["fast": 2, "slow": 3, "ticks": 1]) }

    @Test func crossingUpWishesARise() throws {
        // At the third tick 8.5 is below 9, at the fourth 9.5 above 9.33.
        #expect(try wishes(of: small(), [10, 9, 8, 11]) == ["4 rise 1t"])
    }

    @Test func crossingDownWishesAFall() throws {
        #expect(try wishes(of: small(), [8, 9, 10, 7]) == ["4 fall 1t"])
    }

    @Test func thereAndBackAgain() throws {
        #expect(try wishes(of: small(), [10, 9, 8, 11, 12, 9, 6, 9, 12]) == ["4 rise 1t", "6 fall 1t", "9 rise 1t"])
    }

    @Test func theSideItStartsOnIsNoCrossing() throws {
        #expect(try wishes(of: small(), [1, 2, 3, 4, 5, 6, 7, 8]) == [])
        #expect(try wishes(of: small(), [5, 5, 5, 5, 5]) == [])
        #expect(try wishes(of: small(), [5, 5, 5, 6, 7]) == [], "from level to above")
    }

    @Test func touchingIsNoCrossing() throws {
        // At the fourth tick both averages are 9.
        #expect(try wishes(of: small(), [8, 9, 10, 8, 14]) == [], "above, level, above")
        #expect(try wishes(of: small(), [8, 9, 10, 8, 5]) == ["5 fall 1t"], "above, level, below")
    }

    @Test(arguments: [(2, 3), (5, 20), (199, 500)])
    func nothingIsWishedBeforeItIsWarm(fast: Int64, slow: Int64) throws {
        let fresh = try strategy("crossover", ["fast": fast, "slow": slow])
        #expect(fresh.warmUpTicks == Int(slow) + 1)
        // Falling until the slow average is full, then a leap: the earliest crossing there can be.
        let falling = (0..<slow).map { 10_000 - $0 }
        #expect(wishes(of: fresh, falling) == [])
        #expect(wishes(of: fresh, falling + [1_000_000]) == ["\(slow + 1) rise 5t"])
    }

    @Test func itAgreesWithAveragesThatAreWorkedOutAnew() throws {
        var random = SeededRandom(seed: 3)
        for (fast, slow) in [(2, 3), (3, 7), (5, 20), (40, 41)] {
            var price: Int64 = 68_223
            let pips = (0..<2_000).map { _ in
                price += random.pick(-9...9); return price
            }
            let fresh = try strategy("crossover", ["fast": Int64(fast), "slow": Int64(slow)])
            let found = wishes(of: fresh, pips)
            #expect(found == crossings(pips, fast: fast, slow: slow))
            #expect(found.count > 20)
        }
    }

    /// The rule by its definition: sums over the last ticks, multiplied out.
    func crossings(_ pips: [Int64], fast: Int, slow: Int) -> [String] {
        var notes: [String] = [], side: Int64 = 0
        for end in slow...pips.count {
            let difference = pips[(end - fast)..<end].reduce(0, +) * Int64(slow) - pips[(end - slow)..<end].reduce(0, +) * Int64(fast)
            let now = difference == 0 ? side : difference.signum()
            if side != 0, now != side { notes.append("\(end) \(now > 0 ? "rise" : "fall") 5t") }
            side = now
        }
        return notes
    }

    @Test func absurdPricesDoNotStopTheProcess() throws {
        let absurd = (0..<600).map { $0 % 40 < 20 ? Int64.max : Int64.min }
        #expect(try !wishes(of: strategy("crossover", ["fast": 200, "slow": 500]), absurd + absurd).isEmpty)
    }
}
