public import TradingModel

/// Three candles in a row in one direction, on the right side of a moving average that the price has just crossed, with
/// two confirmations that can be asked for: a second average, and the trend of five-minute candles. On BOOM and CRASH
/// indices a recent leap in the same direction can be asked for, too.
///
/// Everything is decided when a candle closes, from whole pips, exactly. `docs/strategies/signalist-sma-3c.md` has the
/// rule, what the previous system made of it, and what to expect.
public struct Signalist3C: Strategy {
    public static let name = Label("Signalist-SMA-3C")!

    struct Settings: Sendable {
        /// The length of a candle, and of the contract.
        var minutes: Int64 = 5
        var smaPeriod = 50
        /// The candles of the second average, 0 for none.
        var smaPeriod2 = 0
        /// How many candles ago the crossing may have been.
        var crossLookback = 8
        var trendConfirmation = true
        var trendSMA = 21
        var spikeDetection = false
        var spikeBasisPoints: Int64 = 50
        /// A body smaller than this is none; 0 takes any.
        var dojiBasisPoints: Int64 = 10
    }

    static let trendSeconds: Int64 = 300
    private let settings: Settings
    private let duration: ContractDuration
    private var builder: CandleBuilder
    private var average: SimpleMovingAverage
    private var second: SimpleMovingAverage?
    /// Where the last closes were, seen from the average: above 1, below -1, on it 0.
    private var sides: RingBuffer<Int>
    private var candles = RingBuffer<Candle>(capacity: SpikeRule.candles)
    private var trend: Trend?

    init(_ settings: Settings) {
        self.settings = settings
        duration = ContractDuration(settings.minutes, .minutes)!
        builder = CandleBuilder(seconds: settings.minutes * 60)
        average = SimpleMovingAverage(over: settings.smaPeriod)
        second = settings.smaPeriod2 > 0 ? SimpleMovingAverage(over: settings.smaPeriod2) : nil
        sides = RingBuffer(capacity: settings.crossLookback + 1)
        // Five-minute candles confirm what shorter or longer ones say; themselves they need no confirmation.
        let isConfirmed = settings.trendConfirmation && settings.minutes * 60 != Signalist3C.trendSeconds
        trend = isConfirmed ? Trend(over: settings.trendSMA) : nil
    }

    /// Candles that must have closed before the first wish.
    var warmUpCandles: Int { max(settings.smaPeriod + settings.crossLookback, settings.smaPeriod2, 3) }

    /// A tick a second for as long as the candles take, but no more than a broker tells of the past in one answer. What
    /// is missing then comes from `pastCandles` or, without them, with time.
    public var warmUpTicks: Int { min(Signalist3C.mostPastTicks, (warmUpCandles + 2) * Int(builder.seconds)) }
    static let mostPastTicks = 4_999

    public var pastCandles: [CandleRequest] {
        // One more each: the newest is unfinished.
        let own = CandleRequest(seconds: builder.seconds, count: warmUpCandles + 1)
        return trend.map { [own, CandleRequest(seconds: Signalist3C.trendSeconds, count: $0.average.length + 1)] } ?? [own]
    }

    public mutating func onPast(_ candles: [Candle], seconds: Int64) {
        for candle in candles {
            if seconds == builder.seconds, let closed = builder.add(candle) { take(closed) }
            if seconds == Signalist3C.trendSeconds { trend?.add(candle) }
        }
    }

    public mutating func onTick(_ tick: Tick) -> Wish? {
        trend?.add(tick)
        guard let closed = builder.add(tick) else { return nil }
        take(closed)
        return wish(on: tick.symbol)
    }

    private mutating func take(_ candle: Candle) {
        candles.add(candle)
        average.add(candle.close)
        second?.add(candle.close)
        if average.isFull { sides.add(average.side(of: candle.close)) }
    }

