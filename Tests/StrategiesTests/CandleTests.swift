import Strategies
import Testing
import TradingModel

@Suite struct CandleTests {
    func tick(_ seconds: Int64, _ pips: Int64) -> Tick { Tick(symbol: Symbol("R_100")!, time: Timestamp(seconds: seconds), price: Price(pips: pips)) }

    func closed(_ ticks: [(Int64, Int64)], seconds: Int64 = 60) -> [Candle] {
        var builder = CandleBuilder(seconds: seconds)
        return ticks.compactMap { builder.add(tick($0.0, $0.1)) }
    }

    @Test func aCandleIsClosedByTheFirstTickAfterIt() {
        #expect(closed([(60, 10), (70, 14), (90, 8), (119, 9)]) == [])
        #expect(closed([(60, 10), (70, 14), (90, 8), (119, 9), (120, 11)]) == [Candle(start: Timestamp(seconds: 60), open: 10, high: 14, low: 8, close: 9)])
    }

    @Test func theCandleInWhichTicksBeganIsNotWhole() {
        #expect(closed([(61, 10), (119, 9), (120, 11), (180, 12)]) == [Candle(start: Timestamp(seconds: 120), open: 11, high: 11, low: 11, close: 11)])
    }

    @Test func aStretchWithoutTicksMakesNoCandle() {
        #expect(closed([(60, 10), (300, 20), (360, 30)]).map(\.start.seconds) == [60, 300])
    }

    @Test func candlesBeginAtWholeNumbersOfTheirLength() {
        #expect(closed([(600, 1), (899, 2), (900, 3), (1_200, 4)], seconds: 300).map(\.start.seconds) == [600, 900])
    }

    @Test func pastCandlesGoBeforeTheTicks() {
        var builder = CandleBuilder(seconds: 60)
        func past(_ start: Int64, _ close: Int64) -> Candle? {
            builder.add(Candle(start: Timestamp(seconds: start), open: 5, high: 20, low: 1, close: close))
        }
        #expect(past(60, 7) == nil, "it may be unfinished")
        #expect(past(120, 8)?.close == 7)
        #expect(past(120, 9) == nil && past(60, 9) == nil && past(185, 9) == nil, "told before, and no beginning of a candle")
        // The unfinished one goes on with ticks, as if its own had been seen.
        #expect(builder.add(tick(150, 30)) == nil)
        #expect(builder.add(tick(181, 6)) == Candle(start: Timestamp(seconds: 120), open: 5, high: 30, low: 1, close: 30))
        #expect(past(120, 9) == nil, "ticks have been there")
    }

    @Test func theBodyIsComparedExactly() {
        func candle(_ open: Int64, _ close: Int64) -> Candle {
            Candle(start: Timestamp(seconds: 0), open: open, high: max(open, close), low: min(open, close), close: close)
        }
        // Ten basis points of 100 000 are 100.
        #expect(candle(99_901, 100_000).hasBody(below: 10) && !candle(99_900, 100_000).hasBody(below: 10))
        #expect(candle(100_099, 100_000).hasBody(below: 10) && !candle(100_100, 100_000).hasBody(below: 10))
        #expect(!candle(5, 5).hasBody(below: 0) && candle(5, 5).hasBody(below: 1))
        #expect(candle(2, 1).isBearish && candle(1, 2).isBullish && !candle(1, 1).isBearish && !candle(1, 1).isBullish)
    }
}
