public import TradingEngine
public import TradingModel

/// What the API may ask of the store. Every question names its owner, so nobody sees another's; each uses an index.
public protocol ReadModels: Sendable {
    func signals(_ owner: OwnerID, _ page: Page<SignalFilter>) async throws -> PageOf<SignalRow>
    func signal(_ id: SignalID, owner: OwnerID) async throws -> SignalRow?
    func sessions(_ owner: OwnerID, _ page: Page<SessionFilter>) async throws -> PageOf<SessionRow>
    func session(_ id: SessionID, owner: OwnerID) async throws -> SessionRow?
    func accounts(_ owner: OwnerID) async throws -> [AccountRow]
    func account(_ id: AccountID, owner: OwnerID) async throws -> AccountRow?
    func trades(_ owner: OwnerID, _ page: Page<TradeFilter>) async throws -> PageOf<TradeRow>
    func trade(_ id: IntentID, owner: OwnerID) async throws -> TradeRow?
    /// Refusals of a session by code, counted.
    func refusals(_ session: SessionID, owner: OwnerID) async throws -> [RefusalCount]
    func isEmergencyStopped(_ owner: OwnerID) async throws -> Bool

    /// Facts of an owner after `ownerSequence`, at most `limit`, in order.
    func facts(_ owner: OwnerID, after ownerSequence: Int64, limit: Int) async throws -> [JournalEntry]
    /// The owner's newest fact, 0 when there is none.
    func newestFact(_ owner: OwnerID) async throws -> Int64

    /// Whose key this is, by the SHA-256 of its text.
    func owner(keyHash: [UInt8]) async throws -> OwnerID?
    /// What was answered to this key before; nil when it is new.
    func remembered(_ owner: OwnerID, idempotencyKey: String) async throws -> RememberedAnswer?
    /// Keeps an answer for a day. A key that is there already stays as it is.
    func remember(_ owner: OwnerID, idempotencyKey: String, _ answer: RememberedAnswer) async throws
    /// A number never given before, for a new account or session.
    func newID() async throws -> Int64
}

/// Cursor paging: `after` is what the last page gave as `next`.
public struct Page<Filter: Sendable>: Sendable {
    public var filter: Filter
    public var after: String?
    /// 1 to 500.
    public var limit: Int
    public init(_ filter: Filter, after: String? = nil, limit: Int = 50) { (self.filter, self.after, self.limit) = (filter, after, limit) }
}

public struct PageOf<Row: Sendable>: Sendable {
    public var rows: [Row]
    /// Nil on the last page.
    public var next: String?
    public init(rows: [Row], next: String?) { (self.rows, self.next) = (rows, next) }
}

/// A cursor that is none of ours.
public struct InvalidCursor: Error, Sendable { public init() {} }

public struct SignalFilter: Sendable {
    public var status: SignalStatus?
    public init(status: SignalStatus? = nil) { self.status = status }
}
public struct SessionFilter: Sendable {
    public var phase: String?
    public init(phase: String? = nil) { self.phase = phase }
}
public struct TradeFilter: Sendable {
    public var session: SessionID?
    public init(session: SessionID? = nil) { self.session = session }
}

/// What has become of a signal over all sessions: pending while one may still follow it.
public enum SignalStatus: String, Sendable, Hashable, CaseIterable { case pending, intended, refused, expired, cancelled }

public struct SignalRow: Sendable, Hashable {
    public var signal: Signal
    public var acceptedAt: Timestamp
    public var status: SignalStatus
    public var decisions: [SignalDecisionRow]
    public init(signal: Signal, acceptedAt: Timestamp, status: SignalStatus, decisions: [SignalDecisionRow]) {
        (self.signal, self.acceptedAt, self.status, self.decisions) = (signal, acceptedAt, status, decisions)
    }
}

public struct SignalDecisionRow: Sendable, Hashable {
    public var session: SessionID?
    public var status: SignalStatus
    public var refusal: Refusal?
    public var at: Timestamp
    public init(session: SessionID?, status: SignalStatus, refusal: Refusal?, at: Timestamp) {
        (self.session, self.status, self.refusal, self.at) = (session, status, refusal, at)
    }
}

/// A session as it stands, with every figure.
public struct SessionRow: Sendable, Hashable {
    public var session: Session
    public init(session: Session) { self.session = session }
}

public struct AccountRow: Sendable, Hashable {
    public var id: AccountID
    public var owner: OwnerID
    public var profile: AccountProfile
    public var line: Account.Line
    public var balance: Money
    public var reserved: Money
    public var openExposure: Money
    public var openContracts: Int32
    public var isInDoubt: Bool
    public var limits: ExposureLimits
    public init(_ account: Account) {
        (id, owner, profile, line, balance) = (account.id, account.owner, account.profile, account.line, account.balance)
        (reserved, openExposure, openContracts, isInDoubt, limits) = (account.reserved, account.openExposure, account.openContracts, account.isInDoubt, account.limits)
    }
    public init(id: AccountID, owner: OwnerID, profile: AccountProfile, line: Account.Line, balance: Money, reserved: Money, openExposure: Money,
                openContracts: Int32, isInDoubt: Bool, limits: ExposureLimits) {
        (self.id, self.owner, self.profile, self.line, self.balance, self.reserved) = (id, owner, profile, line, balance, reserved)
        (self.openExposure, self.openContracts, self.isInDoubt, self.limits) = (openExposure, openContracts, isInDoubt, limits)
    }
}

/// One round trip: intent, contract and settlement.
public struct TradeRow: Sendable, Hashable {
    public var intent: BuyIntent
    public var owner: OwnerID
    public var source: Label?
    public var strategy: Label?
    public var state: TradeState
    public var rejection: Rejection?
    public var contract: Contract?
    public var settlement: Settlement?
    /// Payout less price, once settled.
    public var profit: Money? { settlement.flatMap { settlement in contract.map { settlement.payout - $0.price } } }
    public init(intent: BuyIntent, owner: OwnerID, source: Label?, strategy: Label?, state: TradeState, rejection: Rejection? = nil,
                contract: Contract? = nil, settlement: Settlement? = nil) {
        (self.intent, self.owner, self.source, self.strategy, self.state) = (intent, owner, source, strategy, state)
        (self.rejection, self.contract, self.settlement) = (rejection, contract, settlement)
    }
}

public enum TradeState: String, Sendable, Hashable, CaseIterable {
    /// Sent or about to be.
    case intended
    case unsent, rejected
    case inDoubt = "in_doubt", ambiguous, abandoned
    case open, settled
}

public struct RefusalCount: Sendable, Hashable {
    public var strategy: Label?
    public var refusal: Refusal
    public var count: Int64
    public var lastAt: Timestamp
    public init(strategy: Label?, refusal: Refusal, count: Int64, lastAt: Timestamp) {
        (self.strategy, self.refusal, self.count, self.lastAt) = (strategy, refusal, count, lastAt)
    }
}

/// The answer that a request with an `Idempotency-Key` got, to be given again.
public struct RememberedAnswer: Sendable, Hashable {
    /// SHA-256 of method, path and body: the same key with another request is a mistake.
    public var requestHash: [UInt8]
    public var status: Int
    public var body: [UInt8]
    public init(requestHash: [UInt8], status: Int, body: [UInt8]) { (self.requestHash, self.status, self.body) = (requestHash, status, body) }
}
