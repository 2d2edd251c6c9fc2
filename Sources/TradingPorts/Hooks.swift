public import TradingModel

/// An address at which somebody else's alerts come in. Each becomes one signal of its owner and nothing else: how much
/// is bought, and whether, is decided where every signal is decided.
public struct Hook: Sendable, Hashable {
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// Each alert carries a signature over its moment, a number used once and its body.
        case signed
        /// For senders that cannot sign, as TradingView: whoever knows the address may propose.
        case tradingView = "tradingview"
    }

    /// 32 hexadecimal digits.
    public var id: String
    public var owner: OwnerID
    public var name: Label
    public var format: Format
    /// The one session its signals are for; nil for all that follow them.
    public var session: SessionID?
    /// What its signals name as their source.
    public var source: Label
    /// How an alert's members become a signal's, as JSON.
    public var template: String
    /// Networks that alerts may come from, `192.0.2.0/24`; empty for any.
    public var addresses: [String]
    /// An address or a host that the sender's certificate must name; nil: none is asked for.
    public var certificateName: String?
    /// 1 to 600.
    public var alertsPerMinute: Int32
    /// An alert older than so many seconds is refused, 5 to 86,400.
    public var ageSeconds: Int32
    /// How long its signals may wait for their turn, 1 to 3,600.
    public var validSeconds: Int32
    public var createdAt: Timestamp

    public init(
        id: String, owner: OwnerID, name: Label, format: Format, session: SessionID?, source: Label, template: String, addresses: [String],
        certificateName: String? = nil, alertsPerMinute: Int32, ageSeconds: Int32, validSeconds: Int32, createdAt: Timestamp
    ) {
        (self.id, self.owner, self.name, self.format, self.session, self.source) = (id, owner, name, format, session, source)
        (self.template, self.addresses, self.certificateName, self.alertsPerMinute) = (template, addresses, certificateName, alertsPerMinute)
        (self.ageSeconds, self.validSeconds, self.createdAt) = (ageSeconds, validSeconds, createdAt)
    }
}

/// One of the at most two secrets of a hook, as a store keeps it.
public struct HookSecret: Sendable, Hashable {
    /// From 1, each higher than every one before.
    public var version: Int64
    /// Of a signed hook: the sealed secret. Of another: the SHA-256 of what its address ends in.
    public var bytes: [UInt8]
    public var createdAt: Timestamp
    public init(version: Int64, bytes: [UInt8], createdAt: Timestamp) { (self.version, self.bytes, self.createdAt) = (version, bytes, createdAt) }
}

public struct StoredHook: Sendable, Hashable {
    public var hook: Hook
    /// Oldest first.
    public var secrets: [HookSecret]
    public init(hook: Hook, secrets: [HookSecret]) { (self.hook, self.secrets) = (hook, secrets) }
}

/// Hooks at rest. Everything is durable when it returns.
public protocol HookStore: Sendable {
    /// An owner's hooks, oldest first.
    func hooks(_ owner: OwnerID) async throws -> [StoredHook]
    func hook(_ id: String, owner: OwnerID) async throws -> StoredHook?
    /// Of whichever owner: an alert says only where it goes.
    func hook(anyonesWith id: String) async throws -> StoredHook?
    /// False, and nothing is done, when the id is taken or the owner has `most` already.
    func add(_ hook: Hook, _ secret: HookSecret, atMost most: Int) async throws -> Bool
    /// Replaces all but id, owner, format and creation; false when there is none.
    func change(_ hook: Hook) async throws -> Bool
    func remove(hook id: String, owner: OwnerID) async throws -> Bool
    /// False when the hook is gone, has two secrets, or has one of this version.
    func add(_ secret: HookSecret, to id: String, owner: OwnerID) async throws -> Bool
    /// False when there is none, or it is the last one.
    func remove(secret version: Int64, of id: String, owner: OwnerID) async throws -> Bool
}
