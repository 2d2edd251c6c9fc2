public import TradingModel

/// A person's time in the dashboard, from logging in to logging out: what its cookie stands for.
public struct Visit: Sendable, Hashable {
    /// 16 hexadecimal digits, for lists. It opens nothing.
    public var id: String
    /// SHA-256 of what the cookie says.
    public var hash: [UInt8]
    public var person: OwnerID
    public var beganAt: Timestamp
    public var seenAt: Timestamp
    /// When the person last typed the password.
    public var provedAt: Timestamp
    /// Where it came from when it began, and with what.
    public var address: String
    public var agent: String

    public init(
        id: String, hash: [UInt8], person: OwnerID, beganAt: Timestamp, seenAt: Timestamp, provedAt: Timestamp, address: String, agent: String
    ) {
        (self.id, self.hash, self.person, self.beganAt) = (id, hash, person, beganAt)
        (self.seenAt, self.provedAt, self.address, self.agent) = (seenAt, provedAt, address, agent)
    }
}

/// A visit that goes on under another cookie, and counts as one whose person typed the password just now.
public struct RenewedVisit: Sendable, Hashable {
    public var id: String
    public var person: OwnerID
    /// What its cookie was a moment ago: a visit that has another one by now is not renewed.
    public var from: [UInt8]
    public var to: [UInt8]
    public var provedAt: Timestamp
    public init(_ visit: Visit, to: [UInt8], provedAt: Timestamp) {
        (id, person, from, self.to, self.provedAt) = (visit.id, visit.person, visit.hash, to, provedAt)
    }
}

/// What a person has shown before a visit begins.
public struct ShownAtLogIn: Sendable, Hashable {
    /// The number of the password that was typed.
    public var passwordNumber: Int64
    public var hasShownCode: Bool
    /// Where it comes from, as limits count it.
    public var network: String
    public init(passwordNumber: Int64, hasShownCode: Bool, network: String) {
        (self.passwordNumber, self.hasShownCode, self.network) = (passwordNumber, hasShownCode, network)
    }
}

/// How a visit ended before its time, as the audit log says it.
public enum VisitEnd: String, Sendable, Hashable {
    case loggedOut = "log out"
    /// From the list of visits.
    case takenAway = "visit end"
}

/// Visits at rest. Everything is durable when it returns, with its entry on the audit log.
public protocol VisitStore: Sendable {
    /// On the calling thread, by its key.
    func visit(hash: [UInt8]) throws -> Visit?
    /// A person's, oldest first.
    func visits(_ person: OwnerID) async throws -> [Visit]
    /// Has this account logged in from there before? Its password was not reset since. Accounts that nobody has never did.
    /// - Parameter account: the key of an address.
    func hasLoggedIn(account: String, from network: String) async throws -> Bool
    /// Keeps a new one. Those of the person that began before `since`, and the oldest past `most`, end; gives their hashes. Nil, and nothing is
    /// kept, when what was shown no longer lets this person in: another password was set meanwhile, a second factor, or it is disabled.
    func begin(_ visit: Visit, _ shown: ShownAtLogIn, atMost most: Int, since: Timestamp, by: Doer) async throws -> [[UInt8]]?
    /// Gives the hash of the one that ended, nil when there was none.
    func end(visit id: String, of person: OwnerID, _ how: VisitEnd, by: Doer) async throws -> [UInt8]?
    /// From now on its cookie is another one. False when it has ended or has another one already.
    func renew(_ visit: RenewedVisit) async throws -> Bool
    func seen(_ marks: [(hash: [UInt8], at: Timestamp)]) async throws
}
