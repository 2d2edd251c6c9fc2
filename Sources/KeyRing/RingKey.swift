import Crypto
public import TradingModel

/// The number of a key in its ring: 1, 2, 3 …; never given twice.
public struct KeyVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static func < (a: KeyVersion, b: KeyVersion) -> Bool { a.rawValue < b.rawValue }
    public var description: String { "\(rawValue)" }
}

/// What a key of the ring may be used for.
public enum KeyState: String, Hashable, Sendable, CaseIterable {
    /// It opens what it sealed. Being the primary, it seals, too.
    case enabled
    /// It does neither, and is kept so that this can be taken back.
    case disabled
}

/// One key of a ring: 32 bytes of chance that never print themselves.
public struct RingKey: Sendable {
    public let version: KeyVersion
    public let created: Timestamp
    public let state: KeyState
    /// The first eight bytes of SHA-256("sge-kid" || key): an envelope names its key by it.
    public let id: [UInt8]
    let material: SymmetricKey

    /// The length of a key in bytes.
    public static let length = 32

    /// - Throws: `weakKey` when the bytes are not 32 or do not look like chance.
    public init(version: KeyVersion, bytes: [UInt8], created: Timestamp, state: KeyState = .enabled) throws(KeyRingError) {
        if let weakness = KeyStrength.weakness(of: bytes) { throw .weakKey(version, weakness) }
        self.init(version: version, material: SymmetricKey(data: bytes), created: created, state: state)
    }

    private init(version: KeyVersion, material: SymmetricKey, created: Timestamp, state: KeyState) {
        (self.version, self.material, self.created, self.state) = (version, material, created, state)
        var hash = SHA256()
        hash.update(data: Array("sge-kid".utf8))
        material.withUnsafeBytes { hash.update(bufferPointer: $0) }
        id = Array(hash.finalize().prefix(8))
    }

    /// A new key from the system's source of chance.
    public static func new(version: KeyVersion, at now: Timestamp) -> RingKey {
        RingKey(version: version, material: SymmetricKey(size: .bits256), created: now, state: .enabled)
    }

    /// The key itself, for the ring's file.
    var bytes: [UInt8] { material.withUnsafeBytes { Array($0) } }

    func disabled() -> RingKey { RingKey(version: version, material: material, created: created, state: .disabled) }
}

extension RingKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "key \(version), \(state.rawValue), created \(created)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
