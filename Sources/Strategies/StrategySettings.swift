import TradingModel

/// A value for every parameter of one strategy, each in its range. Holding one means that the choice was checked;
/// what two parameters must be to each other is for the strategy to check.
struct StrategySettings {
    private var values: [(name: Label, value: Int64)] = []

    init(_ choice: StrategyChoice, of description: StrategyDescription) throws(StrategyChoiceError) {
        for (index, given) in choice.parameters.enumerated() {
            func wrong(_ expected: String) -> StrategyChoiceError {
                StrategyChoiceError(strategy: choice.name.text, parameter: given.name.text, value: "\(given.value)", expected: expected)
            }
            guard let parameter = description.parameters.first(where: { $0.name == given.name }) else {
                throw wrong("a parameter of \(description.name): \(description.parameters.map(\.name.text).joined(separator: ", "))")
            }
            guard !choice.parameters[..<index].contains(where: { $0.name == given.name }) else { throw wrong("each parameter once") }
            guard parameter.range.contains(given.value) else {
                throw wrong("\(parameter.range.lowerBound) to \(parameter.range.upperBound)")
            }
        }
        values = description.parameters.map { parameter in
            (parameter.name, choice.parameters.first { $0.name == parameter.name }?.value ?? parameter.defaultValue)
        }
    }

    /// The value of a parameter of this strategy.
    subscript(_ name: StaticString) -> Int64 {
        let label = Label("\(name)")!
        guard let setting = values.first(where: { $0.name == label }) else { preconditionFailure("no parameter \(name) is described") }
        return setting.value
    }
}
