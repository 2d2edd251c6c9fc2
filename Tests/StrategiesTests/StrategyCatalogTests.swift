import Foundation
import Strategies
import Testing
import TradingModel

@Suite struct StrategyCatalogTests {
    @Test func everyStrategyRunsWithItsDefaults() throws {
        #expect(StrategyCatalog.all.map(\.name.text) == ["Signalist-SMA-3C", "crossover", "digits", "even-odd", "rise-fall"])
        #expect(StrategyCatalog.all.map(\.name) == StrategyCatalog.all.map(\.name).sorted())
        for description in StrategyCatalog.all {
            let strategy = try StrategyCatalog.strategy(for: StrategyChoice(name: description.name))
            #expect(type(of: strategy).name == description.name)
            #expect(strategy.warmUpTicks > 0)
            #expect(!description.purpose.isEmpty && !description.purpose.contains("\n"))
        }
    }

    @Test func theParametersAreTheDocumentedOnes() {
        let lines = StrategyCatalog.all.flatMap { strategy in strategy.parameters.map { "\(strategy.name) \($0.name) \($0.range) \($0.defaultValue)" } }
        #expect(
            lines == [
                "Signalist-SMA-3C minutes 1...60 5", "Signalist-SMA-3C smaPeriod 2...200 50", "Signalist-SMA-3C smaPeriod2 0...500 0",
                "Signalist-SMA-3C crossLookback 1...50 8", "Signalist-SMA-3C trendConfirmation 0...1 1", "Signalist-SMA-3C trendSMA 2...200 21",
                "Signalist-SMA-3C spikeDetection 0...1 0", "Signalist-SMA-3C spikeBasisPoints 1...1000 50",
                "Signalist-SMA-3C dojiBasisPoints 0...1000 10",
                "crossover fast 2...200 5", "crossover slow 3...500 20", "crossover ticks 1...10 5",
                "digits lookback 5...200 10", "digits threshold 2...200 3", "digits ticks 1...10 5",
                "even-odd ticks 1...5 1", "even-odd streak 2...10 3", "even-odd follow 0...1 0",
                "rise-fall lookback 3...200 5", "rise-fall ticks 1...10 5",
            ])
    }

    @Test func everyStrategyHasAPageWithItsParameters() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        for strategy in StrategyCatalog.all {
            let page = try String(contentsOf: root.appending(path: "docs/strategies/\(strategy.name.text.lowercased()).md"), encoding: .utf8)
            let rows = page.split(separator: "\n").compactMap { $0.firstMatch(of: /^\| (`\w+` \| \d+ to \d+ \| \d+) \|/).map { String($0.1) } }
            let parameters = strategy.parameters.map { "`\($0.name)` | \($0.range.lowerBound) to \($0.range.upperBound) | \($0.defaultValue)" }
            #expect(rows.sorted() == parameters.sorted(), "\(strategy.name)")
            #expect(page.hasPrefix("# \(strategy.name)\n"))
        }
    }

    @Test func theEndsOfEachRangeAreTaken() throws {
        for (name, parameters) in [
            ("digits", ["lookback": 5, "threshold": 5]), ("digits", ["lookback": 200, "threshold": 200, "ticks": 10]),
            ("rise-fall", ["lookback": 3, "ticks": 1]), ("rise-fall", ["lookback": 200, "ticks": 10]),
            ("Signalist-SMA-3C", ["minutes": 1, "smaPeriod": 2, "smaPeriod2": 2, "crossLookback": 1, "trendSMA": 2, "spikeBasisPoints": 1]),
            ("Signalist-SMA-3C", ["minutes": 60, "smaPeriod": 200, "smaPeriod2": 500, "crossLookback": 50, "trendSMA": 200, "dojiBasisPoints": 1_000]),
            ("even-odd", ["ticks": 1, "streak": 2]), ("even-odd", ["ticks": 5, "streak": 10]),
            ("crossover", ["fast": 2, "slow": 3, "ticks": 1]), ("crossover", ["fast": 200, "slow": 500, "ticks": 10]),
        ]
            as [(String, KeyValuePairs<String, Int64>)]
        { _ = try strategy(name, parameters) }
    }

    @Test(
        arguments: [
            ("even-odd", ["streak": 1], "even-odd: parameters.streak is 1, expected 2 to 10"),
            ("even-odd", ["streak": 11], "even-odd: parameters.streak is 11, expected 2 to 10"),
            ("even-odd", ["ticks": 0], "even-odd: parameters.ticks is 0, expected 1 to 5"),
            ("even-odd", ["ticks": .max], "even-odd: parameters.ticks is 9223372036854775807, expected 1 to 5"),
            ("even-odd", ["ticks": 1, "fast": 3], "even-odd: parameters.fast is 3, expected a parameter of even-odd: ticks, streak, follow"),
            ("even-odd", ["Ticks": 1], "even-odd: parameters.Ticks is 1, expected a parameter of even-odd: ticks, streak, follow"),
            ("even-odd", ["ticks": 1, "ticks": 1], "even-odd: parameters.ticks is 1, expected each parameter once"),
            ("crossover", ["fast": 1], "crossover: parameters.fast is 1, expected 2 to 200"),
            ("crossover", ["slow": -20], "crossover: parameters.slow is -20, expected 3 to 500"),
            ("crossover", ["slow": 501], "crossover: parameters.slow is 501, expected 3 to 500"),
            ("crossover", ["ticks": 11], "crossover: parameters.ticks is 11, expected 1 to 10"),
            ("crossover", ["fast": 20], "crossover: parameters.slow is 20, expected more than fast, which is 20"),
            ("crossover", ["slow": 4], "crossover: parameters.slow is 4, expected more than fast, which is 5"),
            ("digits", ["lookback": 5, "threshold": 6], "digits: parameters.threshold is 6, expected no more than lookback, which is 5"),
            ("Signalist-SMA-3C", ["minutes": 7], "Signalist-SMA-3C: parameters.minutes is 7, expected minutes that divide an hour"),
            ("Signalist-SMA-3C", ["smaPeriod2": 1], "Signalist-SMA-3C: parameters.smaPeriod2 is 1, expected 0 for none, or 2 to 500"),
            ("martingale", [:], "martingale: name is martingale, expected one of Signalist-SMA-3C, crossover, digits, even-odd, rise-fall"),
            ("Crossover", [:], "Crossover: name is Crossover, expected one of Signalist-SMA-3C, crossover, digits, even-odd, rise-fall"),
        ] as [(String, KeyValuePairs<String, Int64>, String)])
    func aWrongChoiceIsRefusedByName(name: String, parameters: KeyValuePairs<String, Int64>, message: String) throws {
        let error = try #require(throws: StrategyChoiceError.self) { try strategy(name, parameters) }
        #expect(error.description == message)
    }

    @Test func previousNamesLeadToTheirStrategies() {
        for (previous, name) in [("Signalist-SMA-3C", "Signalist-SMA-3C"), ("EvenOdd", "even-odd"), ("RiseFall", "rise-fall"), ("Digits", "digits")] {
            #expect(StrategyCatalog.choice(previously: previous)?.name.text == name)
        }
        for unknown in ["even-odd", "evenodd", "", "Crossover"] { #expect(StrategyCatalog.choice(previously: unknown) == nil) }
    }

    @Test func aCopyOfAFreshStrategyStartsAnew() throws {
        let fresh = try strategy("even-odd")
        #expect(wishes(of: fresh, [2, 2]) == [])
        #expect(wishes(of: fresh, [2]) == [], "the ticks before went to another copy")
    }
}
