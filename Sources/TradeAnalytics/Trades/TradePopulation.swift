import TradingModel

/// Trades in the order of their settlement, as figures see them. It comes from `RunningTrades`, one by one, or from all
/// profits at once; either way gives the same, to the last bit.
public struct TradePopulation: Equatable, Sendable {
    public let tally: ProfitTally
    /// Each profit once, from the lowest to the highest.
    public let runs: [ProfitRun]
    public let streaks: Streaks
    public let path: EquityPath

    /// The mean profit in minor units; nil without trades.
    public let mean: Double?
    /// Sums of the second, third and fourth powers of the distances from the mean. Each profit's part is added from the
    /// lowest to the highest, so that the rounding is the same whatever order the trades came in.
    let squares: Double, cubes: Double, fourths: Double
    /// The sum of the squares of what was lost.
    let lossSquares: Double

    init(tally: ProfitTally, runs: [ProfitRun], streaks: Streaks, path: EquityPath) {
        (self.tally, self.runs, self.streaks, self.path) = (tally, runs, streaks, path)
        let mean = Double(tally.net) / Double(tally.trades)
        var squares = 0.0, cubes = 0.0, fourths = 0.0, lossSquares = 0.0
        for run in runs {
            let profit = Double(run.profit), count = Double(run.count)
            let distance = profit - mean, square = distance * distance
            squares += count * square
            cubes += count * square * distance
            fourths += count * square * square
            if run.profit < 0 { lossSquares += count * profit * profit }
        }
        self.mean = tally.trades > 0 ? mean : nil
        (self.squares, self.cubes, self.fourths, self.lossSquares) = (squares, cubes, fourths, lossSquares)
    }

    /// All profits at once, in the order of settlement.
    /// - Parameter start: the balance before the first trade in minor units, 1 to `Money.most`.
    /// - Throws: `startBalance`, `amountTooLarge` or `sumTooLarge`.
    public init(profits: [Int64], start: Int64) throws(FiguresError) {
        guard (1...Money.most).contains(start) else { throw .startBalance(start) }
        var sum = Int128(start), most = Int128(start)
        for profit in profits {
            guard profit.magnitude <= Money.most.magnitude else { throw .amountTooLarge(profit) }
            sum += Int128(profit)
            most = max(most, sum)
            guard Int64(exactly: sum) != nil, Int64(exactly: sum - most) != nil else { throw .sumTooLarge }
        }
        var streaks = Streaks(), path = EquityPath(start: start)
        for profit in profits { streaks.add(profit) }
        for profit in profits { path.add(profit) }
        let runs = ProfitRun.runs(of: profits)
        self.init(tally: try ProfitTally(runs), runs: runs, streaks: streaks, path: path)
    }

    /// Is there more than one profit? Without a difference there is no deviation to divide by, and rounding must not make one.
    var varies: Bool { runs.count > 1 }

    /// The mean distance from the mean, squared; `ddof` is taken off the number of trades. Nil with too few of them.
    func variance(ddof: Int) -> Double? { tally.trades > ddof ? squares / Double(tally.trades - ddof) : nil }

    /// The profit below which a share `q` of the trades lies, between two of them on the straight line from one to the
    /// other (method 7 of Hyndman and Fan, the default of R and numpy). In minor units; nil without trades.
    public func quantile(_ q: Double) -> Double? {
        guard let last = runs.last else { return nil }
        let place = Double(tally.trades - 1) * q
        let lower = min(Int(place), tally.trades - 1)
        var passed = 0
        for (index, run) in runs.enumerated() {
            passed += run.count
            guard passed > lower else { continue }
            let next = passed > lower + 1 || index + 1 == runs.count ? run : runs[index + 1]
            return Double(run.profit) + (Double(next.profit) - Double(run.profit)) * (place - Double(lower))
        }
        return Double(last.profit)
    }
}

extension TradePopulation {
    public static func == (a: TradePopulation, b: TradePopulation) -> Bool {
        a.tally == b.tally && a.runs == b.runs && a.streaks == b.streaks && a.path == b.path
    }
}