    /// What the candles up to the one that has just closed say.
    private func wish(on symbol: Symbol) -> Wish? {
        guard sides.isFull, second?.isFull ?? true, let rising = alignment(candles.elements.suffix(3)) else { return nil }
        let side = rising ? 1 : -1, seen = sides.elements
        // On the right side now, and not at some time in the candles before: it crossed.
        guard seen.last == side, seen.dropLast().contains(where: { $0 != side }) else { return nil }
        guard let close = candles.elements.last?.close else { return nil }
        if let second, second.side(of: close) == -side { return nil }
        if let trend, trend.side != side { return nil }
        if settings.spikeDetection, SpikeRule.concerns(symbol) {
            guard SpikeRule(basisPoints: settings.spikeBasisPoints).isFound(in: candles.elements, rising: rising) else { return nil }
        }
        return Wish(kind: rising ? .rise : .fall, duration: duration)
    }

    /// Do three candles go the same way, each with a body? True for up, nil for neither.
    private func alignment(_ three: ArraySlice<Candle>) -> Bool? {
        guard three.count == 3, !three.contains(where: { $0.hasBody(below: settings.dojiBasisPoints) }) else { return nil }
        if three.allSatisfy(\.isBullish) { return true }
        return three.allSatisfy(\.isBearish) ? false : nil
    }
}

extension Signalist3C {
    /// The side of its average that the last five-minute candle closed on.
    fileprivate struct Trend: Sendable {
        var average: SimpleMovingAverage
        private var builder = CandleBuilder(seconds: Signalist3C.trendSeconds)
        /// Above 1, below -1; nil until there are candles enough.
        private(set) var side: Int?

        init(over length: Int) { average = SimpleMovingAverage(over: length) }

        mutating func add(_ tick: Tick) { take(builder.add(tick)) }
        mutating func add(_ past: Candle) { take(builder.add(past)) }

        private mutating func take(_ closed: Candle?) {
            guard let closed else { return }
            average.add(closed.close)
            if average.isFull { side = average.side(of: closed.close) }
        }
    }

    /// Its entry in the catalog.
    static let description = StrategyDescription(
        name: name,
        purpose: "Three candles one way after the price crossed its moving average; a second average, the five-minute trend and a leap may confirm.",
        parameters: [
            ParameterDescription("minutes", 1...60, default: 5, "Minutes of a candle, which divide an hour, and of the contract."),
            ParameterDescription("smaPeriod", 2...200, default: 50, "Candles of the moving average."),
            ParameterDescription("smaPeriod2", 0...500, default: 0, "Candles of the second average, 2 or more; 0 for none."),
            ParameterDescription("crossLookback", 1...50, default: 8, "Candles within which the price must have crossed its average."),
            ParameterDescription("trendConfirmation", 0...1, default: 1, "1 asks the trend of five-minute candles, when these are others."),
            ParameterDescription("trendSMA", 2...200, default: 21, "Five-minute candles of the average that says the trend."),
            ParameterDescription("spikeDetection", 0...1, default: 0, "1 asks for a recent leap on BOOM and CRASH indices."),
            ParameterDescription("spikeBasisPoints", 1...1_000, default: 50, "What a leap is, in hundredths of a percent."),
            ParameterDescription("dojiBasisPoints", 0...1_000, default: 10, "The least body of a candle, in hundredths of a percent of its close."),
        ],
        previousName: "Signalist-SMA-3C"
    ) { given throws(StrategyChoiceError) in
        let minutes = given["minutes"], second = given["smaPeriod2"]
        guard 60 % minutes == 0 else {
            throw StrategyChoiceError(strategy: name.text, parameter: "minutes", value: "\(minutes)", expected: "minutes that divide an hour")
        }
        guard second != 1 else { throw StrategyChoiceError(strategy: name.text, parameter: "smaPeriod2", value: "1", expected: "0 for none, or 2 to 500") }
        return Signalist3C(
            Settings(
                minutes: minutes, smaPeriod: Int(given["smaPeriod"]), smaPeriod2: Int(second), crossLookback: Int(given["crossLookback"]),
                trendConfirmation: given["trendConfirmation"] == 1, trendSMA: Int(given["trendSMA"]), spikeDetection: given["spikeDetection"] == 1,
                spikeBasisPoints: given["spikeBasisPoints"], dojiBasisPoints: given["dojiBasisPoints"]))
    }
}
