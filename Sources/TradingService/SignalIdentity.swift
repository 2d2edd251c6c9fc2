import Crypto
public import TradingModel

/// Where signal ids come from: the first 128 bits of SHA-256 over owner, source and the client's own key, each with its
/// length before it, so that no two causes run together.
public enum SignalIdentity {
    public static func id(owner: OwnerID, source: Label, key: String) -> SignalID {
        var hash = SHA256()
        for part in ["signalist/signal/v1", "\(owner)", source.text, key] {
            let bytes = Array(part.utf8)
            withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: bytes)
        }
        let digest = Array(hash.finalize())
        func word(_ from: Int) -> UInt64 { digest[from..<from + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        return SignalID(high: word(0), low: word(8))
    }
}
