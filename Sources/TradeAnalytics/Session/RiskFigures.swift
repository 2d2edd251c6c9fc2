/// What a session's profit was risked for: the second of its questions.
///
/// Against the previous system's `calculateRiskMetrics`: the fall is from the highest equity and not from the start
/// balance, followed trade by trade and not by sessions; money and percentages have fields of their own (it put the one
/// into the other and divided by the start balance twice); and the Sharpe ratio is there.
public struct RiskFigures: Hashable, Sendable {
    /// Profit divided by the start balance, within the dates that were asked for. Its `roi` ignored them.
    public let returnOnInvestment: Double?
    /// The deepest fall from a peak in minor units: 0 or more.
    public let maxDrawdown: Int64
    /// The fall that was the greatest share of its peak: 0.25 is a quarter.
    public let maxDrawdownShare: Double
    /// The present fall from the peak in minor units: 0 or more.
    public let presentDrawdown: Int64
    /// The same as a share of the peak.
    public let presentDrawdownShare: Double
    public let recoveryFactor: Double?
    /// Mean win divided by the amount of the mean loss. Its `riskToRewardRatio`, and on one page its `profitFactor`.
    public let payoffRatio: Double?
    /// Of daily returns, for a year of 365 days: these markets never close.
    public let sharpeRatio: Double?
    /// The same with the downside deviation.
    public let sortinoRatio: Double?
    public let longestWins: Int
    public let longestLosses: Int
    /// Losses in a row up to now.
    public let losses: Int

    static let daysOfAYear = 365

    init(_ trades: TradePopulation, _ days: DailyReturns) {
        returnOnInvestment = TotalReturn.value(of: trades)?.number
        (maxDrawdown, maxDrawdownShare) = (-trades.path.deepest, -trades.path.greatestShare.share)
        (presentDrawdown, presentDrawdownShare) = (-trades.path.fall, -Double(trades.path.fall) / Double(trades.path.peak))
        recoveryFactor = RecoveryFactor.value(of: trades)?.number
        payoffRatio = PayoffRatio.value(of: trades)?.number
        sharpeRatio = DailySharpe.value(of: days, year: RiskFigures.daysOfAYear)?.number
        sortinoRatio = DailySortino.value(of: days, year: RiskFigures.daysOfAYear)?.number
        (longestWins, longestLosses, losses) = (trades.streaks.longestWins, trades.streaks.longestLosses, trades.streaks.losses)
    }
}
