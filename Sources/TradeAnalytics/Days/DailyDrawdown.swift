/// The fall of equity that was the greatest share of its peak, by the ends of days: -0.25 is a quarter. It misses what fell and rose again
/// within a day; `MaxDrawdownShare` does not. Undefined without days.
public enum DailyDrawdown: DailyFigure {
    public static let key: StaticString = "max_drawdown"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? { days.days > 0 ? .ratio(days.path.greatestShare.share) : nil }
}
