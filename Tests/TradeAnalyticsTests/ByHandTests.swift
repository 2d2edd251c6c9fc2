// Six trades that anybody can follow with pencil and paper.

import Testing
import TradeAnalytics
import TradingModel

@Suite struct ByHandTests {
    /// From 100.00: 109.50, 99.50, 99.50 on the first day, nothing on the second, 89.50, 99.00, 108.50 on the third.
    static let profits: [Int64] = [950, -1_000, 0, -1_000, 950, 950]

    static func trades() -> [ClosedTrade] {
        let times: [(day: Int64, hour: Int64)] = [(0, 9), (0, 10), (0, 23), (2, 0), (2, 1), (2, 2)]
        return zip(profits, times).map { (profit: Int64, time: (day: Int64, hour: Int64)) -> ClosedTrade in
            let seconds: Int64 = 1_700_006_400 + time.day * 86_400 + time.hour * 3_600
            let symbol = Symbol(profit < 0 ? "R_50" : "R_100")!, side = Label(time.hour % 2 == 0 ? "fall" : "rise")!
            return ClosedTrade(symbol: symbol, side: side, closedAt: Timestamp(seconds: seconds), stake: 1_000, profit: profit)
        }
    }

    @Test func figuresOfTrades() throws {
        let found = values(TradeFigures.values(of: try streamed(ByHandTests.profits, start: 10_000)))
        // Squares: 3 × 950² + 2 × 1000², less 850² / 6.
        let mean = 850.0 / 6, squares = 4_707_500.0 - 850.0 * 850 / 6
        let deviation = (squares / 5).squareRoot(), downside = (2_000_000.0 / 6).squareRoot()
        let expected: [String: Double] = [
            "n": 6, "wins": 3, "losses": 2, "breakeven": 1, "win_rate": 0.5, "win_rate_excl_breakeven": 0.6, "gross_profit": 2_850, "gross_loss": -2_000,
            "net": 850, "profit_factor": 1.425, "expectancy": mean, "avg_win": 950, "avg_loss": -1_000, "payoff_ratio": 0.95, "best": 950,
            "worst": -1_000, "median": 475, "std_ddof1": deviation, "std_ddof0": (squares / 6).squareRoot(), "max_consecutive_wins": 2,
            "max_consecutive_losses": 1, "final_equity": 10_850, "total_return": 0.085, "max_drawdown_abs": -2_000, "max_drawdown_pct": -2_000.0 / 10_950,
            "longest_drawdown_trades": 5, "sharpe_per_trade": mean / deviation, "sortino_per_trade": mean / downside, "downside_dev_per_trade": downside,
            "sqn": 6.0.squareRoot() * mean / deviation, "recovery_factor": 0.425, "kelly": 0.5 - 0.5 / 0.95, "p05_linear": -1_000, "p95_linear": 950,
        ]
        for (key, value) in expected { #expect(agrees(found[key], value), "\(key): \(found[key] ?? .nan), expected \(value)") }
        // Third and fourth powers of the distances, worked out term by term.
        let distances = ByHandTests.profits.map { Double($0) - mean }
        let cubes = distances.map { $0 * $0 * $0 }.reduce(0, +), fourths = distances.map { $0 * $0 * $0 * $0 }.reduce(0, +)
        #expect(agrees(found["skew_pop"], cubes / 6 / ((squares / 6) * (squares / 6).squareRoot())))
        #expect(agrees(found["kurt_excess_pop"], fourths / 6 / ((squares / 6) * (squares / 6)) - 3))
        #expect(found.count == expected.count + 2 && found.count == TradeFigures.all.count)
    }

    @Test func figuresOfDays() throws {
        var report = try RunningReport(start: 10_000)
        for trade in ByHandTests.trades() { try report.add(trade) }
        #expect(report.days.profits == [-50, 0, 900] && report.days.activeDays == 2)
        let found = values(DailyFigures.values(of: report.report.days, year: 365))
        let gain = 900.0 / 9_950, mean = (gain - 0.005) / 3
        let squares = (0.005 + mean) * (0.005 + mean) + mean * mean + (gain - mean) * (gain - mean)
        let deviation = (squares / 2).squareRoot(), downside = (0.005 * 0.005 / 3).squareRoot(), year = 365.0.squareRoot()
        let expected: [String: Double] = [
            "days": 3, "positive_days": 1, "negative_days": 1, "flat_days": 1, "mean": mean, "std_ddof1": deviation, "volatility_ann": deviation * year,
            "sharpe": mean / deviation * year, "sortino": mean / downside * year, "downside_dev_ann": downside * year, "cum_return": 0.085,
            "max_drawdown": -0.005, "ulcer_index": (0.00005 / 3).squareRoot(), "ulcer_index_ddof1": 0.005, "var95_hist": -0.0045, "cvar95_hist": -0.005,
            "omega0": gain / 0.005, "tail_ratio": 0.9 * gain / 0.0045, "best_day": gain, "worst_day": -0.005,
        ]
        for (key, value) in expected { #expect(agrees(found[key], value), "\(key): \(found[key] ?? .nan), expected \(value)") }
        // 1.085 to the power of 365 / 3: multiplied 121 times and two thirds.
        var growth = 1.0
        for _ in 0..<121 { growth *= 1.085 }
        let third = 1.027_566_442  // its cube is 1.085, to nine digits
        #expect((third * third * third - 1.085).magnitude < 1e-8)
        growth *= third * third
        #expect(((found["cagr"] ?? 0) / (growth - 1) - 1).magnitude < 1e-7)
        #expect(((found["calmar"] ?? 0) / ((growth - 1) / 0.005) - 1).magnitude < 1e-7)
        #expect(found["kurt_excess_sample"] == nil, "a kurtosis needs four days")
        #expect((0...1).contains(found["stability_r2"] ?? -1))
    }

    @Test func groupsStartFromTheSameBalance() throws {
        let report = FiguresReport(try TradeColumns(ByHandTests.trades(), start: 10_000))
        #expect(report.bySymbol.map(\.symbol.text) == ["R_100", "R_50"])
        #expect(report.bySymbol.map(\.trades.path.equity) == [12_850, 8_000])
        #expect(report.bySide.map { "\($0.side) \($0.trades.tally.trades) \($0.trades.tally.net)" } == ["fall 3 -1050", "rise 3 1900"])
    }
}
