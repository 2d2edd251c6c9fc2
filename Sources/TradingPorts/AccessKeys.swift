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

/// Keys of programs at rest. Everything is durable when it returns.
public protocol AccessKeyStore: Sendable {
    /// An owner's, oldest first.
    func accessKeys(_ owner: OwnerID) async throws -> [AccessKey]
    /// False, and nothing is done, when the id is taken or the owner has `most` already.
    func add(_ key: AccessKey, atMost most: Int) async throws -> Bool
    /// False when the owner has none of this id.
    func remove(accessKey id: String, owner: OwnerID) async throws -> Bool
    func used(_ marks: [(id: String, at: Timestamp)]) async throws
}
