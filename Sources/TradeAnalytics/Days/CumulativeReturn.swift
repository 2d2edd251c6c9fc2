/// What all days together returned: equity at the end divided by the start balance, less one. Undefined without days.
///
/// Equity is exact, so it is divided once; multiplying up the returns of the days would only add their rounding.
public enum CumulativeReturn: DailyFigure {
    public static let key: StaticString = "cum_return"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? {
        guard days.days > 0 else { return nil }
        return .ratio(Double(days.path.equity - days.path.start), over: Double(days.path.start))
    }
}
