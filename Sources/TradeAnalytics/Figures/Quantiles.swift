// Profits by their place in the order of size.

/// The middle profit; between two of them their mean. Undefined without trades.
public enum MedianProfit: TradeFigure {
    public static let key: StaticString = "median"
    public static func value(of trades: TradePopulation) -> FigureValue? { trades.quantile(0.5).map(FigureValue.amount) }
}

/// The profit that five of a hundred trades stay below, on the straight line between two profits.
///
/// Source: Hyndman and Fan, *Sample Quantiles in Statistical Packages* (1996), method 7.
public enum FifthPercentile: TradeFigure {
    public static let key: StaticString = "p05_linear"
    public static func value(of trades: TradePopulation) -> FigureValue? { trades.quantile(0.05).map(FigureValue.amount) }
}

/// The profit that five of a hundred trades exceed, in the same way.
public enum NinetyFifthPercentile: TradeFigure {
    public static let key: StaticString = "p95_linear"
    public static func value(of trades: TradePopulation) -> FigureValue? { trades.quantile(0.95).map(FigureValue.amount) }
}
