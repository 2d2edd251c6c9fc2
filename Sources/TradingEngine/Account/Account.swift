public import TradingModel

/// One account at the broker: its money as the broker says it, what is held for unanswered buys, and whether anything
/// may leave at all.
public struct Account: Hashable, Sendable, Codable, Identified {
    public let id: AccountID
    public let owner: OwnerID
    public let profile: AccountProfile
    public internal(set) var isRemoved = false
    /// Its owner lets it trade with real money. Of a virtual account it means nothing.
    public internal(set) var isRealEnabled = false
    public internal(set) var limits = ExposureLimits.none
    public internal(set) var line = Line.down
    /// The circuit of its line is open, until then at least. Nil when it is closed.
    public internal(set) var circuitOpenUntil: Timestamp?
    /// The last balance the broker told, and the booking it followed.
    public internal(set) var balance: Money
    public internal(set) var newestTransaction: TransactionID?
    /// Everything up to this booking is explained. Nil until the account was first seen.
    public internal(set) var anchor: TransactionID?
    public internal(set) var isLookingUp = false
    var lookUpAskedAt: Timestamp?
    /// Look-ups in a row whose rows did not form a chain.
    var failedLookUps: Int32 = 0
    /// Buys whose end is not known, and those given up whose stake is still held, in the order they were intended.
    public internal(set) var unresolved: [UnresolvedBuy] = []
    /// Buys given up whose stake is released: a contract that turns up late is still ours. The newest 64.
    public internal(set) var givenUp: [BuyIntent] = []
    /// Contracts of this account that are explained. It is cut to the newest 256 after a look-up, when nothing is
    /// unresolved: until then a look-up may reach back and meet any of them.
    public internal(set) var known = KnownContracts()
    /// The sessions on it that are live, in the order of their ids.
    public internal(set) var sessions: [SessionID] = []
    /// When one of them came to rest last.
    var restsSince: Timestamp?
    /// Stakes held: for buys without an answer, in doubt, or given up but not yet released.
    public internal(set) var reserved: Money
    /// Price of all open contracts that sessions of ours bought.
    public internal(set) var openExposure: Money
    public internal(set) var openContracts: Int32 = 0
    /// Profit of the UTC day `day`, over all sessions.
    public internal(set) var day: TradingDay
    public internal(set) var profitOfDay: Money
    var endedLately = RecentResults()
    /// Settlements whose booking was not seen yet.
    var unbooked = UnbookedSettlements()

    /// The line to the broker as the engine needs to know it.
    public enum Line: UInt8, Hashable, Sendable, Codable {
        case down
        /// Logged in; what happened meanwhile is being read. Nothing leaves yet.
        case catchingUp
        case up
        /// The broker does not take the token.
        case refused
    }

    /// Whether the last connection was closed in an orderly way.
    var closedCleanly = false

    static let knownMost = 256
    static let givenUpMost = 64

    init(id: AccountID, owner: OwnerID, profile: AccountProfile, day: TradingDay) {
        (self.id, self.owner, self.profile, self.day) = (id, owner, profile, day)
        balance = .zero(profile.currency)
        reserved = balance
        openExposure = balance
        profitOfDay = balance
    }

    /// What may still be staked: the balance less everything held.
    @inlinable public var available: Money { balance - reserved }
    /// Nothing may leave while the outcome of any buy is unknown.
    public var isInDoubt: Bool { unresolved.contains(where: \.isInDoubt) }

    /// An entry of the same owner for the same login at the broker.
    func isTheSame(as other: Account) -> Bool {
        owner == other.owner && profile.broker == other.profile.broker && profile.loginID == other.profile.loginID
    }

    /// It was removed and is added again: what it made today was made by the same account. It moves, so that its owner counts it once. And
    /// the contracts that we know are not somebody else's when the broker's statement shows them late.
    mutating func takeOver(_ before: inout Account) {
        known = before.known
        #if SeededBugs
        if SeededBug.addedAgainIsANewDay.isPlanted { return }
        #endif
        guard profile.currency == before.profile.currency else { return }
        (day, profitOfDay, endedLately) = (before.day, before.profitOfDay, before.endedLately)
        (before.profitOfDay, before.endedLately) = (.zero(profile.currency), RecentResults())
    }

    /// Of the UTC day of this moment.
    func profitOfDay(at now: Timestamp) -> Money {
        var profit = day == now.utcDay ? profitOfDay : Money(minorUnits: endedLately.sum(from: Timestamp(dayOf: now)), currency: profile.currency)
        if endedLately.isAhead(of: now) { profit.minorUnits = endedLately.worse(profit.minorUnits, before: Timestamp(dayOf: now).adding(seconds: 86_400)) }
        return profit
    }
}

/// A buy that was intended and whose reservation still stands.
public struct UnresolvedBuy: Hashable, Sendable, Codable {
    public let intent: BuyIntent
    public internal(set) var state: State
    /// It counts among the trades of the session's present day.
    var countsToday = true
    /// The account's anchor when it was intended: a look-up begins there.
    let anchor: TransactionID?

    public enum State: Hashable, Sendable, Codable {
        /// Sent or about to be; an answer is expected.
        case inFlight
        /// No answer that tells.
        case inDoubt(Doubt)
        /// More than one contract may be it.
        case ambiguous([Contract])
        /// Proven not bought; the stake is held until then, in case the proof was wrong.
        case abandoned(until: Timestamp)
    }

    @inline(__always) public var isInFlight: Bool { if case .inFlight = state { true } else { false } }
    public var isAbandoned: Bool { if case .abandoned = state { true } else { false } }
    public var isInDoubt: Bool {
        switch state {
        case .inDoubt, .ambiguous: true
        case .inFlight, .abandoned: false
        }
    }
}

/// How far the proof has come that a buy did not happen.
public struct Doubt: Hashable, Sendable, Codable {
    /// When the connection that it was written to was known to be closed; nil while it may live.
    public internal(set) var closedAt: Timestamp?
    /// Our side closed it or heard it close.
    public internal(set) var closedCleanly = false
    /// When it was last looked into.
    public internal(set) var lookedAt: Timestamp?
    public internal(set) var looks: Int32 = 0
    /// The first look-up that counts as evidence.
    public internal(set) var provenSince: Timestamp?
}
