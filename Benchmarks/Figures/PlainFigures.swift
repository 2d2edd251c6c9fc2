// The reference: one loop with the sums in its hands, and the definitions written out.

import TradeAnalytics

struct PlainFigures: CustomStringConvertible {
    private struct Sums {
        var count = 0, wins = 0, losses = 0
        var gains: Int64 = 0, lost: Int64 = 0, squares: Int64 = 0
        var equity: Int64 = 0, peak: Int64 = 0, fall: Int64 = 0
        var winRow = 0, lossRow = 0, mostWins = 0, mostLosses = 0

        @inline(__always)
        mutating func add(_ profit: Int64) {
            count += 1
            wins += profit > 0 ? 1 : 0
            losses += profit < 0 ? 1 : 0
            gains += max(0, profit)
            lost += min(0, profit)
            squares += profit * profit
            equity += profit
            peak = max(peak, equity)
            fall = min(fall, equity - peak)
            winRow = profit > 0 ? winRow + 1 : 0
            lossRow = profit < 0 ? lossRow + 1 : 0
            mostWins = max(mostWins, winRow)
            mostLosses = max(mostLosses, lossRow)
        }

        var sharpe: Double {
            let mean = Double(gains + lost) / Double(count)
            return mean / ((Double(squares) - mean * mean * Double(count)) / Double(count - 1)).squareRoot()
        }
    }
    private var total = Sums()
    private var symbols: [Sums] = []
    private var dailySharpe = 0.0

    init() {}

    init(_ trades: MadeTrades) {
        symbols = [Sums](repeating: Sums(), count: trades.symbols.count)
        var days = [trades.closes[0] / 86_400: Int64(0)], day = trades.closes[0] / 86_400, ofDay: Int64 = 0
        for row in trades.profits.indices {
            let profit = trades.profits[row], today = trades.closes[row] / 86_400
            if today != day {
                days[day] = ofDay
                (day, ofDay) = (today, 0)
            }
            ofDay += profit
            total.add(profit)
            symbols[Int(trades.symbolPlaces[row])].add(profit)
        }
        days[day] = ofDay
        var equity = Double(trades.start), returns: [Double] = []
        for day in trades.closes[0] / 86_400...day {
            let profit = Double(days[day] ?? 0)
            returns.append(profit / equity)
            equity += profit
        }
        let mean = returns.reduce(0, +) / Double(returns.count)
        let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        dailySharpe = mean / (squares / Double(returns.count - 1)).squareRoot() * 365.0.squareRoot()
    }

    /// - Throws: when the two do not agree.
    func compare(_ report: FiguresReport) throws {
        func same(_ ours: FigureValue?, _ value: Double, _ name: String) throws {
            guard let ours, (ours.number - value).magnitude <= 1e-9 * max(1, value.magnitude) else {
                throw BenchmarkFailure("\(name) is \(ours?.number ?? .nan), the plain loop has \(value)")
            }
        }
        func same(_ trades: TradePopulation, _ sums: Sums, _ name: String) throws {
            try same(TradeCount.value(of: trades), Double(sums.count), "\(name) n")
            try same(WinRate.value(of: trades), Double(sums.wins) / Double(sums.count), "\(name) win rate")
            try same(ProfitFactor.value(of: trades), Double(sums.gains) / -Double(sums.lost), "\(name) profit factor")
            try same(Expectancy.value(of: trades), Double(sums.gains + sums.lost) / Double(sums.count), "\(name) expectancy")
            try same(AverageWin.value(of: trades), Double(sums.gains) / Double(sums.wins), "\(name) average win")
            try same(AverageLoss.value(of: trades), Double(sums.lost) / Double(sums.losses), "\(name) average loss")
            try same(SharpeRatio.value(of: trades), sums.sharpe, "\(name) Sharpe ratio")
            try same(LongestWinStreak.value(of: trades), Double(sums.mostWins), "\(name) wins in a row")
            try same(LongestLossStreak.value(of: trades), Double(sums.mostLosses), "\(name) losses in a row")
            try same(MaxDrawdown.value(of: trades), Double(sums.fall), "\(name) drawdown")
        }
        try same(report.total, total, "all trades:")
        let byName = zip(MadeTrades(0).symbols, symbols).sorted { $0.0 < $1.0 }
        for (ours, sums) in zip(report.bySymbol, byName) { try same(ours.trades, sums.1, "\(ours.symbol):") }
        try same(DailySharpe.value(of: report.days, year: 365), dailySharpe, "daily Sharpe ratio")
    }

    var description: String { "net \(total.equity), drawdown \(total.fall), Sharpe ratio of a year \(dailySharpe)" }
}
