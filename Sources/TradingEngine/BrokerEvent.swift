public import TradingModel

/// What a broker's line can tell about one account.
public enum BrokerEvent: Hashable, Sendable {
    /// Logged in and subscribed. `newest` is the newest booking of the statement, when there is one.
    case lineUp(balance: Money, newest: TransactionID?)
    /// The connection is closed. `clean` says that our side closed it or heard it close, so nothing written on it is
    /// still on its way through a dead process or a broken network.
    case lineDown(cause: Label, clean: Bool)
    /// The broker does not take the token; waiting does not help.
    case loginRefused(code: Label)
    /// The line is not to be trusted with a buy until then at least: it failed again and again, or no call is left.
    case circuitOpened(cause: Label, until: Timestamp)
    case circuitClosed
    case offers(Symbol, [Offer])
    /// What a contract would pay for a stake, or why the broker does not say.
    case quoted(ContractTerms, stake: Money, payout: Money)
    case quoteRefused(ContractTerms, stake: Money, Rejection)
    case bought(IntentID, Contract, balance: Money)
    /// Surely not bought: the answer is one that the broker gives before it executes anything.
    case buyRejected(IntentID, Rejection)
    /// An answer from which we cannot tell.
    case buyUnclear(IntentID, code: Label)
    /// No byte of it left this process, and none will.
    case notSent(IntentID)
    /// A booking as it happened.
    case booked(Booking)
    /// How a contract stands; nil while it runs.
    case contractSeen(ContractID, settlement: Settlement?)
    case lookedUp(Findings)
}

/// One row of the broker's ledger.
public struct Booking: Hashable, Sendable, Codable {
    public enum Action: UInt8, Hashable, Sendable, Codable { case buy, sell, other }
    public var transaction: TransactionID
    public var action: Action
    public var contract: ContractID?
    /// Negative for purchases.
    public var amount: Money
    public var balanceAfter: Money
    public var at: Timestamp
    /// For purchases read from the statement: what it would pay, and the intents that it may be, by everything that
    /// can be compared.
    public var payout: Money?
    public var mayBe: [IntentID]

    public init(
        transaction: TransactionID, action: Action, contract: ContractID?, amount: Money, balanceAfter: Money, at: Timestamp,
        payout: Money? = nil, mayBe: [IntentID] = []
    ) {
        (self.transaction, self.action, self.contract, self.amount) = (transaction, action, contract, amount)
        (self.balanceAfter, self.at, self.payout, self.mayBe) = (balanceAfter, at, payout, mayBe)
    }
}

/// What one look-up found.
public struct Findings: Hashable, Sendable {
    /// Broker time just before the first question of this look-up left.
    public var askedAt: Timestamp
    /// Every booking after the anchor, oldest first.
    public var bookings: [Booking]
    /// The rows form a chain of balances from the anchor to the balance that was read after them: nothing that was
    /// booked is missing.
    public var chainCloses: Bool
    /// The balance that was read, and the newest booking it contains.
    public var balance: Money
    public var newest: TransactionID?
    /// The intents that it was asked about.
    public var about: [IntentID]

    public init(askedAt: Timestamp, bookings: [Booking], chainCloses: Bool, balance: Money, newest: TransactionID?, about: [IntentID]) {
        (self.askedAt, self.bookings, self.chainCloses) = (askedAt, bookings, chainCloses)
        (self.balance, self.newest, self.about) = (balance, newest, about)
    }
}
