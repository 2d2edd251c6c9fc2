/// Trades of one group: a symbol, a strategy, a day. Exact, in minor units.
public struct GroupTally: Hashable, Sendable {
    public private(set) var profits = ProfitTally()
    /// The sum of the stakes.
    public private(set) var stakes: Int64 = 0

    public init() {}

    /// - Throws: `sumTooLarge`, having added nothing.
    public mutating func add(_ profit: Int64, stake: Int64) throws(FiguresError) {
        let (sum, overflow) = stakes.addingReportingOverflow(stake)
        guard !overflow else { throw .sumTooLarge }
        try profits.add(profit)
        stakes = sum
    }

    /// Wins divided by all trades; nil without trades.
    public var winRate: Double? { profits.trades > 0 ? Double(profits.wins) / Double(profits.trades) : nil }
    /// Gross profit divided by wins, in minor units; nil without a win.
    public var averageWin: Double? { profits.wins > 0 ? Double(profits.grossProfit) / Double(profits.wins) : nil }
    /// Gross loss divided by losses, in minor units: negative. A trade that came out even is no loss; the previous
    /// system's figures of a symbol took it for one. Nil without a loss.
    public var averageLoss: Double? { profits.losses > 0 ? Double(profits.grossLoss) / Double(profits.losses) : nil }
    /// Profit divided by stakes; nil when nothing was staked.
    public var profitOfStakes: Double? { stakes > 0 ? Double(profits.net) / Double(stakes) : nil }
}
