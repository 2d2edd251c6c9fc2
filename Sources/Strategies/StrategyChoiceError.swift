/// What is wrong with the choice of a strategy: the field, the value that stands there and what was expected.
public struct StrategyChoiceError: Error, Hashable, Sendable {
    /// The name of the strategy that was chosen.
    public let strategy: String
    /// The parameter that is wrong; nil when it is the strategy's name.
    public let parameter: String?
    public let value: String
    public let expected: String

    public init(strategy: String, parameter: String?, value: String, expected: String) {
        (self.strategy, self.parameter, self.value, self.expected) = (strategy, parameter, value, expected)
    }

    /// The field as an interface names it: `name` or `parameters.streak`.
    public var field: String { parameter.map { "parameters.\($0)" } ?? "name" }
}

extension StrategyChoiceError: CustomStringConvertible {
    /// `even-odd: parameters.streak is 11, expected 2 to 10`
    public var description: String { "\(strategy): \(field) is \(value), expected \(expected)" }
}
