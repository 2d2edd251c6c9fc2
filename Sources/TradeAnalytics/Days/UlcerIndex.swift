// How deep and how long equity was below its peak.

/// The root of the mean square of the falls at the ends of days, as shares of the peak. Undefined without days.
///
/// Source: Martin and McCann, *The Investor's Guide to Fidelity Funds* (1989), as a share instead of a percentage.
public enum UlcerIndex: DailyFigure {
    public static let key: StaticString = "ulcer_index"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? { .ratio((days.fallSquares / Double(days.days)).squareRoot(), over: 1) }
}

/// The same with the sum divided by days less one, as some libraries do. Undefined with fewer than two days.
public enum UlcerIndexOfSample: DailyFigure {
    public static let key: StaticString = "ulcer_index_ddof1"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? {
        days.days > 1 ? .ratio((days.fallSquares / Double(days.days - 1)).squareRoot(), over: 1) : nil
    }
}
