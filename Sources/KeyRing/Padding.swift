/// Hides how long a secret is: its length in four bytes, itself, and zeros up to a multiple of 64.
enum Padding {
    static let block = 64
    /// The padded length of the longest secret.
    static let longest = (4 + KeyRing.longestSecret + block - 1) / block * block

    static func padded(_ secret: some Collection<UInt8>) -> [UInt8] {
        let length = UInt32(secret.count)
        var bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
        bytes += secret
        bytes += repeatElement(0, count: (block - bytes.count % block) % block)
        return bytes
    }

    /// - Throws: `malformed`. Only who holds the key can cause it, for the bytes were authentic.
    static func unpadded(_ bytes: [UInt8]) throws(KeyRingError) -> [UInt8] {
        guard bytes.count >= 4 else { throw .malformed("its padding has no length") }
        let length = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= bytes.count - 4 else { throw .malformed("its padding claims more than there is") }
        let secret = Array(bytes[4..<(4 + length)])
        guard padded(secret) == bytes else { throw .malformed("its padding is not the one that sealing gives") }
        return secret
    }
}
