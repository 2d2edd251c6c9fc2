import Crypto
public import TradingModel

/// The keys that seal broker tokens and other secrets, one of them primary. A value: rotating makes another ring, and
/// whoever holds the old one goes on with it.
///
///     let ring = try KeyRingFile.load(path)
///     let sealed = try ring.seal(token, for: context)        // store `sealed.bytes`
///     let token = try ring.openSecret(sealed, for: context)  // the same context, or nothing
///
/// It prints no key. What it opens is in memory for as long as the caller keeps it.
public struct KeyRing: Sendable {
    /// Grows with each change of the ring, so that two copies can be told apart by age.
    public let epoch: Int64
    /// In order of version.
    public let keys: [RingKey]
    /// The version that seals.
    public let primary: KeyVersion

    /// The longest secret that is sealed, in bytes.
    public static let longestSecret = 16_384

    /// - Throws: `invalidRing` when there is no key, a version or a key stands twice, or the primary is missing or disabled.
    public init(epoch: Int64, keys: [RingKey], primary: KeyVersion) throws(KeyRingError) {
        let keys = keys.sorted { $0.version < $1.version }
        for (one, next) in zip(keys, keys.dropFirst()) where one.version == next.version {
            throw .invalidRing("version \(one.version) stands twice")
        }
        guard Set(keys.map(\.id)).count == keys.count else { throw .invalidRing("two versions hold the same key") }
        guard let first = keys.first(where: { $0.version == primary }) else { throw .invalidRing("there is no key of the primary version \(primary)") }
        guard first.state == .enabled else { throw .invalidRing("the primary key \(primary) is \(first.state.rawValue), expected enabled") }
        guard epoch >= 1 else { throw .invalidRing("the epoch is \(epoch), expected 1 or more") }
        (self.epoch, self.keys, self.primary) = (epoch, keys, primary)
    }

    /// A ring of one new key from the system's source of chance.
    public static func new(at now: Timestamp) -> KeyRing {
        let key = RingKey.new(version: KeyVersion(rawValue: 1), at: now)
        return try! KeyRing(epoch: 1, keys: [key], primary: key.version)  // One enabled key, which is the primary.
    }

    // MARK: Rotation

    /// This ring with `key` as its primary; the old keys go on opening what they sealed.
    /// - Throws: `invalidRing` when its version is not higher than every other, or the key is in the ring already.
    public func rotated(to key: RingKey) throws(KeyRingError) -> KeyRing {
        if let last = keys.last, key.version <= last.version {
            throw .invalidRing("the new key has version \(key.version), expected more than \(last.version)")
        }
        return try KeyRing(epoch: epoch + 1, keys: keys + [key], primary: key.version)
    }

    /// This ring with a new primary from the system's source of chance.
    public func rotated(at now: Timestamp) throws(KeyRingError) -> KeyRing {
        guard let last = keys.last, last.version.rawValue < .max else { throw .invalidRing("there is no version left") }
        return try rotated(to: .new(version: KeyVersion(rawValue: last.version.rawValue + 1), at: now))
    }

    /// This ring with one key that opens nothing any more; it is kept, so that this can be taken back.
    /// - Throws: `unknownKey`; `invalidRing` when it is the primary.
    public func disabling(_ version: KeyVersion) throws(KeyRingError) -> KeyRing {
        guard keys.contains(where: { $0.version == version }) else { throw .unknownKey(version) }
        return try KeyRing(epoch: epoch + 1, keys: keys.map { $0.version == version ? $0.disabled() : $0 }, primary: primary)
    }

    /// Was this sealed by another key than the primary?
    public func needsResealing(_ sealed: SealedSecret) -> Bool { sealed.keyVersion != primary }

    // MARK: Sealing and opening

    /// Seals `secret` for one place. Only the same context opens it.
    /// - Throws: `tooLong`.
    public func seal(_ secret: some Collection<UInt8>, for context: SealContext) throws(KeyRingError) -> SealedSecret {
        try seal(secret, for: context, salt: Chance.bytes(Envelope.saltLength), nonce: Chance.bytes(Envelope.nonceLength))
    }

    /// Seals the text of a token.
    public func seal(_ secret: Secret, for context: SealContext) throws(KeyRingError) -> SealedSecret {
        try seal(secret.reveal { Array($0.utf8) }, for: context)
    }

    /// The same with its chance given: for known answers only. A nonce used twice with one salt gives the secret away.
    func seal(_ secret: some Collection<UInt8>, for context: SealContext, salt: [UInt8], nonce: [UInt8]) throws(KeyRingError) -> SealedSecret {
        guard secret.count <= KeyRing.longestSecret else { throw .tooLong(bytes: secret.count, most: KeyRing.longestSecret) }
        return Envelope.seal(Padding.padded(secret), with: try usableKey(primary), for: context, salt: salt, nonce: nonce)
    }

    /// What was sealed for exactly this context.
    /// - Throws: `unknownKey`, `disabledKey`, `otherKey` when the ring lacks the key; `notAuthentic` when the envelope was changed or
    ///   belongs to another place.
    public func open(_ sealed: SealedSecret, for context: SealContext) throws(KeyRingError) -> [UInt8] {
        let key = try usableKey(sealed.keyVersion)
        guard key.id == sealed.keyID else { throw .otherKey(sealed.keyVersion) }
        return try Padding.unpadded(Envelope.open(sealed, with: key, for: context))
    }

    /// The same as a token.
    /// - Throws: what `open` throws; `notText` when it is no UTF-8.
    public func openSecret(_ sealed: SealedSecret, for context: SealContext) throws(KeyRingError) -> Secret {
        guard let text = String(validating: try open(sealed, for: context), as: UTF8.self) else { throw .notText }
        return Secret(text)
    }

    private func usableKey(_ version: KeyVersion) throws(KeyRingError) -> RingKey {
        guard let key = keys.first(where: { $0.version == version }) else { throw .unknownKey(version) }
        guard key.state == .enabled else { throw .disabledKey(version) }
        return key
    }
}

extension KeyRing: CustomStringConvertible, CustomReflectable {
    /// Which keys there are, never what they are.
    public var description: String { "key ring of epoch \(epoch), primary \(primary), \(keys.count) \(keys.count == 1 ? "key" : "keys")" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
