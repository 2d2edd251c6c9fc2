import ArgumentParser
import Foundation
import TradeAnalytics
import TradingModel

/// Works out the figures of a list of trades in a file.
struct FiguresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figures", abstract: "Work out the figures of trades in a CSV file.",
        discussion: """
            The file begins with the line \(TradeLine.header)
            and has one settled trade a line, in order of close_epoch: times in seconds since 1970, amounts with a point and no more decimals \
            than the currency has, no quotes. A line that is not so is named with its place, and nothing is worked out.

            Days are those of UTC. Every population starts from the same balance. What is undefined, such as a profit factor without a loss, \
            is null. docs/figures.md says what each figure means.
            """)

    @Argument(help: "The file; - reads standard input.") var trades: String
    @Option(help: "The balance before the first trade.") var start: String
    @Option(help: "Days of a year, 252 or 365; both when not given.") var days: Int?
    @Option(help: "Decimals of the currency, 0 to 8.") var decimals = 2
    @Flag(help: "One JSON object with the keys by_hand_trades, by_hand_daily, by_symbol and by_side.") var json = false

    var startBalance: Int64? {
        Decimals.units(start, decimals: decimals).flatMap { (1...Money.most).contains($0) ? $0 : nil }
    }

    func validate() throws {
        guard (0...8).contains(decimals) else { throw ValidationError("--decimals \(decimals): expected 0 to 8") }
        guard startBalance != nil else {
            throw ValidationError(
                "--start \(start): expected an amount above zero, with \(decimals) decimals at most, no more than 10^12 of its smallest units")
        }
        guard days.map([252, 365].contains) ?? true else { throw ValidationError("--days \(days ?? 0): expected 252 or 365") }
    }

    func run() throws {
        guard let startBalance else { throw ValidationError("--start \(start): expected an amount above zero") }
        var reader = TradeFileReader(path: trades, start: startBalance, decimals: decimals)
        let report: FiguresReport
        do {
            report = try reader.read()
        } catch {
            Terminal.note("\(error)")
            throw ExitCode.failure
        }
        let years = days.map { [$0] } ?? [252, 365]
        Terminal.line(json ? FiguresJSON.text(report, years: years, decimals: decimals) : FiguresText.text(report, years: years, decimals: decimals))
    }
}
