// What is undefined is absent; what cannot be is refused.

import Testing
import TradeAnalytics
import TradingModel

@Suite struct EdgeTests {
    func absent(_ profits: [Int64]) throws -> [String] {
        TradeFigures.values(of: try streamed(profits)).filter { $0.value == nil }.map(\.key)
    }

    @Test func withoutTradesThereAreOnlyCountsSumsAndTheStartBalance() throws {
        let figures = TradeFigures.values(of: try streamed([]))
        #expect(
            figures.filter { $0.value != nil } == [
                NamedFigure(key: "n", value: .count(0)), NamedFigure(key: "wins", value: .count(0)), NamedFigure(key: "losses", value: .count(0)),
                NamedFigure(key: "breakeven", value: .count(0)), NamedFigure(key: "gross_profit", value: .money(0)),
                NamedFigure(key: "gross_loss", value: .money(0)), NamedFigure(key: "net", value: .money(0)),
                NamedFigure(key: "max_consecutive_wins", value: .count(0)), NamedFigure(key: "max_consecutive_losses", value: .count(0)),
                NamedFigure(key: "final_equity", value: .money(1_000_000)), NamedFigure(key: "total_return", value: .ratio(0)),
                NamedFigure(key: "max_drawdown_abs", value: .money(0)), NamedFigure(key: "max_drawdown_pct", value: .ratio(0)),
                NamedFigure(key: "longest_drawdown_trades", value: .count(0)),
            ])
        let days = DailyFigures.values(of: DailyReturns(try DailyProfits(start: 1)), year: 365)
        #expect(days.filter { $0.value != nil }.map(\.key) == ["days", "positive_days", "negative_days", "flat_days"])
    }

    @Test func oneTradeHasNoDeviation() throws {
        #expect(
            try absent([950]) == [
                "profit_factor", "avg_loss", "payoff_ratio", "std_ddof1", "sharpe_per_trade", "sortino_per_trade", "sqn", "recovery_factor", "kelly",
                "skew_pop", "kurt_excess_pop",
            ])
    }

    @Test func winsAloneHaveNoQuotientWithLosses() throws {
        #expect(
            try absent([950, 900, 950]) == ["profit_factor", "avg_loss", "payoff_ratio", "sortino_per_trade", "recovery_factor", "kelly"])
    }

    @Test func lossesAloneHaveAProfitFactorOfZero() throws {
        #expect(try absent([-950, -900, -950]) == ["avg_win", "payoff_ratio", "kelly"])
        #expect(values(TradeFigures.values(of: try streamed([-950, -900])))["profit_factor"] == 0)
    }

    @Test func tradesThatCameOutEvenAreNeitherWonNorLost() throws {
        let found = values(TradeFigures.values(of: try streamed([0, 0, 0])))
        #expect(found["win_rate"] == 0 && found["win_rate_excl_breakeven"] == nil && found["breakeven"] == 3 && found["std_ddof1"] == 0)
        #expect(found["sharpe_per_trade"] == nil && found["max_consecutive_wins"] == 0 && found["longest_drawdown_trades"] == 0)
    }

    @Test func profitsThatAreAllAlikeHaveNoSharpeRatioHoweverLarge() throws {
        // Of these the mean is rounded, and without care the rounding would be the deviation.
        let found = values(TradeFigures.values(of: try streamed([Int64](repeating: 999_999_999_999, count: 9_001))))
        #expect(found["sharpe_per_trade"] == nil && found["sqn"] == nil && found["skew_pop"] == nil)
    }

    @Test func aDayThatBeganWithNothingHasNoReturn() throws {
        var days = try DailyProfits(start: 1_000)
        for (day, profit) in [-1_000, 500, 500].enumerated() { try days.add(Int64(profit), on: TradingDay(daysSince1970: Int32(day))) }
        let found = values(DailyFigures.values(of: DailyReturns(days), year: 365))
        #expect(found["sharpe"] == nil && found["mean"] == nil && found["best_day"] == nil && found["stability_r2"] == nil)
        #expect(found["days"] == 3 && found["cum_return"] == 0 && found["max_drawdown"] == -1)
    }

    @Test func aDayFarAwayFillsNoMemory() throws {
        var days = try DailyProfits(start: 1_000)
        try days.add(1, on: TradingDay(daysSince1970: 0))
        #expect(throws: FiguresError.noSuchTime(Int64(Int32.max) * 86_400_000)) { try days.add(1, on: TradingDay(daysSince1970: .max)) }
        #expect(throws: FiguresError.outOfOrder(-86_400_000, after: 0)) { try days.add(1, on: TradingDay(daysSince1970: -1)) }
        #expect(days.profits == [1])
    }

    @Test func growthBeyondNumbersIsAbsent() throws {
        var days = try DailyProfits(start: 1)
        try days.add(1_000_000, on: TradingDay(daysSince1970: 0))
        let found = values(DailyFigures.values(of: DailyReturns(days), year: 365))
        #expect(found["cagr"] == nil && found["cum_return"] == 1_000_000 && found["sharpe"] == nil)
    }

    @Test func theGreatestShareIsNotTheDeepestFall() throws {
        // Half of 10.00, then 600.00 of 10 000.00.
        let found = values(TradeFigures.values(of: try streamed([-500, 999_500, -60_000], start: 1_000)))
        #expect(found["max_drawdown_abs"] == -60_000 && found["max_drawdown_pct"] == -0.5 && found["longest_drawdown_trades"] == 1)
    }

    @Test func amountsThatAreNotBelievedAreRefused() throws {
        var trades = try RunningTrades(start: 1)
        #expect(throws: FiguresError.amountTooLarge(1_000_000_000_001)) { try trades.add(1_000_000_000_001) }
        #expect(throws: FiguresError.amountTooLarge(.min)) { try trades.add(.min) }
        #expect(trades.tally.trades == 0)
        for start in [0, -1, 1_000_000_000_001, Int64.min] { #expect(throws: FiguresError.startBalance(start)) { _ = try RunningTrades(start: start) } }
        #expect(throws: FiguresError.amountTooLarge(.min)) { _ = try TradePopulation(profits: [1, .min], start: 1) }
    }

    @Test func sumsThatDoNotFitAreRefusedAndNothingOfThemIsKept() throws {
        var tally = ProfitTally()
        try tally.add(.max)
        #expect(throws: FiguresError.sumTooLarge) { try tally.add(1) }
        #expect(tally.trades == 1 && tally.grossProfit == .max)

        let far = [Int64](repeating: 1_000_000_000_000, count: 9_300_000)
        #expect(throws: FiguresError.sumTooLarge) { _ = try TradePopulation(profits: far, start: 1) }
        let zeros = [UInt8](repeating: 0, count: far.count), closes = [Int64](repeating: 0, count: far.count)
        #expect(throws: FiguresError.sumTooLarge) {
            _ = try TradeColumns(
                start: 1, profits: far, closes: closes, symbols: [Symbol("R_100")!], symbolPlaces: zeros, sides: [Label("x")!], sidePlaces: zeros)
        }
    }

    @Test func tradesOutOfOrderAndFromNoTimeAreRefused() throws {
        var report = try RunningReport(start: 1_000)
        var session = try SessionFigures(start: 1_000, startedAt: Timestamp(seconds: 0), calendar: .utc)
        func trade(_ milliseconds: Int64, stake: Int64 = 1, profit: Int64 = 1) -> ClosedTrade {
            ClosedTrade(symbol: Symbol("R_100")!, side: Label("rise")!, closedAt: Timestamp(milliseconds: milliseconds), stake: stake, profit: profit)
        }
        let wrong: [(ClosedTrade, FiguresError)] = [
            (trade(1_999), .outOfOrder(1_999, after: 2_000)), (trade(-1), .noSuchTime(-1)), (trade(.max), .noSuchTime(.max)),
            (trade(2_000, stake: -1), .negativeStake(-1)), (trade(2_000, stake: 1_000_000_000_001), .amountTooLarge(1_000_000_000_001)),
            (trade(2_000, profit: -1_000_000_000_001), .amountTooLarge(-1_000_000_000_001)),
        ]
        try report.add(trade(2_000))
        try session.add(trade(2_000))
        for (trade, error) in wrong {
            #expect(throws: error) { try report.add(trade) }
            #expect(throws: error) { try session.add(trade) }
        }
        try report.add(trade(2_000))
        #expect(report.total.tally.trades == 2 && session.core.tally.trades == 1)
    }

    @Test func columnsThatDoNotFitTogetherAreRefused() throws {
        func columns(_ profits: [Int64], _ closes: [Int64], _ symbols: [UInt8], _ sides: [UInt8]) throws {
            _ = try TradeColumns(
                start: 1, profits: profits, closes: closes, symbols: [Symbol("R_100")!], symbolPlaces: symbols, sides: [Label("x")!], sidePlaces: sides)
        }
        try columns([1, 2], [5, 5], [0, 0], [0, 0])
        #expect(throws: FiguresError.unevenColumns(row: 1)) { try columns([1, 2], [5], [0, 0], [0, 0]) }
        #expect(throws: FiguresError.unevenColumns(row: 1)) { try columns([1, 2], [5, 5], [0, 1], [0, 0]) }
        #expect(throws: FiguresError.unevenColumns(row: 0)) { try columns([1, 2], [5, 5], [0, 0], [1, 0]) }
        #expect(throws: FiguresError.outOfOrder(4_000, after: 5_000)) { try columns([1, 2], [5, 4], [0, 0], [0, 0]) }
        #expect(throws: FiguresError.noSuchTime(-5_000)) { try columns([1, 2], [-5, 4], [0, 0], [0, 0]) }
        #expect(throws: FiguresError.noSuchTime(.max / 1_000 * 1_000)) { try columns([1, 2], [5, .max], [0, 0], [0, 0]) }
        #expect(throws: FiguresError.outOfOrder(0, after: 5_000)) { try columns([1, 2, 3], [5, .min, 9], [0, 0, 0], [0, 0, 0]) }
        #expect(throws: FiguresError.amountTooLarge(.max)) { try columns([1, .max], [5, 5], [0, 0], [0, 0]) }
    }
}
