/// The mean profit of a trade, in money. Undefined without trades.
///
/// Source: Tharp, *Trade Your Way to Financial Freedom* (1998), in money instead of units of risk. The previous system's backtester
/// reckoned `win rate × mean win - (1 - win rate) × mean loss`, which takes a trade that came out even for a loss.
public enum Expectancy: TradeFigure {
    public static let key: StaticString = "expectancy"
    public static func value(of trades: TradePopulation) -> FigureValue? { trades.mean.map(FigureValue.amount) }
}
