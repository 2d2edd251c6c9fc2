/// Mean profit of a trade divided by the standard deviation as a sample, of trades and not of years. Undefined when all profits are alike.
///
/// Source: Sharpe, *The Sharpe Ratio* (1994), with nothing as the alternative. The previous system's backtester divided by the deviation of
/// the population, and live trading had none.
public enum SharpeRatio: TradeFigure {
    public static let key: StaticString = "sharpe_per_trade"
    public static func value(of trades: TradePopulation) -> FigureValue? {
        guard let mean = trades.mean, trades.varies, let variance = trades.variance(ddof: 1) else { return nil }
        return .ratio(mean, over: variance.squareRoot())
    }
}
