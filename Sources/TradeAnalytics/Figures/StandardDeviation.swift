// How far profits lie from their mean.

/// The standard deviation of the profits as a sample: squares divided by trades less one. Undefined with fewer than two trades.
public enum SampleDeviation: TradeFigure {
    public static let key: StaticString = "std_ddof1"
    public static func value(of trades: TradePopulation) -> FigureValue? { trades.variance(ddof: 1).map { .amount($0.squareRoot()) } }
}

/// The same of the profits as a whole population: squares divided by trades. Undefined without trades.
public enum PopulationDeviation: TradeFigure {
    public static let key: StaticString = "std_ddof0"
    public static func value(of trades: TradePopulation) -> FigureValue? { trades.variance(ddof: 0).map { .amount($0.squareRoot()) } }
}
