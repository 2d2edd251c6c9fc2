public import TradingModel

/// A key that a person made for a program: what it may do, from where, and until when.
public struct AccessKey: Sendable, Hashable {
    /// 8 small letters and digits. They are part of the key and no secret.
    public var id: String
    public var owner: OwnerID
    /// What is stored of the secret.
    public var mac: [UInt8]
    public var name: Label
    /// Words of `Scope`.
    public var scopes: [String]
    /// The only ones it may signal to; empty for all.
    public var sessions: [SessionID]
    /// Networks it may be used from, `192.0.2.0/24`; empty for any.
    public var addresses: [String]
    public var createdAt: Timestamp
    public var expiresAt: Timestamp
    /// About: it is written down now and then.
    public var usedAt: Timestamp?

    public init(
        id: String, owner: OwnerID, mac: [UInt8], name: Label, scopes: [String], sessions: [SessionID], addresses: [String], createdAt: Timestamp,
        expiresAt: Timestamp, usedAt: Timestamp? = nil
    ) {
        (self.id, self.owner, self.mac, self.name, self.scopes, self.sessions) = (id, owner, mac, name, scopes, sessions)
        (self.addresses, self.createdAt, self.expiresAt, self.usedAt) = (addresses, createdAt, expiresAt, usedAt)
    }
}

/// A key of the first start or of `signalist owner key`: all of a trader's, without an end.
public struct OwnerKey: Sendable, Hashable {
    /// The first 8 hexadecimal digits of its SHA-256.
    public var id: String
    public var owner: OwnerID
    public var name: String
    public var createdAt: Timestamp
    public init(id: String, owner: OwnerID, name: String, createdAt: Timestamp) {
        (self.id, self.owner, self.name, self.createdAt) = (id, owner, name, createdAt)
    }
}

/// What came of keeping a key.
public enum AddedKey: Sendable, Hashable {
    case added
    /// Its owner has enough already.
    case tooMany
    /// The visit in which it was asked for has ended meanwhile.
    case visitEnded
}

/// Keys of programs at rest. Everything is durable when it returns, with its entry on the audit log.
public protocol AccessKeyStore: Sendable {
    /// An owner's, oldest first.
    func accessKeys(_ owner: OwnerID) async throws -> [AccessKey]
    /// On the calling thread: is it there at this moment?
    func hasAccessKey(_ id: String) throws -> Bool
    /// - Parameter visit: the id of the one in which it is asked for.
    func add(_ key: AccessKey, atMost most: Int, in visit: String, by: Doer) async throws -> AddedKey
    /// False when the owner has none of this id.
    func remove(accessKey id: String, owner: OwnerID, by: Doer) async throws -> Bool
    /// An owner's keys of the other kind, oldest first.
    func ownerKeys(_ owner: OwnerID) async throws -> [OwnerKey]
    /// False when the owner has none of this id. It opens nothing any more when this returns.
    func remove(ownerKey id: String, owner: OwnerID, by: Doer) async throws -> Bool
    func used(_ marks: [(id: String, at: Timestamp)]) async throws
}
