/// Gross profit divided by the amount of gross loss. Undefined without a loss.
///
/// Source: the plain definition (Pardo 2008). The previous system had two: this one, with an infinity that became `null` in JSON, and on one
/// page the mean win divided by the mean loss, which is `PayoffRatio`.
public enum ProfitFactor: TradeFigure {
    public static let key: StaticString = "profit_factor"
    public static func value(of trades: TradePopulation) -> FigureValue? { .ratio(Double(trades.tally.grossProfit), over: -Double(trades.tally.grossLoss)) }
}
