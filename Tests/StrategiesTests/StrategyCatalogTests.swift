import Strategies
import Testing
import TradingModel

@Suite struct StrategyCatalogTests {
    @Test func everyStrategyRunsWithItsDefaults() throws {
        #expect(StrategyCatalog.all.map(\.name.text) == ["crossover", "even-odd"])
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
                "crossover fast 2...200 5", "crossover slow 3...500 20", "crossover ticks 1...10 5",
                "even-odd ticks 1...5 1", "even-odd streak 2...10 3",
            ])
    }

    @Test func theEndsOfEachRangeAreTaken() throws {
        for (name, parameters) in [
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
            ("even-odd", ["ticks": 1, "fast": 3], "even-odd: parameters.fast is 3, expected a parameter of even-odd: ticks, streak"),
            ("even-odd", ["Ticks": 1], "even-odd: parameters.Ticks is 1, expected a parameter of even-odd: ticks, streak"),
            ("even-odd", ["ticks": 1, "ticks": 1], "even-odd: parameters.ticks is 1, expected each parameter once"),
            ("crossover", ["fast": 1], "crossover: parameters.fast is 1, expected 2 to 200"),
            ("crossover", ["slow": -20], "crossover: parameters.slow is -20, expected 3 to 500"),
            ("crossover", ["slow": 501], "crossover: parameters.slow is 501, expected 3 to 500"),
            ("crossover", ["ticks": 11], "crossover: parameters.ticks is 11, expected 1 to 10"),
            ("crossover", ["fast": 20], "crossover: parameters.slow is 20, expected more than fast, which is 20"),
            ("crossover", ["slow": 4], "crossover: parameters.slow is 4, expected more than fast, which is 5"),
            ("martingale", [:], "martingale: name is martingale, expected one of crossover, even-odd"),
            ("Crossover", [:], "Crossover: name is Crossover, expected one of crossover, even-odd"),
        ] as [(String, KeyValuePairs<String, Int64>, String)])
    func aWrongChoiceIsRefusedByName(name: String, parameters: KeyValuePairs<String, Int64>, message: String) throws {
        let error = try #require(throws: StrategyChoiceError.self) { try strategy(name, parameters) }
        #expect(error.description == message)
    }

    @Test func aCopyOfAFreshStrategyStartsAnew() throws {
        let fresh = try strategy("even-odd")
        #expect(wishes(of: fresh, [2, 2]) == [])
        #expect(wishes(of: fresh, [2]) == [], "the ticks before went to another copy")
    }
}
