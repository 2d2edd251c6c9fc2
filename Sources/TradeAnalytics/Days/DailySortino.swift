/// Mean return of a day divided by the downside deviation, times the root of the days of a year. Undefined without a losing day.
///
/// Source: Sortino and Price (1994), target zero, over all days.
public enum DailySortino: DailyFigure {
    public static let key: StaticString = "sortino"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? {
        guard let mean = days.mean, let deviation = days.downsideDeviation else { return nil }
        return .ratio(mean * Double(year).squareRoot(), over: deviation)
    }
}
