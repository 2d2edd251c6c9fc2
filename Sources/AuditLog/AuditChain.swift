import Crypto

/// Each hash stands for an entry and all before it: hash n = SHA-256(hash n-1 ‖ digest of entry n). Whoever knows one
/// hash can tell whether anything before it was changed, left out or put between.
public enum AuditChain {
    public static let hashLength = 32

    /// Before the first entry: tied to the store, so that the log of one is not taken for another's.
    public static func beginning(of instance: [UInt8]) -> [UInt8] {
        var canonical = CanonicalBytes("signalist audit chain 1")
        canonical.add(instance)
        return canonical.digest
    }

    public static func link(_ previous: [UInt8], _ digest: [UInt8]) -> [UInt8] {
        precondition(previous.count == hashLength && digest.count == hashLength, "hashes of \(previous.count) and \(digest.count) bytes")
        return Array(SHA256.hash(data: previous + digest))
    }

    /// Of bytes that belong to an entry without standing in it.
    public static func content(of bytes: [UInt8] = []) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}
