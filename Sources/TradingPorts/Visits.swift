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

/// Visits at rest. Everything is durable when it returns.
public protocol VisitStore: Sendable {
    /// On the calling thread, by its key.
    func visit(hash: [UInt8]) throws -> Visit?
    /// A person's, oldest first.
    func visits(_ person: OwnerID) async throws -> [Visit]
    /// Keeps a new one. Those of the person that began before `since`, and the oldest past `most`, end; gives their hashes.
    func begin(_ visit: Visit, atMost most: Int, since: Timestamp) async throws -> [[UInt8]]
    /// Gives the hash of the one that ended, nil when there was none.
    func end(visit id: String, of person: OwnerID) async throws -> [UInt8]?
    /// All but one; gives the hashes.
    func endVisits(of person: OwnerID, but id: String?) async throws -> [[UInt8]]
    /// From now on its cookie is another one. False when it has ended.
    func renew(visit id: String, of person: OwnerID, hash: [UInt8], provedAt: Timestamp) async throws -> Bool
    func seen(_ marks: [(hash: [UInt8], at: Timestamp)]) async throws
}
