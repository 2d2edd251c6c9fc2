/// What we mean to buy, written before it is sent. It is sent at most once.
public struct BuyIntent: Hashable, Sendable, Codable {
    public let id: IntentID
    public let account: AccountID
    public let terms: ContractTerms
    public let stake: Stake
    public let intendedAt: Timestamp
    /// The trading day it is charged to.
    public let day: TradingDay
    /// The payout that the broker quoted for it, in the currency of the stake: it is bought by that quote's id or not at
    /// all. Nil: bought with parameters, whatever it pays.
    public let quotedPayout: Money?

    public init(
        id: IntentID, account: AccountID, terms: ContractTerms, stake: Stake, intendedAt: Timestamp, day: TradingDay, quotedPayout: Money? = nil
    ) {
        (self.id, self.account, self.terms, self.stake, self.intendedAt, self.day) = (id, account, terms, stake, intendedAt, day)
        self.quotedPayout = quotedPayout
    }
}
