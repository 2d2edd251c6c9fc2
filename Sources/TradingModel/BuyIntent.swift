/// What we mean to buy, written before it is sent. It is sent at most once.
public struct BuyIntent: Hashable, Sendable, Codable {
    public let id: IntentID
    public let account: AccountID
    public let terms: ContractTerms
    public let stake: Stake
    public let intendedAt: Timestamp
    /// The trading day it is charged to.
    public let day: TradingDay

    public init(id: IntentID, account: AccountID, terms: ContractTerms, stake: Stake, intendedAt: Timestamp, day: TradingDay) {
        (self.id, self.account, self.terms, self.stake, self.intendedAt, self.day) = (id, account, terms, stake, intendedAt, day)
    }
}
