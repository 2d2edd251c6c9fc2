// How far the returns of days lie from their mean.

/// The standard deviation of the returns as a sample. Undefined with fewer than two days.
public enum DailyDeviation: DailyFigure {
    public static let key: StaticString = "std_ddof1"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? { days.deviation.map(FigureValue.ratio) }
}

/// The same for a year: times the root of its days, as if days were independent.
public enum Volatility: DailyFigure {
    public static let key: StaticString = "volatility_ann"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? { days.deviation.map { .ratio($0 * Double(year).squareRoot()) } }
}
