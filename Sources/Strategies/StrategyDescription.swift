public import TradingModel

/// What a person needs to know to choose a built-in strategy.
public struct StrategyDescription: Sendable {
    public let name: Label
    /// One line, without a promise.
    public let purpose: String
    public let parameters: [ParameterDescription]
    /// What the previous system called the strategy that this one stands for, if it had it.
    public let previousName: String?
    /// The parameters that say what it meant there, where they are not the defaults.
    public let previousParameters: [StrategyParameter]
    let make: @Sendable (StrategySettings) throws(StrategyChoiceError) -> any Strategy

    init(
        name: Label, purpose: String, parameters: [ParameterDescription], previousName: String? = nil, previously: [StrategyParameter] = [],
        make: @escaping @Sendable (StrategySettings) throws(StrategyChoiceError) -> any Strategy
    ) {
        (self.name, self.purpose, self.parameters, self.make) = (name, purpose, parameters, make)
        (self.previousName, previousParameters) = (previousName, previously)
    }
}

/// One number that a strategy can be set to.
public struct ParameterDescription: Hashable, Sendable {
    public let name: Label
    public let range: ClosedRange<Int64>
    /// What it is when the choice does not say.
    public let defaultValue: Int64
    /// What it means, in one line.
    public let purpose: String

    init(_ name: StaticString, _ range: ClosedRange<Int64>, default defaultValue: Int64, _ purpose: String) {
        precondition(range.contains(defaultValue), "the default of \(name) is out of its range")
        (self.name, self.range, self.defaultValue, self.purpose) = (Label("\(name)")!, range, defaultValue, purpose)
    }
}
