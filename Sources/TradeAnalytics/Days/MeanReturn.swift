/// The mean return of a day. Undefined without days, and when a day began with nothing left (as every figure of returns).
public enum MeanReturn: DailyFigure {
    public static let key: StaticString = "mean"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? { days.mean.map(FigureValue.ratio) }
}
