import Crypto
public import PlainJSON
public import TradingModel

/// Signs checkpoints. The key is derived from a key of the ring for this purpose alone.
public struct AuditSigner: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// - Parameter seed: 32 secret bytes.
    public init(seed: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else { preconditionFailure("a seed of \(seed.count) bytes") }
        self.key = key
    }

    public var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

    func sign(_ bytes: [UInt8]) -> [UInt8] {
        guard let signature = try? key.signature(for: bytes) else { preconditionFailure("signing cannot fail") }
        return Array(signature)
    }
}

/// Where the chain stood at a moment, signed and kept in a second place. The chain alone does not show that its end was
/// cut off, or that all of it was written anew; a checkpoint elsewhere does.
public struct AuditCheckpoint: Hashable, Sendable {
    /// The newest entry.
    public let sequence: Int64
    /// Its hash in the chain.
    public let hash: [UInt8]
    /// This machine's time.
    public let at: Timestamp
    /// Ed25519.
    public let publicKey: [UInt8]
    public let signature: [UInt8]

    public init(sequence: Int64, hash: [UInt8], at: Timestamp, signer: AuditSigner) {
        (self.sequence, self.hash, self.at, publicKey) = (sequence, hash, at, signer.publicKey)
        signature = signer.sign(AuditCheckpoint.signed(sequence, hash, at))
    }

    private static func signed(_ sequence: Int64, _ hash: [UInt8], _ at: Timestamp) -> [UInt8] {
        var canonical = CanonicalBytes("signalist audit checkpoint 1")
        canonical.add(sequence); canonical.add(hash); canonical.add(at.milliseconds)
        return canonical.bytes
    }

    /// Does the signature fit the rest? Whose key it is, the reader has to know.
    public var isSigned: Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: AuditCheckpoint.signed(sequence, hash, at))
    }

    // MARK: A line of the file

    public func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("sequence", sequence)
            json.member("hash", hash.hexText)
            json.member("at", at.milliseconds)
            json.member("key", publicKey.hexText)
            json.member("signature", signature.hexText)
        }
    }

    public var line: String {
        var json = JSONWriter()
        write(&json)
        return json.text
    }

    /// Nil when it is none.
    public init?(_ json: JSONValue) {
        guard let sequence = json["sequence"]?.integer, sequence >= 1, let at = json["at"]?.integer,
            let hash = json["hash"]?.string.flatMap([UInt8].init(hex:)),
            let key = json["key"]?.string.flatMap([UInt8].init(hex:)), let signature = json["signature"]?.string.flatMap([UInt8].init(hex:)),
            hash.count == AuditChain.hashLength
        else { return nil }
        (self.sequence, self.hash, self.at) = (sequence, hash, Timestamp(milliseconds: at))
        (publicKey, self.signature) = (key, signature)
    }

    /// Nil when it is none: a last line that a power failure cut, for one.
    public init?(line: some StringProtocol) {
        guard let json = try? JSONValue.parse(Array(line.utf8)) else { return nil }
        self.init(json)
    }
}

extension [UInt8] {
    /// The same for others: what a person typed.
    public init?(hexDigits text: String) { self.init(hex: text) }

    /// From hexadecimal digits, two a byte.
    init?(hex text: String) {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        reserveCapacity(digits.count / 2)
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[place].hexValue, let low = digits[place + 1].hexValue else { return nil }
            append(UInt8(high) << 4 | UInt8(low))
        }
    }
}
