/// What the broker sells of one kind on one symbol, as it said itself: the durations and the stakes it takes.
public struct Offer: Hashable, Sendable, Codable {
    public var symbol: Symbol
    public var kind: ContractKind
    public var unit: ContractDuration.Unit
    /// Shortest and longest duration in `unit`.
    public var shortest: Int32
    public var longest: Int32
    public var leastStake: Money
    public var mostStake: Money

    public init(symbol: Symbol, kind: ContractKind, unit: ContractDuration.Unit, shortest: Int32, longest: Int32, leastStake: Money, mostStake: Money) {
        (self.symbol, self.kind, self.unit, self.shortest, self.longest) = (symbol, kind, unit, shortest, longest)
        (self.leastStake, self.mostStake) = (leastStake, mostStake)
    }

    @inlinable
    public func covers(_ terms: ContractTerms) -> Bool {
        symbol == terms.symbol && kind == terms.kind && unit == terms.duration.unit
            && shortest <= terms.duration.count && terms.duration.count <= longest
    }
}
