/// The fourth standardised moment of the returns less 3, corrected for a sample. Undefined with fewer than four days, and when all are alike.
///
/// Source: Joanes and Gill (1998), G2.
public enum DailyKurtosis: DailyFigure {
    public static let key: StaticString = "kurt_excess_sample"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? {
        guard days.varies, days.sorted.count > 3 else { return nil }
        let n = days.count, variance = days.squares / n
        let excess = days.fourths / n / (variance * variance) - 3
        return .ratio((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6), over: 1)
    }
}
