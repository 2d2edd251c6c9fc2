/// The fourth standardised moment of the profits as a population, less the 3 of a normal distribution. Undefined when all profits are alike.
///
/// Source: Joanes and Gill (1998), g2.
public enum ExcessKurtosis: TradeFigure {
    public static let key: StaticString = "kurt_excess_pop"
    public static func value(of trades: TradePopulation) -> FigureValue? {
        guard trades.varies, let variance = trades.variance(ddof: 0) else { return nil }
        return .ratio(trades.fourths / Double(trades.tally.trades) - 3 * variance * variance, over: variance * variance)
    }
}
