/// How a session's trades went, as a whole: the first of its questions.
///
/// Against the previous system's `calculateCoreMetrics` and `getAnalytics`: the trades are the session's own, not all of
/// the user's; every settled trade counts, however it ended (it left out those closed by hand, by force or by a reverse
/// signal); a profit that is missing is not taken for zero, because a trade without one has not settled; a quotient that
/// says nothing is nil, where it had an infinity that became `null` for one and 0 for another.
public struct CoreFigures: Hashable, Sendable {
    public let tally: ProfitTally
    /// The sum of the stakes in minor units.
    public let stakes: Int64
    /// Its `winRate`, as a share. Wins divided by all trades.
    public let winRate: Double?
    /// Its `totalProfitLossPercent`, as a share: profit divided by stakes.
    public let profitOfStakes: Double?
    public let profitFactor: Double?
    /// In minor units.
    public let expectancy: Double?
    /// In minor units.
    public let averageStake: Double?
    /// In minor units.
    public let averageWin: Double?
    /// In minor units: negative, where its `averageLoss` was positive.
    public let averageLoss: Double?
    /// The highest profit above zero in minor units; nil without a win (its `largestWin` was then 0).
    public let largestWin: Int64?
    /// The lowest profit below zero in minor units; nil without a loss (its `largestLoss` was then 0).
    public let largestLoss: Int64?

    init(_ trades: TradePopulation, _ group: GroupTally) {
        (tally, stakes) = (trades.tally, group.stakes)
        (winRate, profitOfStakes, averageWin, averageLoss) = (group.winRate, group.profitOfStakes, group.averageWin, group.averageLoss)
        profitFactor = ProfitFactor.value(of: trades)?.number
        expectancy = trades.mean
        averageStake = trades.tally.trades > 0 ? Double(group.stakes) / Double(trades.tally.trades) : nil
        largestWin = trades.runs.last.flatMap { $0.profit > 0 ? $0.profit : nil }
        largestLoss = trades.runs.first.flatMap { $0.profit < 0 ? $0.profit : nil }
    }
}

extension FigureValue {
    /// As a bare number: money and amounts in minor units.
    public var number: Double {
        switch self {
        case .count(let count): Double(count)
        case .money(let units): Double(units)
        case .amount(let amount): amount
        case .ratio(let ratio): ratio
        }
    }
}
