/// How far the best twentieth of the days reaches, divided by how far the worst one does. Undefined when the latter is zero.
///
/// Source: the definition of empyrical, absolute values of the 95th and the 5th percentile.
public enum TailRatio: DailyFigure {
    public static let key: StaticString = "tail_ratio"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? {
        guard let high = days.quantile(0.95), let low = days.quantile(0.05) else { return nil }
        return .ratio(high.magnitude, over: low.magnitude)
    }
}
