import Crypto
public import TradingModel

/// The number of a key in its ring: 1, 2, 3 …; never given twice.
public struct KeyVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static func < (a: KeyVersion, b: KeyVersion) -> Bool { a.rawValue < b.rawValue }
    public var description: String { "\(rawValue)" }
}

/// What a key of the ring may be used for. A key goes down this list; from `disabled` it may come back to `enabled`,
/// and from `primary` to `enabled` and back.
public enum KeyState: String, Hashable, Sendable, CaseIterable {
    /// It opens, and seals nothing yet: everybody who opens gets it before anybody seals with it.
    case pending
    /// It seals, and opens what it sealed. One key of a ring is.
    case primary
    /// It opens what it sealed.
    case enabled
    /// It does neither, and is kept so that this can be taken back.
    case disabled
    /// Its bytes are gone. Version, id and dates stay, so that what it sealed can be named.
    case destroyed
}

/// One key of a ring: 32 bytes of chance that never print themselves.
public struct RingKey: Sendable {
    public let version: KeyVersion
    public let created: Timestamp
    public private(set) var state: KeyState
    /// Somebody else may know it: what it sealed is to be sealed anew and, at the broker, replaced.
    public private(set) var isCompromised: Bool
    /// When its bytes were given up.
    public private(set) var destroyed: Timestamp?
    /// The first eight bytes of SHA-256("sge-kid" || key): an envelope names its key by it.
    public let id: [UInt8]
    /// Nil when it is destroyed, and only then.
    private(set) var material: SymmetricKey?

    /// The length of a key in bytes.
    public static let length = 32

    /// - Throws: `weakKey` when the bytes are not 32 or do not look like chance.
    public init(
        version: KeyVersion, bytes: [UInt8], created: Timestamp, state: KeyState = .enabled, isCompromised: Bool = false
    ) throws(KeyRingError) {
        precondition(state != .destroyed, "a destroyed key has no bytes")
        if let weakness = KeyStrength.weakness(of: bytes) { throw .weakKey(version, weakness) }
        self.init(version: version, material: SymmetricKey(data: bytes), created: created, state: state)
        self.isCompromised = isCompromised
    }

    /// What is left of a destroyed key.
    init(tombstoneOf version: KeyVersion, id: [UInt8], created: Timestamp, destroyed: Timestamp, isCompromised: Bool) {
        (self.version, self.id, self.created, self.destroyed, self.isCompromised) = (version, id, created, destroyed, isCompromised)
        (state, material) = (.destroyed, nil)
    }

    private init(version: KeyVersion, material: SymmetricKey, created: Timestamp, state: KeyState) {
        (self.version, self.material, self.created, self.state) = (version, material, created, state)
        (isCompromised, destroyed) = (false, nil)
        var hash = SHA256()
        hash.update(data: Array("sge-kid".utf8))
        material.withUnsafeBytes { hash.update(bufferPointer: $0) }
        id = Array(hash.finalize().prefix(8))
    }

    /// A new key from the system's source of chance.
    public static func new(version: KeyVersion, at now: Timestamp, state: KeyState = .pending) -> RingKey {
        RingKey(version: version, material: SymmetricKey(size: .bits256), created: now, state: state)
    }

    /// Its id as 16 hexadecimal digits: how people name a key.
    public var name: String { id.hexText }

    /// May it open what it sealed?
    public var opens: Bool {
        switch state {
        case .pending, .primary, .enabled: true
        case .disabled, .destroyed: false
        }
    }

    /// The key itself, for the ring's file; empty when it is destroyed.
    var bytes: [UInt8] { material.map { $0.withUnsafeBytes { Array($0) } } ?? [] }

    /// 32 bytes for this purpose alone, from which the key does not follow; nil when it is destroyed.
    public func derived(for purpose: StaticString) -> [UInt8]? {
        material.map { material in
            HKDF<SHA256>.deriveKey(inputKeyMaterial: material, info: Array("signalist/\(purpose)".utf8), outputByteCount: 32)
                .withUnsafeBytes { Array($0) }
        }
    }

    func changed(to state: KeyState) -> RingKey {
        precondition(state != .destroyed && material != nil, "a key of state \(self.state.rawValue) cannot become \(state.rawValue)")
        var key = self
        key.state = state
        return key
    }

    func destroyed(at now: Timestamp) -> RingKey {
        RingKey(tombstoneOf: version, id: id, created: created, destroyed: now, isCompromised: isCompromised)
    }

    func compromised() -> RingKey {
        var key = self
        key.isCompromised = true
        return key
    }
}

extension RingKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "key \(version), \(state.rawValue), created \(created)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
