/// What can be followed of the market.
public enum MarketTopic: Hashable, Sendable {
    case ticks(Symbol)
    /// The candle that is forming; its length one of `Candles.lengths`.
    case candles(Symbol, seconds: Int64)

    public var symbol: Symbol {
        switch self {
        case .ticks(let symbol), .candles(let symbol, _): symbol
        }
    }
}

/// One message of a topic. A reading passes: the last one is the one that counts.
public enum MarketReading: Hashable, Sendable {
    case tick(Tick, decimals: Int)
    /// The candle as it stands at the time of its newest tick.
    case candle(Candles.Candle, decimals: Int, at: Timestamp, Symbol)
}

public enum MarketError: Error, Hashable, Sendable {
    /// There is no connection, or no answer in time.
    case unreachable
    /// As many questions wait, or as many topics are followed, as this server allows: try again in a moment.
    case busy
    /// The broker said no, in its own code.
    case refused(code: String)
    /// An answer that makes no sense.
    case unusable
}
