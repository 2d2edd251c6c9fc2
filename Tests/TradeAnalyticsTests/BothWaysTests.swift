// Trade by trade and all at once: the same answer, to the last bit.

import Testing
import TradeAnalytics
import TradingModel

@Suite struct BothWaysTests {
    @Test(arguments: [false, true]) func everyFigureAfterEveryTrade(far: Bool) throws {
        let profits = randomProfits(seed: far ? 2 : 1, 300, far: far)
        var running = try RunningTrades(start: 1_000_000)
        for count in 0...profits.count {
            let whole = try TradePopulation(profits: Array(profits.prefix(count)), start: 1_000_000), population = running.population
            #expect(population == whole)
            for figure in TradeFigures.all { #expect(figure.value(of: population) == figure.value(of: whole), "\(figure.key) after \(count)") }
            if count < profits.count { try running.add(profits[count]) }
        }
    }

    /// Past the point where profits are counted instead of kept.
    @Test(arguments: [4_095, 4_096, 4_097, 20_000]) func manyTrades(count: Int) throws {
        for far in [false, true] {
            let profits = randomProfits(seed: UInt64(count), count, far: far)
            #expect(try streamed(profits) == TradePopulation(profits: profits, start: 1_000_000))
        }
    }

    /// With counters, and with profits that spread too wide for them.
    @Test(arguments: [false, true]) func everyPopulationOfAReport(far: Bool) throws {
        var random = SeededRandom(seed: 9)
        var time: Int64 = 1_700_000_000
        let trades = randomProfits(seed: 3, 5_000, far: far).map { profit in
            time += random.pick(0...40_000)
            return ClosedTrade(
                symbol: Symbol("R_\(random.pick(1...7))")!, side: Label(random.pick(0...1) == 0 ? "CALL" : "PUT")!, closedAt: Timestamp(seconds: time),
                stake: 1,
                profit: profit)
        }
        // Nine hours ahead, so that days do not end where UTC's do.
        let calendar = TradingCalendar(zone: Label("Asia/Tokyo")!, rules: [.init(from: Timestamp(milliseconds: .min), offsetSeconds: 32_400)])
        for calendar in [TradingCalendar.utc, calendar] {
            var running = try RunningReport(start: 1_000_000_000_000, calendar: calendar)
            for trade in trades { try running.add(trade) }
            let whole = FiguresReport(try TradeColumns(trades, start: 1_000_000_000_000), calendar: calendar)
            #expect(running.report == whole)
            #expect(running.report.bySymbol.count == 7 && whole.days.days > 1_000)
        }
    }

    @Test func anEmptyReport() throws {
        let running = try RunningReport(start: 5).report, whole = FiguresReport(try TradeColumns([], start: 5))
        #expect(running == whole && running.days.days == 0 && running.bySymbol.isEmpty)
    }
}
