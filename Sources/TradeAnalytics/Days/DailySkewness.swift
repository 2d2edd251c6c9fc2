/// The third standardised moment of the returns, corrected for a sample. Undefined with fewer than three days, and when all are alike.
///
/// Source: Joanes and Gill, *Comparing Measures of Sample Skewness and Kurtosis* (1998), G1.
public enum DailySkewness: DailyFigure {
    public static let key: StaticString = "skew_sample"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? {
        guard days.varies, days.sorted.count > 2 else { return nil }
        let n = days.count, variance = days.squares / n
        let skewness = days.cubes / n / (variance * variance.squareRoot())
        return .ratio((n * (n - 1)).squareRoot() / (n - 2) * skewness, over: 1)
    }
}
