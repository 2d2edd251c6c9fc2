/// Mean profit of a trade divided by the downside deviation. Undefined without a loss.
///
/// Source: Sortino and Price, *Performance Measurement in a Downside Risk Framework* (1994), target zero. The previous system's backtester
/// left trades without a loss out of the mean of the squares.
public enum SortinoRatio: TradeFigure {
    public static let key: StaticString = "sortino_per_trade"
    public static func value(of trades: TradePopulation) -> FigureValue? {
        guard let mean = trades.mean else { return nil }
        return .ratio(mean, over: (trades.lossSquares / Double(trades.tally.trades)).squareRoot())
    }
}
