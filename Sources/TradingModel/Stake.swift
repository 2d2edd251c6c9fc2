/// What a contract costs. Holding one means that the broker's bounds for that contract were checked.
public struct Stake: Hashable, Sendable, Codable {
    public let amount: Money

    @inlinable
    public init?(_ amount: Money, within offer: Offer) {
        guard amount.isPositive, offer.leastStake <= amount, amount <= offer.mostStake else { return nil }
        self.amount = amount
    }

    /// A stake that was checked when its fact was recorded; for reading it back only.
    @inlinable
    public init(recorded amount: Money) { self.amount = amount }
}
