import Crypto
import CryptoExtras
public import PlainJSON
import Synchronization
public import TradingModel

/// A secret as the previous system sealed it. Holding one means that its shape is right, not that it opens. It is only
/// read: whatever opens is sealed anew as `SealedSecret`.
///
///     base64 of  salt 32 | iv 16 | tag 16 | ciphertext
///     key = scrypt(secret, salt, N 16384, r 8, p 1, 32 bytes); AES-256-GCM with a nonce of 16 bytes and nothing else authenticated
///
/// Two forms were stored: that text, and an object `{"data": text, "keyVersion": …, "algorithm": …}` whose other members
/// its readers ignored. Nothing in it names its key or its place, so it opens wherever it is put: who opens it must ask
/// the broker whose token it is.
public struct PreviousEnvelope: Hashable, Sendable {
    let salt: ArraySlice<UInt8>
    let nonce: ArraySlice<UInt8>
    let tag: ArraySlice<UInt8>
    let ciphertext: ArraySlice<UInt8>

    /// All but the ciphertext.
    static let overhead = 64
    /// The text of the longest secret that can be sealed anew.
    static let longest = 21_932

    /// - Parameter stored: what stood in the database: the text, or the object's JSON.
    /// - Throws: `malformed`; also when the tag was cut short, which the previous system let pass.
    public init(stored: String) throws(KeyRingError) {
        guard stored.utf8.count <= PreviousEnvelope.longest else { throw .malformed("it has \(stored.utf8.count) bytes, more than was ever sealed") }
        guard stored.utf8.first == UInt8(ascii: "{") else {
            try self.init(text: stored)
            return
        }
        guard let json = try? JSONValue.parse(stored.utf8) else { throw .malformed("it begins as an object and is no JSON") }
        try self.init(json)
    }

    /// - Parameter stored: a string, or an object with `data`.
    /// - Throws: as `init(stored:)`.
    public init(_ stored: JSONValue) throws(KeyRingError) {
        guard let text = stored.string ?? stored["data"]?.string else { throw .malformed("it is \(stored.kindName), expected text or an object with data") }
        try self.init(text: text)
    }

    private init(text: String) throws(KeyRingError) {
        // The previous system wrote the standard form and read both alphabets, padded or not.
        let unpadded = text.reversed().drop { $0 == "=" }.reversed()
        let letters = String(unpadded.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
        guard text.count - letters.count <= 2, let bytes = Base64.url.bytes(letters) else { throw .malformed("it is no base64") }
        guard bytes.count >= PreviousEnvelope.overhead else {
            throw .malformed("it has \(bytes.count) bytes, expected \(PreviousEnvelope.overhead) at least: salt, nonce and a whole tag")
        }
        (salt, nonce, tag, ciphertext) = (bytes[..<32], bytes[32..<48], bytes[48..<64], bytes[64...])
    }

    /// The secret's bytes under a secret of the previous system, or nil when it is not the one. Takes some 60 ms and 16 MiB; one at a
    /// time runs.
    func opened(with secret: Secret) -> [UInt8]? {
        PreviousEnvelope.oneAtATime.withLock { _ in
            guard
                let key = try? KDF.Scrypt.deriveKey(
                    from: secret.reveal { Array($0.utf8) }, salt: Array(salt), outputByteCount: 32, rounds: 16_384, blockSize: 8, parallelism: 1),
                let nonce = try? AES.GCM.Nonce(data: nonce), let box = try? AES.GCM.SealedBox(nonce: nonce, ciphertext: ciphertext, tag: tag),
                let opened = try? AES.GCM.open(box, using: key)
            else { return nil }
            return Array(opened)
        }
    }

    private static let oneAtATime = Mutex(())
}

extension PreviousEnvelope: CustomStringConvertible {
    public var description: String { "sealed secret of the previous system, \(PreviousEnvelope.overhead + ciphertext.count) bytes" }
}

/// What a previous envelope held, and what opened it.
public struct PreviousOpening: Sendable {
    public let secret: Secret
    /// The name of the secret that opened it.
    public let by: Label
    /// It was sealed with a text that everybody knows: whoever saw the database may have it.
    public let isCompromised: Bool
}

extension KeyRing {
    /// Tries the secrets of the previous system in order, then the public default.
    /// - Throws: `noPreviousSecret` when none fits; `notText`.
    public func open(_ previous: PreviousEnvelope) throws(KeyRingError) -> PreviousOpening {
        for candidate in previousSecrets {
            guard let bytes = previous.opened(with: candidate.secret) else { continue }
            return PreviousOpening(secret: try KeyRing.text(bytes), by: candidate.name, isCompromised: false)
        }
        guard let bytes = previous.opened(with: Secret(PreviousSecret.publicText)) else { throw .noPreviousSecret(tried: previousSecrets.count) }
        return PreviousOpening(secret: try KeyRing.text(bytes), by: PreviousSecret.publicName, isCompromised: true)
    }
}
