/// Counts and sums of profits, exact to the minor unit. Breaking even is neither won nor lost.
public struct ProfitTally: Hashable, Sendable {
    public private(set) var trades = 0
    public private(set) var wins = 0
    public private(set) var losses = 0
    /// The sum of all profits above zero, in minor units.
    public private(set) var grossProfit: Int64 = 0
    /// The sum of all profits below zero, in minor units: never positive.
    public private(set) var grossLoss: Int64 = 0

    public init() {}

    public var breakEven: Int { trades - wins - losses }
    public var net: Int64 { grossProfit + grossLoss }

    /// One more trade.
    /// - Throws: `sumTooLarge`, having added nothing.
    public mutating func add(_ profit: Int64) throws(FiguresError) {
        try add(profit, times: 1)
    }

    /// The same profit so many times.
    mutating func add(_ profit: Int64, times: Int) throws(FiguresError) {
        let (part, first) = profit.multipliedReportingOverflow(by: Int64(times))
        let (sum, second) = (profit > 0 ? grossProfit : grossLoss).addingReportingOverflow(part)
        guard !first, !second else { throw .sumTooLarge }
        trades += times
        if profit > 0 {
            wins += times
            grossProfit = sum
        } else if profit < 0 {
            losses += times
            grossLoss = sum
        }
    }

    /// Of a whole population at once.
    init(_ runs: [ProfitRun]) throws(FiguresError) {
        for run in runs { try add(run.profit, times: run.count) }
    }
}
