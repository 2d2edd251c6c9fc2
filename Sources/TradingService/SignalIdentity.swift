import Crypto
public import TradingModel

/// Where signal ids come from: the first 128 bits of SHA-256 over owner, source and the client's own key, one a line;
/// neither a label nor a client's key can contain a line end, so no two causes run together. The same cause names the same signal.
public enum SignalIdentity {
    public static func id(owner: OwnerID, source: Label, key: String) -> SignalID {
        let digest = Array(SHA256.hash(data: Array("\(owner)\n\(source)\n\(key)".utf8)))
        func word(_ from: Int) -> UInt64 { digest[from..<from + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        return SignalID(high: word(0), low: word(8))
    }
}
