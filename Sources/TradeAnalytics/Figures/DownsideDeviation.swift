/// The root of the mean square of what was lost, over all trades, in money; a trade without a loss counts as zero. Undefined without trades.
///
/// Source: Sortino and Price (1994), target zero.
public enum DownsideDeviation: TradeFigure {
    public static let key: StaticString = "downside_dev_per_trade"
    public static func value(of trades: TradePopulation) -> FigureValue? { .amount((trades.lossSquares / Double(trades.tally.trades)).squareRoot(), over: 1) }
}
