/// Mean win divided by the amount of the mean loss; also called risk to reward ratio. Undefined without a win or without a loss.
///
/// Source: the plain definition (Pardo 2008).
public enum PayoffRatio: TradeFigure {
    public static let key: StaticString = "payoff_ratio"
    public static func value(of trades: TradePopulation) -> FigureValue? {
        guard trades.tally.wins > 0 else { return nil }
        let win = Double(trades.tally.grossProfit) / Double(trades.tally.wins)
        return .ratio(win, over: -Double(trades.tally.grossLoss) / Double(trades.tally.losses))
    }
}
