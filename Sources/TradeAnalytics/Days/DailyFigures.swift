/// The figures of daily returns, by name and in the order they are shown.
public enum DailyFigures {
    public static let all: [any DailyFigure.Type] = [
        DayCount.self, MeanReturn.self, DailyDeviation.self, Volatility.self, DailySharpe.self, DailySortino.self,
        DailyDownsideDeviation.self, CumulativeReturn.self, GrowthRate.self, DailyDrawdown.self, CalmarRatio.self, UlcerIndex.self,
        UlcerIndexOfSample.self, ValueAtRisk.self, ConditionalValueAtRisk.self, OmegaRatio.self, TailRatio.self, BestDay.self, WorstDay.self,
        PositiveDays.self, NegativeDays.self, FlatDays.self, DailySkewness.self, DailyKurtosis.self, Stability.self,
    ]

    /// - Parameter year: how many days count as a year, 1 or more.
    public static func values(of days: DailyReturns, year: Int) -> [NamedFigure] {
        precondition(year > 0, "a year of \(year) days")
        return all.map { NamedFigure(key: "\($0.key)", value: $0.value(of: days, year: year)) }
    }
}
