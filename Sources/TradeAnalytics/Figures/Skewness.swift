/// The third standardised moment of the profits as a population: above zero when the wins reach further from the mean than the losses.
/// Undefined when all profits are alike.
///
/// Source: Joanes and Gill, *Comparing Measures of Sample Skewness and Kurtosis* (1998), g1.
public enum Skewness: TradeFigure {
    public static let key: StaticString = "skew_pop"
    public static func value(of trades: TradePopulation) -> FigureValue? {
        guard trades.varies, let variance = trades.variance(ddof: 0) else { return nil }
        return .ratio(trades.cubes / Double(trades.tally.trades), over: variance * variance.squareRoot())
    }
}
