/// The figures of a population of trades, by name and in the order they are shown.
public enum TradeFigures {
    public static let all: [any TradeFigure.Type] = [
        TradeCount.self, WinCount.self, LossCount.self, BreakEvenCount.self, WinRate.self, WinRateWithoutBreakEven.self,
        GrossProfit.self, GrossLoss.self, NetProfit.self, ProfitFactor.self, Expectancy.self, AverageWin.self, AverageLoss.self,
        PayoffRatio.self, BestTrade.self, WorstTrade.self, MedianProfit.self, SampleDeviation.self, PopulationDeviation.self,
        LongestWinStreak.self, LongestLossStreak.self, FinalEquity.self, TotalReturn.self, MaxDrawdown.self, MaxDrawdownShare.self,
        LongestDrawdown.self, SharpeRatio.self, SortinoRatio.self, DownsideDeviation.self, SystemQuality.self, RecoveryFactor.self,
        KellyShare.self, Skewness.self, ExcessKurtosis.self, FifthPercentile.self, NinetyFifthPercentile.self,
    ]

    public static func values(of trades: TradePopulation) -> [NamedFigure] {
        all.map { NamedFigure(key: "\($0.key)", value: $0.value(of: trades)) }
    }
}
