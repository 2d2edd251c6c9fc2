/// Start balance and all profits. The previous system guessed the balance at the end from counters of the process.
public enum FinalEquity: TradeFigure {
    public static let key: StaticString = "final_equity"
    public static func value(of trades: TradePopulation) -> FigureValue? { .money(trades.path.equity) }
}
