public import TradingModel

/// What the broker's line is asked to do. A value that follows from a fact: a test compares it, a simulation delays it,
/// and after a crash the fact asks again where that is safe. `buy` is the one that is never asked twice.
public enum BrokerCommand: Hashable, Sendable {
    /// Keep a line to this account's broker.
    case open(AccountID, AccountProfile)
    case close(AccountID)
    /// Close the socket and come back: whatever was sent on it can no longer be waited for.
    case hangUp(AccountID)
    /// Buy, once. What comes of it arrives as an event.
    case buy(AccountID, BuyIntent)
    /// Tell how this contract stands and when it ends.
    case watch(AccountID, ContractID)
    /// Walk the statement from `anchor` (nil: from the earliest intent) and find what became of these intents.
    case lookUp(AccountID, intents: [BuyIntent], anchor: TransactionID?, since: Timestamp)
    /// What is sold on this symbol?
    case offers(AccountID, Symbol)
    /// What would this contract pay for this stake? An intent with that payout is then bought by the quote's id.
    case quote(AccountID, ContractTerms, stake: Money)

    public var account: AccountID {
        switch self {
        case .open(let account, _), .close(let account), .hangUp(let account), .buy(let account, _), .watch(let account, _),
            .lookUp(let account, _, _, _), .offers(let account, _), .quote(let account, _, _):
            account
        }
    }
}
