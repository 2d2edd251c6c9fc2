// The rule of three candles: each of its conditions alone, past candles, and two thousand candles against averages that
// another library worked out.

import Foundation
import Testing
import TradingModel

@testable import Strategies

@Suite struct Signalist3CTests {
    /// Candles of a minute, an average over three closes, a crossing within `lookback`, nothing else asked for.
    func small(_ more: KeyValuePairs<String, Int64> = [:]) throws -> any Strategy {
        var parameters: [StrategyParameter] = more.map { StrategyParameter(name: Label($0.key)!, value: $0.value) }
        for (name, value) in [("minutes", 1), ("smaPeriod", 3), ("crossLookback", 3), ("trendConfirmation", 0), ("dojiBasisPoints", 0)] as [(String, Int64)]
        where !parameters.contains(where: { $0.name.text == name }) {
            parameters.append(StrategyParameter(name: Label(name)!, value: value))
        }
        return try StrategyCatalog.strategy(for: StrategyChoice(name: Label("Signalist-SMA-3C")!, parameters: parameters))
    }

    /// Feeds candles of a minute as four ticks each, the open first, and one more tick that closes the last. Notes each
    /// wish with the number of the candle that had closed, counted from 1: `6 rise 1m`.
    func wishes(of strategy: any Strategy, _ candles: [(open: Int64, high: Int64, low: Int64, close: Int64)], on symbol: String = "R_100") -> [String] {
        var strategy = strategy
        var notes: [String] = []
        for (number, candle) in (candles + [(0, 0, 0, 0)]).enumerated() {
            let prices = number == candles.count ? [candles.last!.close] : [candle.open, candle.high, candle.low, candle.close]
            for (place, price) in prices.enumerated() {
                let time = Timestamp(seconds: 1_700_000_100 + Int64(number * 60 + place * 15))
                if let wish = strategy.onTick(Tick(symbol: Symbol(symbol)!, time: time, price: Price(pips: price))) { notes.append("\(number) \(wish)") }
            }
        }
        return notes
    }

    /// Candles from close to close, with nothing above or below.
    func candles(_ closes: [Int64]) -> [(open: Int64, high: Int64, low: Int64, close: Int64)] {
        zip(closes, closes.dropFirst()).map { open, close in (open, max(open, close), min(open, close), close) }
    }

    // Averages over three: 99 at 98 (below), 98.7 at 99 (above), 99.3 at 101, 101.3 at 104.
    static let turning: [Int64] = [101, 100, 99, 98, 99, 101, 104]

    @Test func threeRisingCandlesAfterTheCrossingWishARise() throws {
        #expect(try wishes(of: small(), candles(Signalist3CTests.turning)) == ["6 rise 1m"])
    }

    @Test func threeFallingCandlesAfterTheCrossingWishAFall() throws {
        #expect(try wishes(of: small(), candles(Signalist3CTests.turning.map { 300 - $0 })) == ["6 fall 1m"])
    }

