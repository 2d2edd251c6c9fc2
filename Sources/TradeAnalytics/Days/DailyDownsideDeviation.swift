/// The root of the mean square of the negative returns over all days, for a year. Undefined without days.
///
/// Source: Sortino and Price (1994), target zero.
public enum DailyDownsideDeviation: DailyFigure {
    public static let key: StaticString = "downside_dev_ann"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? { days.downsideDeviation.map { .ratio($0 * Double(year).squareRoot()) } }
}
