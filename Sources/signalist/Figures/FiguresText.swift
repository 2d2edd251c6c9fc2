import Foundation
import TradeAnalytics
import TradingModel

/// The report as tables for people: all trades, days, and the most asked of each symbol and side.
enum FiguresText {
    static func text(_ report: FiguresReport, years: [Int], decimals: Int) -> String {
        let total = TradeFigures.values(of: report.total)
        let daily = years.map { DailyFigures.values(of: report.days, year: $0) }
        let groups = report.bySymbol.map { ($0.symbol.text, $0.trades) } + report.bySide.map { ($0.side.text, $0.trades) }
        let asked = ["n", "win_rate", "net", "profit_factor", "expectancy", "max_drawdown_abs", "sharpe_per_trade"]
        let rows = groups.map { name, trades in
            let figures = TradeFigures.values(of: trades)
            return [name] + asked.map { key in FiguresText.text(figures.first { $0.key == key }?.value, decimals) }
        }
        return [
            table(["all trades", ""], total.map { [$0.key, text($0.value, decimals)] }),
            table(
                ["days"] + years.map { "a year of \($0)" },
                daily[0].indices.map { place in [daily[0][place].key] + daily.map { text($0[place].value, decimals) } }),
            table(["symbol or side"] + asked, rows),
        ].joined(separator: "\n\n")
    }

    private static func text(_ value: FigureValue?, _ decimals: Int) -> String {
        switch value {
        case .count(let count): "\(count)"
        case .money(let units): Decimals.text(units, decimals: decimals)
        case .amount(let amount): String(format: "%.\(decimals + 2)f", amount / FiguresJSON.unit(decimals))
        case .ratio(let ratio): String(format: "%.6g", ratio)
        case nil: "-"
        }
    }

    /// The first column to the left, numbers to the right.
    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        return ([head] + rows).map { row in
            row.enumerated().map { column, text in
                let space = String(repeating: " ", count: widths[column] - text.count)
                if column > 0 { return space + text }
                return row.count > 1 && row[1].isEmpty ? text : text + space
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
