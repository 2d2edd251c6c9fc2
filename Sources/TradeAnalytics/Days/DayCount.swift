// How many days there were, and how they ended.

/// Days from the first settlement to the last, both included.
public enum DayCount: DailyFigure {
    public static let key: StaticString = "days"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? { .count(days.days) }
}

/// Days that gained.
public enum PositiveDays: DailyFigure {
    public static let key: StaticString = "positive_days"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? { .count(days.positiveDays) }
}

/// Days that lost.
public enum NegativeDays: DailyFigure {
    public static let key: StaticString = "negative_days"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? { .count(days.negativeDays) }
}

/// Days that did neither, those without a trade among them.
public enum FlatDays: DailyFigure {
    public static let key: StaticString = "flat_days"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? { .count(days.flatDays) }
}
