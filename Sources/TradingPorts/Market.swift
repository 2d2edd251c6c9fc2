public import TradingModel

/// What the broker tells anybody of its market: no account, no money. It is asked on a connection of its own, so that no
/// question here ever holds up a buy or spends what an account's line may ask.
public protocol Market: Sendable {
    /// The newest candles of a symbol, oldest first; the last one is still forming.
    /// - Parameters:
    ///   - seconds: the length of a candle, one of `Candles.lengths`.
    ///   - count: 1 to `Candles.most`.
    func candles(of symbol: Symbol, seconds: Int64, count: Int) async throws(MarketError) -> Candles
    /// Whether a symbol can be traded right now. Not older than half a minute.
    func standing(of symbol: Symbol) async throws(MarketError) -> MarketStanding
    /// Whether the broker has such a symbol at all, open or closed.
    func lists(_ symbol: Symbol) async throws(MarketError) -> Bool
    /// What happens to a price from now on, until the reader cancels it.
    func readings(of topic: MarketTopic) async throws(MarketError) -> MarketReadings
}

/// No market at all: every question finds it out of reach.
public struct NoMarket: Market {
    public init() {}
    public func candles(of symbol: Symbol, seconds: Int64, count: Int) async throws(MarketError) -> Candles { throw .unreachable }
    public func standing(of symbol: Symbol) async throws(MarketError) -> MarketStanding { throw .unreachable }
    public func lists(_ symbol: Symbol) async throws(MarketError) -> Bool { throw .unreachable }
    public func readings(of topic: MarketTopic) async throws(MarketError) -> MarketReadings { throw .unreachable }
}
