import RealModule

/// Compound annual growth rate: the return of a year that, repeated, gives what all days together returned. Undefined without days, when
/// there is less than nothing left, and when a few days would make more of a year than a number holds.
///
/// Source: the plain definition, a year being so many days of the series (not calendar days).
public enum GrowthRate: DailyFigure {
    public static let key: StaticString = "cagr"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? {
        guard days.days > 0, days.path.equity >= 0 else { return nil }
        let years = Double(days.days) / Double(year)
        return .ratio(.pow(Double(days.path.equity) / Double(days.path.start), 1 / years) - 1, over: 1)
    }
}
