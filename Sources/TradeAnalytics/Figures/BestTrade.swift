// The ends of the range of profits.

/// The highest profit, whatever its sign. Undefined without trades.
public enum BestTrade: TradeFigure {
    public static let key: StaticString = "best"
    public static func value(of trades: TradePopulation) -> FigureValue? { trades.runs.last.map { .money($0.profit) } }
}

/// The lowest profit, whatever its sign. Undefined without trades.
public enum WorstTrade: TradeFigure {
    public static let key: StaticString = "worst"
    public static func value(of trades: TradePopulation) -> FigureValue? { trades.runs.first.map { .money($0.profit) } }
}
