// The bad end of the days.

/// The return that five of a hundred days stay below, from the days themselves and not from a normal distribution.
///
/// Source: historical value at risk (Jorion, *Value at Risk*, 1997), quantile by method 7 of Hyndman and Fan (1996).
public enum ValueAtRisk: DailyFigure {
    public static let key: StaticString = "var95_hist"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? { days.quantile(0.05).map(FigureValue.ratio) }
}

/// The mean of the returns that are at or below it.
///
/// Source: Rockafellar and Uryasev, *Optimization of Conditional Value-at-Risk* (2000).
public enum ConditionalValueAtRisk: DailyFigure {
    public static let key: StaticString = "cvar95_hist"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? {
        guard let limit = days.quantile(0.05) else { return nil }
        let tail = days.sorted.prefix { $0 <= limit }
        return .ratio(tail.reduce(0, +), over: Double(tail.count))
    }
}
