// A thousand trades whose figures were worked out by others' libraries and by hand, outside this project.

import Foundation
import Testing
import TradeAnalytics
import TradingModel

@Suite(.enabled(if: Reference.isHere, "the reference figures are not here: ../shared/data/metrics beside the repository, or in SIGNALIST_SHARED"))
struct ReferenceTests {
    /// Money in minor units to compare with money in units.
    func inUnits(_ figures: [NamedFigure]) -> [String: Double] {
        Dictionary(
            uniqueKeysWithValues: figures.compactMap { figure in
                figure.value.map { value in
                    switch value {
                    case .money, .amount: (figure.key, value.number / 100)
                    case .count, .ratio: (figure.key, value.number)
                    }
                }
            })
    }

    func compare(_ ours: [NamedFigure], _ reference: Any?, _ name: String) throws {
        let reference = try #require(reference as? [String: Double])
        let values = inUnits(ours)
        #expect(Set(reference.keys) == Set(ours.map(\.key)), "\(name)")
        for (key, value) in reference { #expect(agrees(values[key], value), "\(name).\(key): \(values[key] ?? .nan), reference \(value)") }
    }

    func compare(_ report: FiguresReport) throws {
        let reference = try Reference.figures()
        try compare(TradeFigures.values(of: report.total), reference["by_hand_trades"], "total")
        let daily = try #require(reference["by_hand_daily"] as? [String: Any])
        for year in [252, 365] { try compare(DailyFigures.values(of: report.days, year: year), daily["\(year)"], "days of \(year)") }
        let symbols = try #require(reference["by_symbol"] as? [String: Any]), sides = try #require(reference["by_side"] as? [String: Any])
        #expect(Set(symbols.keys) == Set(report.bySymbol.map(\.symbol.text)) && Set(sides.keys) == Set(report.bySide.map(\.side.text)))
        for (symbol, trades) in report.bySymbol { try compare(TradeFigures.values(of: trades), symbols[symbol.text], symbol.text) }
        for (side, trades) in report.bySide { try compare(TradeFigures.values(of: trades), sides[side.text], side.text) }
    }

    @Test func tradeByTradeTheFiguresAreThoseOfTheReference() throws {
        var running = try RunningReport(start: 1_000_000)
        for trade in try Reference.trades() { try running.add(trade) }
        try compare(running.report)
    }

    @Test func allAtOnceTheFiguresAreThoseOfTheReference() throws { try compare(FiguresReport(TradeColumns(Reference.trades(), start: 1_000_000))) }

    @Test func breakdownsByTimeAreThoseOfTheReference() throws {
        var hours = PeriodBreakdown(by: .hourOfDay, calendar: .utc), weekdays = PeriodBreakdown(by: .weekday, calendar: .utc)
        var months = PeriodBreakdown(by: .month, calendar: .utc)
        for trade in try Reference.trades() {
            try hours.add(trade)
            try weekdays.add(trade)
            try months.add(trade)
        }
        let reference = try Reference.figures()
        for (key, breakdown, shift) in [("net_by_hour_utc", hours, 0), ("net_by_weekday_mon0", weekdays, -1)] {
            let nets = try #require(reference[key] as? [String: Double])
            #expect(nets.count == breakdown.rows.count)
            for row in breakdown.rows { #expect(agrees(Double(row.tally.profits.net) / 100, nets["\(Int(row.text)! + shift)"] ?? .nan), "\(key) \(row.text)") }
        }
        let nets = try #require(reference["net_by_month"] as? [String: Double])
        #expect(nets.count == months.rows.count)
        for row in months.rows { #expect(agrees(Double(row.tally.profits.net) / 100, nets[row.text] ?? .nan), "\(row.text)") }
    }

    @Test func theEquityCurveIsThatOfTheReference() throws {
        let trades = try Reference.trades()
        var curve = EquityCurve(start: 1_000_000, startedAt: Timestamp(seconds: 1_700_000_000))
        for trade in trades { try curve.add(trade.profit, at: trade.closedAt) }
        let reference = try #require(try Reference.figures()["equity_curve_every_100_trades"] as? [Double])
        #expect(curve.points.count == trades.count + 1)
        for (index, equity) in reference.enumerated() { #expect(agrees(Double(curve.points[(index + 1) * 100].equity) / 100, equity)) }
    }
}
