/// What the broker sold us, as its receipt says.
public struct Contract: Hashable, Sendable, Codable {
    public var id: ContractID
    public var transaction: TransactionID
    public var price: Money
    /// What it pays when it wins, stake included.
    public var payout: Money
    public var purchasedAt: Timestamp
    public init(id: ContractID, transaction: TransactionID, price: Money, payout: Money, purchasedAt: Timestamp) {
        (self.id, self.transaction, self.price, self.payout, self.purchasedAt) = (id, transaction, price, payout, purchasedAt)
    }
}

/// The broker's final word on a contract.
public struct Settlement: Hashable, Sendable, Codable {
    public var contract: ContractID
    /// The booking that paid it, when the broker named it.
    public var transaction: TransactionID?
    /// What came back, stake included; 0 when lost.
    public var payout: Money
    public var settledAt: Timestamp
    public init(contract: ContractID, transaction: TransactionID?, payout: Money, settledAt: Timestamp) {
        (self.contract, self.transaction, self.payout, self.settledAt) = (contract, transaction, payout, settledAt)
    }
}
