public import TradingModel

// What a person is told about the own way in: what was tried, what was changed, what ends soon.

/// What happened. Words are stable and stand in `docs/people.md`.
public enum NoticeKind: String, Sendable, Hashable, CaseIterable {
    /// Somebody tried to log in with a wrong password.
    case logInRefused = "log_in_refused"
    /// The password was right, the code of the second factor was not.
    case codeRefused = "code_refused"
    /// Somebody who is in typed a wrong password.
    case proofRefused = "proof_refused"
    /// A log in from a network from which there was none before.
    case newNetwork = "new_network"
    case passwordChanged = "password_changed"
    /// A one-time code for another password was made.
    case passwordCodeMade = "password_code_made"
    /// A one-time code set another password.
    case passwordSet = "password_set"
    case secondFactorOn = "second_factor_on"
    case secondFactorOff = "second_factor_off"
    case recoveryCodeUsed = "recovery_code_used"
    case keyMade = "key_made"
    case keyRemoved = "key_removed"
    /// A key for programs ends within a week.
    case keyEnding = "key_ending"
    /// An account has another broker token, or its first.
    case tokenStored = "token_stored"
    case realMoneyOn = "real_money_on"
    case realMoneyOff = "real_money_off"
    case roleChanged = "role_changed"
    case disabled
    case enabled

    /// Strangers can make as many of these as they like.
    public var isTry: Bool {
        switch self {
        case .logInRefused, .codeRefused, .proofRefused: true
        case .newNetwork, .passwordChanged, .passwordCodeMade, .passwordSet, .secondFactorOn, .secondFactorOff, .recoveryCodeUsed, .keyMade, .keyRemoved,
            .keyEnding, .tokenStored, .realMoneyOn, .realMoneyOff, .roleChanged, .disabled, .enabled:
            false
        }
    }
}

/// Who did it, as its person may know it.
public enum NoticeBy: String, Sendable, Hashable, CaseIterable {
    /// The person, or a key of the person.
    case you
    /// Somebody who looks after people.
    case admin
    /// A command on the machine, or the server by itself.
    case machine
    /// Whoever showed a one-time code.
    case code
    /// Nobody knows.
    case somebody

    /// - Parameter person: whom it is about.
    public init(_ doer: Doer, about person: OwnerID) {
        switch doer.name {
        case "person \(person)", "owner \(person)": self = .you
        case Doer.host.name, Doer.server.name: self = .machine
        default: self = doer.name.hasSuffix("of person \(person)") ? .you : .admin
        }
    }
}

public struct Notice: Sendable, Hashable {
    /// Later ones have higher numbers.
    public var number: Int64
    public var kind: NoticeKind
    /// Which key, account or role: `abcdefgh`, `account 3`, `viewer`.
    public var about: String?
    public var by: NoticeBy
    /// A network for what was tried, an address for what the person or a code did; nil where it is nobody's business or not known.
    public var from: String?
    /// How often; the same again is counted until it was seen.
    public var count: Int64
    public var firstAt: Timestamp
    public var lastAt: Timestamp
    public var seenAt: Timestamp?

    public init(
        number: Int64, kind: NoticeKind, about: String?, by: NoticeBy, from: String?, count: Int64, firstAt: Timestamp, lastAt: Timestamp, seenAt: Timestamp?
    ) {
        (self.number, self.kind, self.about, self.by, self.from) = (number, kind, about, by, from)
        (self.count, self.firstAt, self.lastAt, self.seenAt) = (count, firstAt, lastAt, seenAt)
    }

    /// Of one person; past it what was seen goes first, then the oldest.
    public static let most = 200
    /// Of what was tried and not seen, networks with a notice of their own; all others share one.
    public static let networksMost = 20
    public static let manyNetworks = "many networks"
}

/// Tries at one person's account that came to nothing, since that was last written down.
public struct FailedTries: Sendable, Hashable {
    public var person: OwnerID
    /// One that `isTry`.
    public var kind: NoticeKind
    public var network: String
    public var count: Int64
    public var firstAt: Timestamp
    public var lastAt: Timestamp
    public init(person: OwnerID, kind: NoticeKind, network: String, count: Int64, firstAt: Timestamp, lastAt: Timestamp) {
        (self.person, self.kind, self.network) = (person, kind, network)
        (self.count, self.firstAt, self.lastAt) = (count, firstAt, lastAt)
    }
}

/// Notices at rest. What a store does to a person, a key or a password it notes in the same transaction by itself.
public protocol NoticeStore: Sendable {
    /// A person's, newest first; all there are.
    func notices(_ person: OwnerID) async throws -> [Notice]
    func unseenNotices(_ person: OwnerID) async throws -> Int
    /// Once seen it stays so.
    /// - Parameter andOlder: all of the person with lower numbers, too.
    /// - Returns: false when the person has none of this number.
    func see(notice number: Int64, andOlder: Bool, of person: OwnerID) async throws -> Bool
    func note(_ tries: [FailedTries]) async throws
    /// Notes each key that ends within so long, once.
    func tellOfEndingKeys(withinSeconds seconds: Int64) async throws
}
