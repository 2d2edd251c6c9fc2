public import TradingModel

/// The prices of one stretch of time, in whole pips.
public struct Candle: Hashable, Sendable {
    /// When the stretch begins: a whole number of its lengths since 1970.
    public let start: Timestamp
    public private(set) var open: Int64
    public private(set) var high: Int64
    public private(set) var low: Int64
    public private(set) var close: Int64

    /// - Precondition: `low` is the lowest and `high` the highest of the four.
    public init(start: Timestamp, open: Int64, high: Int64, low: Int64, close: Int64) {
        precondition(low <= min(open, close) && max(open, close) <= high, "a candle from \(open) to \(close) between \(low) and \(high)")
        (self.start, self.open, self.high, self.low, self.close) = (start, open, high, low, close)
    }

    mutating func add(_ price: Int64) {
        (high, low, close) = (max(high, price), min(low, price), price)
    }

    public var isBullish: Bool { close > open }
    public var isBearish: Bool { close < open }

    /// Is the distance from open to close less than so many basis points of the close? Exactly, by multiplying out.
    public func hasBody(below basisPoints: Int64) -> Bool {
        Int128((close - open).magnitude) * 10_000 < Int128(close.magnitude) * Int128(basisPoints)
    }
}

/// Past candles that a strategy would like before its first tick.
public struct CandleRequest: Hashable, Sendable {
    /// The length of each in seconds.
    public let seconds: Int64
    /// How many, the newest ones.
    public let count: Int
    public init(seconds: Int64, count: Int) { (self.seconds, self.count) = (seconds, count) }
}
