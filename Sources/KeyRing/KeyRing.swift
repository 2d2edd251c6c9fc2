import Crypto
public import TradingModel

/// The keys that seal broker tokens and other secrets, one of them primary. A value: every change makes another ring,
/// and whoever holds the old one goes on with it.
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
    /// What the previous system may have sealed its tokens with, in the order in which they are tried.
    public let previousSecrets: [PreviousSecret]

    /// The longest secret that is sealed, in bytes.
    public static let longestSecret = 16_384

    /// - Throws: `invalidRing` when a version or a key stands twice, or not exactly one key is primary.
    public init(epoch: Int64, keys: [RingKey], previousSecrets: [PreviousSecret] = []) throws(KeyRingError) {
        let keys = keys.sorted { $0.version < $1.version }
        for (one, next) in zip(keys, keys.dropFirst()) where one.version == next.version {
            throw .invalidRing("version \(one.version) stands twice")
        }
        guard Set(keys.map(\.id)).count == keys.count else { throw .invalidRing("two versions hold the same key") }
        let sealing = keys.filter { $0.state == .primary }
        guard sealing.count == 1 else { throw .invalidRing("\(sealing.count) keys are primary, expected one") }
        guard keys.count(where: { $0.state == .pending }) <= 1 else { throw .invalidRing("two keys are pending, expected one at most") }
        guard epoch >= 1 else { throw .invalidRing("the epoch is \(epoch), expected 1 or more") }
        guard Set(previousSecrets.map(\.name)).count == previousSecrets.count else { throw .invalidRing("a secret of the previous system stands twice") }
        (self.epoch, self.keys, primary, self.previousSecrets) = (epoch, keys, sealing[0].version, previousSecrets)
    }

    /// A ring of one new key from the system's source of chance.
    public static func new(at now: Timestamp) -> KeyRing {
        try! KeyRing(epoch: 1, keys: [.new(version: KeyVersion(rawValue: 1), at: now, state: .primary)])  // One key, which is primary.
    }

    public func key(_ version: KeyVersion) -> RingKey? { keys.first { $0.version == version } }
    /// The key that waits to become primary.
    public var pending: RingKey? { keys.first { $0.state == .pending } }

    // MARK: Sealing and opening

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
    /// - Throws: `unknownKey`, `disabledKey`, `destroyedKey`, `otherKey` when the ring lacks the key; `notAuthentic` when the envelope was
    ///   changed or belongs to another place.
    public func open(_ sealed: SealedSecret, for context: SealContext) throws(KeyRingError) -> [UInt8] {
        let key = try usableKey(sealed.keyVersion)
        guard key.id == sealed.keyID else { throw .otherKey(sealed.keyVersion) }
        return try Padding.unpadded(Envelope.open(sealed, with: key, for: context))
    }

    /// The same as a token.
    /// - Throws: what `open` throws; `notText` when it is no UTF-8.
    public func openSecret(_ sealed: SealedSecret, for context: SealContext) throws(KeyRingError) -> Secret {
        try KeyRing.text(try open(sealed, for: context))
    }

    /// Was this sealed by another key than the primary?
    public func needsResealing(_ sealed: SealedSecret) -> Bool { sealed.keyVersion != primary }

    static func text(_ bytes: [UInt8]) throws(KeyRingError) -> Secret {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
        return Secret(text)
    }

    /// The key of this version, which may open.
    func usableKey(_ version: KeyVersion) throws(KeyRingError) -> RingKey {
        guard let key = key(version) else { throw .unknownKey(version) }
        switch key.state {
        case .pending, .primary, .enabled: return key
        case .disabled: throw .disabledKey(version)
        case .destroyed: throw .destroyedKey(version)
        }
    }
}

extension KeyRing: CustomStringConvertible, CustomReflectable {
    /// Which keys there are, never what they are.
    public var description: String { "key ring of epoch \(epoch), primary \(primary), \(keys.count) \(keys.count == 1 ? "key" : "keys")" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
