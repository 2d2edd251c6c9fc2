// The ends of the range of returns.

/// The highest return of a day. Undefined without days.
public enum BestDay: DailyFigure {
    public static let key: StaticString = "best_day"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? { days.sorted.last.map(FigureValue.ratio) }
}

/// The lowest return of a day. Undefined without days.
public enum WorstDay: DailyFigure {
    public static let key: StaticString = "worst_day"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? { days.sorted.first.map(FigureValue.ratio) }
}
