import Strategies
import Testing
import TradingModel

@Suite struct EvenOddTests {
    @Test func aStreakWishesTheOtherParity() throws {
        #expect(try wishes(of: strategy("even-odd"), [68_222, 68_224, 68_220]) == ["3 odd 1t"])
        #expect(try wishes(of: strategy("even-odd"), [68_221, 68_227, 68_223]) == ["3 even 1t"])
    }

    @Test func aBrokenStreakStartsAnew() throws {
        #expect(try wishes(of: strategy("even-odd"), [2, 4, 1, 6, 8, 3, 5, 0, 2, 4]) == ["10 odd 1t"])
    }

    @Test func oneStreakBringsOneWish() throws {
        #expect(try wishes(of: strategy("even-odd"), [2, 2, 2, 2, 2, 2, 2]) == ["3 odd 1t", "6 odd 1t"])
        #expect(try wishes(of: strategy("even-odd"), [2, 2, 2, 1, 1, 1, 2]) == ["3 odd 1t", "6 even 1t"])
    }

    @Test func parametersAreKept() throws {
        #expect(try wishes(of: strategy("even-odd", ["ticks": 5, "streak": 2]), [1, 1, 2, 2]) == ["2 even 5t", "4 odd 5t"])
    }

    @Test(arguments: 2...10)
    func nothingIsWishedBeforeItIsWarm(streak: Int64) throws {
        let fresh = try strategy("even-odd", ["streak": streak])
        #expect(fresh.warmUpTicks == Int(streak))
        let even = [Int64](repeating: 4, count: Int(streak))
        #expect(wishes(of: fresh, even.dropLast()) == [])
        #expect(wishes(of: fresh, even) == ["\(streak) odd 1t"])
        #expect(wishes(of: fresh, even.map { $0 + 1 }) == ["\(streak) even 1t"])
    }

    @Test func followingWishesTheSameParity() throws {
        #expect(try wishes(of: strategy("even-odd", ["streak": 2, "follow": 1]), [2, 4, 1, 3, 5, 7, 8]) == ["2 even 1t", "4 odd 1t", "6 odd 1t"])
    }

    @Test func itLooksAtTheLastDigitOnly() throws {
        #expect(try wishes(of: strategy("even-odd"), [11, 200_000_003, 5]) == wishes(of: strategy("even-odd"), [1, 3, 5]))
    }
}
