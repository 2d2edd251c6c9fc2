/// The most trades in a row after which equity was below its peak; a fall that is not over counts.
public enum LongestDrawdown: TradeFigure {
    public static let key: StaticString = "longest_drawdown_trades"
    public static func value(of trades: TradePopulation) -> FigureValue? { .count(trades.path.longest) }
}