    @Test func aCrossingThatIsLongerAgoBringsNothing() throws {
        #expect(try wishes(of: small(["crossLookback": 2]), candles(Signalist3CTests.turning)) == [])
        #expect(
            try wishes(of: small(["crossLookback": 4]), candles(Signalist3CTests.turning + [107, 110])) == ["7 rise 1m"], "four candles after it, not five")
    }

    @Test func aRiseThatNeverWasBelowBringsNothing() throws {
        #expect(try wishes(of: small(), candles(Array(stride(from: 100, through: 200, by: 5)))) == [])
    }

    @Test func oneCandleAgainstThemBringsNothing() throws {
        #expect(try wishes(of: small(), candles([101, 100, 99, 98, 99, 98, 104])) == [])
    }

    @Test func aCandleWithoutABodyBringsNothing() throws {
        // The fourth candle, from 98 000 to 98 097, is 9.9 basis points; from 98 000 to 98 099 it is 10.1.
        let (short, long) = ([100_500, 100_000, 99_000, 98_000, 98_097, 99_000, 100_000], [100_500, 100_000, 99_000, 98_000, 98_099, 99_000, 100_000])
        #expect(try wishes(of: small(["dojiBasisPoints": 10, "crossLookback": 5]), candles(short.map(Int64.init))) == [])
        #expect(try wishes(of: small(["dojiBasisPoints": 10, "crossLookback": 3]), candles(long.map(Int64.init))) == ["6 rise 1m"])
    }

    @Test func itWantsTheWholeAverageUnlikeThePreviousSystem() throws {
        // The average of the previous system covered nine closes whatever period was set; here 50 means 50.
        let strategy = try small(["smaPeriod": 50, "crossLookback": 8])
        let falling = (0..<65).map { Int64(10_000 - 10 * $0) }
        let rising = [Int64](arrayLiteral: 9_370, 9_380, 9_390, 9_400, 9_410)
        #expect(wishes(of: strategy, candles(falling + rising)) == [], "above the mean of nine, far below the mean of fifty")
        #expect(wishes(of: strategy, candles(falling + [9_500, 9_600, 9_800, 10_000])) == ["67 rise 1m", "68 rise 1m"])
    }

    @Test func theSecondAverageMustAgree() throws {
        // Over six closes the average at 104 is (100 + 99 + 98 + 99 + 101 + 104) / 6 = 100.2.
        #expect(try wishes(of: small(["smaPeriod2": 6]), candles(Signalist3CTests.turning)) == ["6 rise 1m"])
        // Over nine, of which two are near 200, it is 122.3.
        #expect(try wishes(of: small(["smaPeriod2": 9]), candles([201, 200, 199] + Signalist3CTests.turning)) == [])
        #expect(try wishes(of: small(), candles([201, 200, 199] + Signalist3CTests.turning)) == ["9 rise 1m"])
        #expect(try wishes(of: small(["smaPeriod2": 7]), candles(Signalist3CTests.turning)) == [], "there are not enough candles for it")
    }

    @Test func theTrendOfFiveMinutesMustAgree() throws {
        // Thirty minutes are six candles of five: 900, 800, 700, 600, 518, 540, and 1100, 1200, 1300, 1400, 1470, 1510.
        func path(_ slope: Int64) -> [Int64] { (0..<25).map { 1_000 + slope * Int64($0) } }
        let down = candles(path(-20) + [518, 517, 516, 519, 525, 540]), up = candles(path(20) + [1_470, 1_460, 1_450, 1_465, 1_485, 1_510])
        let with: KeyValuePairs<String, Int64> = ["trendConfirmation": 1, "trendSMA": 3]
        #expect(try wishes(of: small(), down) == ["30 rise 1m"])
        #expect(try wishes(of: small(with), down) == [], "540 is below the average of 600, 518 and 540")
        #expect(try wishes(of: small(), up) == ["27 fall 1m", "30 rise 1m"])
        #expect(try wishes(of: small(with), up) == ["30 rise 1m"], "1470 is above the average of 1300, 1400 and 1470")
        #expect(try wishes(of: small(["trendConfirmation": 1, "trendSMA": 7]), up) == [], "six candles are no average of seven")
    }

    @Test func candlesOfFiveMinutesNeedNoTrend() throws {
        let five = try strategy("Signalist-SMA-3C", ["minutes": 5]), one = try strategy("Signalist-SMA-3C", ["minutes": 1])
        #expect(five.pastCandles == [CandleRequest(seconds: 300, count: 59)])
        #expect(one.pastCandles == [CandleRequest(seconds: 60, count: 59), CandleRequest(seconds: 300, count: 22)])
        #expect(five.warmUpTicks == 4_999 && one.warmUpTicks == 3_600)
    }

    @Test func boomAndCrashWantALeapInTheSameDirection() throws {
        let turning = candles(Signalist3CTests.turning.map { $0 * 1_000 })
        let with: KeyValuePairs<String, Int64> = ["spikeDetection": 1, "spikeBasisPoints": 700]
        var leapt = turning, fell = turning
        leapt[2].high = 106_000  // 707 basis points above the close before it, 99 000; the last three span 612
        fell[2].low = 92_000
        #expect(try wishes(of: small(with), turning, on: "BOOM1000") == [], "no leap")
        #expect(try wishes(of: small(with), leapt, on: "BOOM1000") == ["6 rise 1m"])
        #expect(try wishes(of: small(with), fell, on: "BOOM1000") == [], "a leap the other way")
        #expect(try wishes(of: small(with), turning, on: "R_100") == ["6 rise 1m"], "not asked for on others")
        #expect(try wishes(of: small(), turning, on: "BOOM1000") == ["6 rise 1m"], "not asked for at all")
        // Mirrored at 150 000 the leaps are 348 basis points of 201 000, and the last three candles span 297.
        func mirrored(_ candles: [(open: Int64, high: Int64, low: Int64, close: Int64)]) -> [(open: Int64, high: Int64, low: Int64, close: Int64)] {
            candles.map { (300_000 - $0.open, 300_000 - $0.low, 300_000 - $0.high, 300_000 - $0.close) }
        }
        let crash: KeyValuePairs<String, Int64> = ["spikeDetection": 1, "spikeBasisPoints": 320]
        #expect(try wishes(of: small(crash), mirrored(leapt), on: "CRASH500") == ["6 fall 1m"])
        #expect(try wishes(of: small(crash), mirrored(fell), on: "CRASH500") == [], "a leap up, a trade down")
    }

    @Test func threeCandlesThatSpanALeapAreOne() {
        func candle(_ open: Int64, _ high: Int64, _ low: Int64, _ close: Int64) -> Candle {
            Candle(start: Timestamp(seconds: 0), open: open, high: high, low: low, close: close)
        }
        // Six hundred of 100 000 from the lowest to the highest; half of a leap of 500 is 250.
        let three = [candle(100_000, 100_200, 99_900, 100_100), candle(100_100, 100_400, 100_000, 100_300), candle(100_300, 100_500, 100_200, 100_250)]
        #expect(SpikeRule(basisPoints: 50).isFound(in: three, rising: true))
        #expect(!SpikeRule(basisPoints: 50).isFound(in: three, rising: false), "it went up")
        #expect(!SpikeRule(basisPoints: 61).isFound(in: three, rising: true), "the span is less")
        let fallenBack = Array(three.dropLast()) + [candle(100_300, 100_500, 100_200, 100_249)]
        #expect(!SpikeRule(basisPoints: 50).isFound(in: fallenBack, rising: true), "less than half is left")
        #expect(!SpikeRule(basisPoints: 50).isFound(in: [], rising: true))
    }

    @Test func pastCandlesWarmItAtOnce() throws {
        var warm = try small()
        let made = candles(Signalist3CTests.turning).enumerated().map { number, candle in
            Candle(start: Timestamp(seconds: 1_700_000_100 + Int64(number * 60)), open: candle.open, high: candle.high, low: candle.low, close: candle.close)
        }
        warm.onPast(made, seconds: 60)
        let after = Tick(symbol: Symbol("R_100")!, time: Timestamp(seconds: 1_700_000_100 + 360), price: Price(pips: 104))
        #expect(warm.onTick(after)?.description == "rise 1m")
        var other = try small()
        other.onPast(made, seconds: 300)
        #expect(other.onTick(after) == nil, "these were for the trend")
    }

    @Test func oneWishACandleAtMost() throws {
        var random = SeededRandom(seed: 4), price: Int64 = 100_000
        let closes = (0..<2_000).map { _ in
            price += random.pick(-50...50)
            return price
        }
        let numbers = try wishes(of: small(), candles(closes)).map { $0.prefix { $0 != " " } }
        #expect(numbers.count > 50 && Set(numbers).count == numbers.count)
    }

    // MARK: Reference

    static let reference: URL? = {
        let named = ProcessInfo.processInfo.environment["SIGNALIST_SHARED"].map { URL(filePath: $0) }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = (named ?? root.deletingLastPathComponent().appending(path: "shared")).appending(path: "data/indicators")
        return FileManager.default.fileExists(atPath: folder.appending(path: "reference_ohlcv.csv").path) ? folder : nil
    }()

    @Test(.enabled(if: reference != nil, "the reference candles are not here: ../shared/data/indicators beside the repository, or in SIGNALIST_SHARED"))
    func onTwoThousandCandlesItAgreesWithTheAveragesOfAnotherLibrary() throws {
        let folder = try #require(Signalist3CTests.reference)
        func rows(_ name: String) throws -> [[Substring]] {
            try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(whereSeparator: \.isNewline)
                .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        }
        let prices = try rows("reference_ohlcv.csv").dropFirst().map { row in (1...4).map { Decimals.units(row[$0], decimals: 2)! } }
        let indicators = try rows("reference_indicators.csv")
        let column = try #require(indicators[0].firstIndex(of: "sma_50"))
        let averages = indicators.dropFirst().map { Double($0[column]) }
        try #require(prices.count == averages.count && prices.count == 2_000)

        // Our average is theirs.
        var average = SimpleMovingAverage(over: 50)
        for (price, reference) in zip(prices, averages) {
            average.add(price[3])
            if let reference { #expect(average.isFull && (Double(average.sum) / 5_000 - reference).magnitude < 1e-6) }
        }
        // The rule by its definition, on their averages.
        var expected: [String] = []
        for last in 57..<2_000 {
            let three = prices[(last - 2)...last]
            guard three.allSatisfy({ Double(($0[3] - $0[0]).magnitude) >= Double($0[3]) / 10_000 }) else { continue }
            let rising = three.allSatisfy { $0[3] > $0[0] }
            guard rising || three.allSatisfy({ $0[3] < $0[0] }) else { continue }
            func isRight(_ place: Int) -> Bool {
                let (close, average) = (Double(prices[place][3]) / 100, averages[place]!)
                return rising ? close > average : close < average
            }
            if isRight(last), ((last - 8)..<last).contains(where: { !isRight($0) }) { expected.append("\(last + 1) \(rising ? "rise" : "fall") 1m") }
        }
        let strategy = try strategy("Signalist-SMA-3C", ["minutes": 1, "trendConfirmation": 0, "dojiBasisPoints": 1])
        #expect(wishes(of: strategy, prices.map { ($0[0], $0[1], $0[2], $0[3]) }) == expected)
        #expect(expected.count > 20, "\(expected.count)")
    }
}
