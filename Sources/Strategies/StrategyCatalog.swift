public import TradingModel

/// The built-in strategies by name: what can be chosen, and from a choice to a strategy that runs.
public enum StrategyCatalog {
    /// Every built-in strategy, in order of name. A new one is a file and a line here.
    public static let all: [StrategyDescription] = [
        Signalist3C.description, Crossover.description, Digits.description, EvenOdd.description, RiseFall.description,
    ]

    /// The strategy that the previous system knew by a name, as it was meant there: `EvenOdd` is `even-odd` that follows two
    /// digits. Nil when it had none such.
    public static func choice(previously name: some StringProtocol) -> StrategyChoice? {
        all.first { $0.previousName.map { $0 == String(name) } ?? false }.map { StrategyChoice(name: $0.name, parameters: $0.previousParameters) }
    }

    /// A fresh strategy as chosen. Parameters that are not named take their defaults.
    /// - Throws: what is wrong with the choice: an unknown name or parameter, one that is named twice, a value out of range.
    public static func strategy(for choice: StrategyChoice) throws(StrategyChoiceError) -> any Strategy {
        guard let description = all.first(where: { $0.name == choice.name }) else {
            let names = all.map(\.name.text).joined(separator: ", ")
            throw StrategyChoiceError(strategy: choice.name.text, parameter: nil, value: choice.name.text, expected: "one of \(names)")
        }
        return try description.make(StrategySettings(choice, of: description))
    }
}
