/// The sum of the positive returns divided by the amount of the sum of the negative ones. Undefined without a losing day.
///
/// Source: Keating and Shadwick, *A Universal Performance Measure* (2002), threshold zero.
public enum OmegaRatio: DailyFigure {
    public static let key: StaticString = "omega0"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? {
        let gains = days.sorted.filter { $0 > 0 }.reduce(0, +), losses = days.sorted.filter { $0 < 0 }.reduce(0, +)
        return .ratio(gains, over: -losses)
    }
}
