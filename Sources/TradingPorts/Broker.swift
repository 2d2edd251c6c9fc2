public import TradingEngine
public import TradingModel

/// The broker as the running shell sees it: commands go in, events and ticks come out by the sinks it was made with.
public protocol Broker: Sendable {
    /// Takes a command and returns at once. False: it is full or closed, and nothing of the command will ever leave.
    func offer(_ command: BrokerCommand) -> Bool
    /// Calls `done` once every buy that was offered before for these accounts has left whole, or is certain never to
    /// leave: from then on not a byte of them goes out. A stop is acknowledged after that, so a line that takes nothing any
    /// more is given up within a second. `done` comes at once or on the lines' own threads, and returns at once.
    func whenBuysHaveLeft(_ accounts: [AccountID], _ done: @escaping @Sendable () -> Void)
    /// The symbols whose ticks are wanted on an account's line, and how many past ones to begin with. The `fresh` ones
    /// have a new listener: their past ticks are wanted although they may be streaming already.
    func follow(_ account: AccountID, ticksOf symbols: [Symbol], past: Int, fresh: [Symbol])
    /// Logs in once with a token, says whose it is, and logs out.
    func check(_ token: Secret) async throws(BrokerCheckError) -> CheckedToken
}

/// What the broker says of a token.
public struct CheckedToken: Sendable, Hashable {
    public var profile: AccountProfile
    public var balance: Money
    public var scopes: [String]
    public init(profile: AccountProfile, balance: Money, scopes: [String]) { (self.profile, self.balance, self.scopes) = (profile, balance, scopes) }
}

public enum BrokerCheckError: Error, Sendable, Hashable {
    /// The broker does not take the token; its own code.
    case refused(code: String)
    /// It may read but not trade, or may do more than we accept (payments, admin).
    case scopes(missing: [String], forbidden: [String])
    /// No answer within the time given.
    case unreachable(String)
    /// An answer that makes no sense.
    case unusable(String)
}

/// Prices as they come, with the symbol's decimals; `isPast` marks those that were fetched for a strategy to warm up.
public struct TickBatch: Sendable {
    public var account: AccountID
    public var ticks: [Tick]
    public var isPast: Bool
    public init(account: AccountID, ticks: [Tick], isPast: Bool) { (self.account, self.ticks, self.isPast) = (account, ticks, isPast) }
}

/// Where a broker's events go.
public struct BrokerSinks: Sendable {
    public var event: @Sendable (AccountID, BrokerEvent) -> Void
    public var ticks: @Sendable (TickBatch) -> Void
    /// What an open contract would yield now: a reading, of which the last one counts.
    public var openProfit: @Sendable (ContractID, Money) -> Void
    public init(
        event: @escaping @Sendable (AccountID, BrokerEvent) -> Void, ticks: @escaping @Sendable (TickBatch) -> Void,
        openProfit: @escaping @Sendable (ContractID, Money) -> Void = { _, _ in }
    ) {
        (self.event, self.ticks, self.openProfit) = (event, ticks, openProfit)
    }
}
