/// An envelope as it is stored. Holding one means that its shape is right, not that it opens.
///
///     magic "SGE" 3 | version 1 | algorithm 1 | key version 4 | key id 8 | salt 32 | nonce 12 | commitment 32 |
///     ciphertext, a multiple of 64 | tag 16
///
/// Numbers are big-endian. `Envelope` says what the parts are made of.
public struct SealedSecret: Hashable, Sendable {
    /// For a column of bytes.
    public let bytes: [UInt8]

    static let magic = Array("SGE".utf8)
    static let version: UInt8 = 1
    /// HKDF-SHA256, AES-256-GCM and a commitment to the key.
    static let algorithm: UInt8 = 1
    /// All but the ciphertext.
    static let overhead = 109

    /// - Throws: `malformed` when the bytes are no envelope, `unsupported` when they are one of another version or algorithm.
    public init(bytes: [UInt8]) throws(KeyRingError) {
        guard bytes.starts(with: SealedSecret.magic), bytes.count >= 5 else { throw .malformed("it does not begin as an envelope does") }
        guard bytes[3] == SealedSecret.version, bytes[4] == SealedSecret.algorithm else {
            throw .unsupported(version: bytes[3], algorithm: bytes[4])
        }
        let ciphertext = bytes.count - SealedSecret.overhead
        guard ciphertext > 0, ciphertext % Padding.block == 0, ciphertext <= Padding.longest else {
            throw .malformed("it has \(bytes.count) bytes, expected \(SealedSecret.overhead) and a multiple of \(Padding.block)")
        }
        self.bytes = bytes
    }

    /// - Throws: as `init(bytes:)`; `malformed` also for any text but the one that `text` gives.
    public init(text: String) throws(KeyRingError) {
        guard let bytes = Base64.url.bytes(text) else { throw .malformed("its text is not canonical base64url without padding") }
        try self.init(bytes: bytes)
    }

    /// Looks at every byte, so the time it takes says nothing about where two secrets differ.
    public static func areEqual(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Base64url without padding: the only text form.
    public var text: String { Base64.url.text(bytes) }

    /// The key that sealed it. Nothing vouches for it until it is opened.
    public var keyVersion: KeyVersion { KeyVersion(rawValue: bytes[5..<9].reduce(0) { $0 << 8 | UInt32($1) }) }

    var keyID: [UInt8] { Array(bytes[9..<17]) }
    var salt: ArraySlice<UInt8> { bytes[17..<49] }
    var nonce: ArraySlice<UInt8> { bytes[49..<61] }
    var commitment: ArraySlice<UInt8> { bytes[61..<93] }
    var ciphertext: ArraySlice<UInt8> { bytes[93..<(bytes.count - 16)] }
    var tag: ArraySlice<UInt8> { bytes[(bytes.count - 16)...] }
}

extension SealedSecret: CustomStringConvertible {
    public var description: String { "sealed secret of \(bytes.count) bytes under key \(keyVersion)" }
}
