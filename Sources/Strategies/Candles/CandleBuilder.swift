public import TradingModel

/// Makes candles of one length from ticks. A candle is whole when its beginning was seen: the first one is not, unless
/// its first tick comes with its first second. A stretch without a tick makes no candle.
public struct CandleBuilder: Sendable {
    /// The length of a candle in seconds.
    public let seconds: Int64
    private var current: Candle?
    private var isWhole = false
    private var latest = Timestamp(milliseconds: .min)

    /// - Parameter seconds: 1 to a day's.
    public init(seconds: Int64) {
        precondition((1...86_400).contains(seconds), "candles of \(seconds) s")
        self.seconds = seconds
    }

    /// When the candle of a moment begins.
    private func start(of moment: Timestamp) -> Timestamp {
        Timestamp(seconds: TradingDay.floorDivide(moment.seconds, seconds) * seconds)
    }

    /// Takes the next tick. Returns the candle that is closed by it, if that one is whole.
    public mutating func add(_ tick: Tick) -> Candle? {
        let start = start(of: tick.time), price = tick.price.pips
        // One of before the candle that was given as the newest past one is in the past candles already.
        if let current, start < current.start { return nil }
        latest = tick.time
        guard let candle = current else {
            isWhole = tick.time.seconds == start.seconds
            current = Candle(start: start, open: price, high: price, low: price, close: price)
            return nil
        }
        guard candle.start < start else {
            current?.add(price)
            return nil
        }
        let closed = isWhole ? candle : nil
        current = Candle(start: start, open: price, high: price, low: price, close: price)
        isWhole = true
        return closed
    }

    /// Takes a past candle of this length; they come in order of time and before the ticks that follow them. The last
    /// one may be unfinished: ticks go on where it ends. Returns the candle before it, which is finished by now.
    /// One that begins where ticks have been already is left out.
    public mutating func add(_ past: Candle) -> Candle? {
        guard start(of: past.start) == past.start, past.start > latest, current.map({ $0.start < past.start }) ?? true else { return nil }
        let closed = isWhole ? current : nil
        (current, isWhole) = (past, true)
        return closed
    }
}
