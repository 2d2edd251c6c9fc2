/// Compound annual growth rate divided by the amount of the greatest fall by the ends of days. Undefined when equity never fell.
///
/// Source: Young, *Calmar Ratio: A Smoother Tool* (1991), over the whole series instead of 36 months. The previous system's backtester divided
/// the return of the whole time, short or long.
public enum CalmarRatio: DailyFigure {
    public static let key: StaticString = "calmar"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? {
        guard case .ratio(let growth) = GrowthRate.value(of: days, year: year) else { return nil }
        return .ratio(growth, over: -days.path.greatestShare.share)
    }
}
