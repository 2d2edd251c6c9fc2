public import TradingModel

/// One line of the ledger. Lines are only added; `balanceAfter` is the account's balance after the line before it, plus `amount`.
public struct Booking: Hashable, Sendable {
    public enum Action: UInt8, Hashable, Sendable {
        case buy
        /// A settlement; its amount is 0 when the contract was lost.
        case sell
        /// Money that a virtual account is given.
        case virtualCredit
    }
    public let id: TransactionID
    public let login: Label
    public let action: Action
    /// Negative when it leaves the account.
    public let amount: Money
    public let balanceAfter: Money
    public let contract: ContractID?
    public let time: Timestamp

    public init(id: TransactionID, login: Label, action: Action, amount: Money, balanceAfter: Money, contract: ContractID?, time: Timestamp) {
        (self.id, self.login, self.action, self.amount) = (id, login, action, amount)
        (self.balanceAfter, self.contract, self.time) = (balanceAfter, contract, time)
    }
}

/// One account at the broker. Its positions in the ledger and among the contracts are kept, so that a statement of one
/// account never walks over the others'.
public struct BrokerAccount: Hashable, Sendable {
    public let login: Label
    /// False for an account with real money.
    public let isVirtual: Bool
    public let openedAt: Timestamp
    /// What its owner is known by; nil when nobody is told from others.
    public let owner: UInt64?
    public internal(set) var balance: Money
    /// Indices into the broker's `ledger`, ascending.
    public internal(set) var bookings: [Int] = []
    /// Indices into the broker's `contracts`, ascending.
    public internal(set) var contracts: [Int] = []

    public init(login: Label, isVirtual: Bool, openedAt: Timestamp, owner: UInt64? = nil, currency: Currency) {
        (self.login, self.isVirtual, self.openedAt, self.owner, balance) = (login, isVirtual, openedAt, owner, .zero(currency))
    }
}
