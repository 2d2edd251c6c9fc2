/// The Sharpe ratio of a year: mean return of a day divided by the standard deviation as a sample, times the root of the days of a year.
/// Undefined when all returns are alike.
///
/// Source: Sharpe, *The Sharpe Ratio* (1994), with nothing as the alternative; the factor by Lo, *The Statistics of Sharpe Ratios* (2002), for
/// independent days. The previous system declared it and never set it.
public enum DailySharpe: DailyFigure {
    public static let key: StaticString = "sharpe"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? {
        guard days.varies, let mean = days.mean, let deviation = days.deviation else { return nil }
        return .ratio(mean * Double(year).squareRoot(), over: deviation)
    }
}
