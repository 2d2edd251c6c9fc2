/// What the user chose for a session.
public struct SessionPlan: Hashable, Sendable, Codable {
    public var name: Label
    public var criteria: SignalCriteria
    /// Built-in strategies that run on the criteria's symbols. With none the session only follows signals.
    public var strategies: [StrategyChoice]
    public var stakeRule: StakeRule
    public var limits: RiskLimits
    /// For signals that name no duration.
    public var duration: ContractDuration
    /// Contracts that may run at once, unanswered buys included; 1 to 100.
    public var openContracts: Int32
    /// The zone whose civil days are the trading days.
    public var zone: Label
    /// The least that a won contract must pay, stake included, in basis points of the stake: 19,000 is 1.90 for each 1.00.
    /// 10,001 to 1,000,000; nil buys at whatever it pays.
    public var leastPayoutBasisPoints: Int64?

    public static let strategiesMost = 8
    /// 100 times the stake.
    public static let leastPayoutMost: Int64 = 1_000_000

    public init(
        name: Label, criteria: SignalCriteria = SignalCriteria(), strategies: [StrategyChoice] = [], stakeRule: StakeRule,
        limits: RiskLimits = RiskLimits(), duration: ContractDuration = .ticks(5), openContracts: Int32 = 1, zone: Label = Label("UTC")!,
        leastPayoutBasisPoints: Int64? = nil
    ) {
        (self.name, self.criteria, self.strategies, self.stakeRule, self.limits) = (name, criteria, strategies, stakeRule, limits)
        (self.duration, self.openContracts, self.zone) = (duration, openContracts, zone)
        self.leastPayoutBasisPoints = leastPayoutBasisPoints
    }
}

/// A built-in strategy by name, with its parameters.
public struct StrategyChoice: Hashable, Sendable, Codable {
    public var name: Label
    public var parameters: [StrategyParameter]
    public init(name: Label, parameters: [StrategyParameter] = []) { (self.name, self.parameters) = (name, parameters) }
}

/// One number that a strategy is set to.
public struct StrategyParameter: Hashable, Sendable, Codable {
    public var name: Label
    public var value: Int64
    public init(name: Label, value: Int64) { (self.name, self.value) = (name, value) }
}
