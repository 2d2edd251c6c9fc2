import TradingModel

/// One population of trades as they settle: each is added in the same time, however many there were.
public struct RunningTrades: Sendable {
    public private(set) var tally = ProfitTally()
    public private(set) var streaks = Streaks()
    public private(set) var path: EquityPath
    private var distribution = ProfitDistribution()

    /// - Parameter start: the balance before the first trade in minor units, 1 to `Money.most`.
    public init(start: Int64) throws(FiguresError) {
        guard (1...Money.most).contains(start) else { throw .startBalance(start) }
        path = EquityPath(start: start)
    }

    /// One more trade, in order of settlement.
    /// - Parameter profit: minor units, `Money.most` at most either way.
    /// - Throws: `amountTooLarge` or `sumTooLarge`, having added nothing.
    public mutating func add(_ profit: Int64) throws(FiguresError) {
        guard profit.magnitude <= Money.most.magnitude else { throw .amountTooLarge(profit) }
        guard !path.equity.addingReportingOverflow(profit).overflow, !(path.equity + profit).subtractingReportingOverflow(path.peak).overflow else {
            throw .sumTooLarge
        }
        try tally.add(profit)
        path.add(profit)
        streaks.add(profit)
        distribution.add(profit)
    }

    /// As it stands now, for figures.
    public var population: TradePopulation { TradePopulation(tally: tally, runs: distribution.runs, streaks: streaks, path: path) }
}
