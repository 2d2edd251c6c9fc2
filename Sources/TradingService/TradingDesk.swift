public import TradingEngine
public import TradingModel
public import TradingPorts

/// What the API talks to: it hands requests to the loop and gives back what came of them, once that is durable.
public protocol TradingDesk: Sendable {
    var reads: any ReadModels { get }
    /// The log of what was done.
    var audit: any AuditDesk { get }
    /// What the broker tells anybody of prices.
    var market: any Market { get }
    /// The time that decisions are stamped with.
    var clock: TradingClock { get }
    /// Hands an input to the loop and waits for its answer. Throws when the inbox is full or the loop has ended.
    /// - Parameters:
    ///   - mayRaise: whoever asks has shown to be the person whose money it is; without that nothing is done that lets more be lost.
    ///   - origin: what a signal came in, to be kept with its acceptance.
    func submit(_ event: Input.Event, mayRaise: Bool, origin: SignalOrigin?) async throws(DeskError) -> Answer.Outcome
    /// Waits until no session has this signal pending any more and the broker has answered every buy that followed it, at
    /// most so many seconds of this machine.
    func waitForOutcome(of signal: SignalID, owner: OwnerID, atMostSeconds: Int) async throws
    /// Checks a token at the broker, seals it, and records its account (again: the token is replaced). With `only` nothing
    /// is kept of a token that is another account's: `AccountError.otherAccount`.
    func addAccount(_ token: Secret, owner: OwnerID, only: AccountID?, by: Label) async throws(AccountError) -> AccountRow
    /// Checks the token we hold for an account at the broker.
    func checkAccount(_ account: AccountID, owner: OwnerID) async throws(AccountError) -> CheckedToken
    /// Removes an account and forgets its token.
    func removeAccount(_ account: AccountID, owner: OwnerID, by: Label) async throws(AccountError)
    /// Makes sure the engine knows this zone's days. False: there is no such zone.
    func prepare(zone: Label) async throws(DeskError) -> Bool
    /// Facts of an owner as they become durable, each with its owner sequence; the stream ends with nil when the reader
    /// has fallen behind by more than the feed holds.
    func facts(of owner: OwnerID) -> FactSubscription
    /// What an open contract would yield if it ended now, as the broker said last; nil before it has, and once it has ended.
    func openProfit(of contract: ContractID) -> Money?
    /// Broker seconds from one comparison of a trading account with the broker's statement to the next.
    var comparesEverySeconds: Int64 { get }
    func health() -> DeskHealth
}

extension TradingDesk {
    /// For what nobody has shown to be a person's wish.
    public func submit(_ event: Input.Event, origin: SignalOrigin? = nil) async throws(DeskError) -> Answer.Outcome {
        try await submit(event, mayRaise: false, origin: origin)
    }
    public func submit(_ event: Input.Event, mayRaise: Bool) async throws(DeskError) -> Answer.Outcome {
        try await submit(event, mayRaise: mayRaise, origin: nil)
    }
}

public enum DeskError: Error, Sendable, Hashable {
    /// The inbox holds all it can: try again in a moment. Nothing was done.
    case overloaded
    /// The server is ending.
    case closed
}

public enum AccountError: Error, Sendable, Hashable {
    case broker(BrokerCheckError)
    case declined(Decline)
    case desk(DeskError)
    /// The key ring or the vault failed; what it said is in the log.
    case vault
    case notFound
    /// The token is of another account than the one it was to be of; nothing was kept.
    case otherAccount
}

/// Whether the parts of the server work.
public struct DeskHealth: Sendable, Hashable {
    public struct Part: Sendable, Hashable {
        public var name: String
        public var isWell: Bool
        public var detail: String
        public init(name: String, isWell: Bool, detail: String) { (self.name, self.isWell, self.detail) = (name, isWell, detail) }
    }
    public var parts: [Part]
    /// Ready to take requests: restored, and the loop runs.
    public var isReady: Bool
    public init(parts: [Part], isReady: Bool) { (self.parts, self.isReady) = (parts, isReady) }
}
