/// Candles of one length and one symbol.
public struct Candles: Hashable, Sendable {
    /// Lengths that the broker has, in seconds.
    public static let lengths: [Int64] = [60, 120, 180, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400]
    /// More than so many the broker does not tell at once.
    public static let most = 5_000

    /// Prices are whole pips.
    public struct Candle: Hashable, Sendable {
        public var start: Timestamp
        public var open: Int64
        public var high: Int64
        public var low: Int64
        public var close: Int64
        public init(start: Timestamp, open: Int64, high: Int64, low: Int64, close: Int64) {
            (self.start, self.open, self.high, self.low, self.close) = (start, open, high, low, close)
        }
    }

    public var candles: [Candle]
    /// Decimals of a price: a pip is 10^-decimals.
    public var decimals: Int
    public init(candles: [Candle], decimals: Int) { (self.candles, self.decimals) = (candles, decimals) }
}
