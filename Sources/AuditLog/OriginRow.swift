import Crypto

/// What an accepted signal came in, as it is kept beside the journal.
public struct OriginRow: Hashable, Sendable {
    /// 1, 2, 3 … without a gap.
    public let number: Int64
    /// The signal's id, 32 hexadecimal digits.
    public let signal: String
    /// `api`, `hook` or `strategy`, and which one.
    public let way: String
    public let name: String
    /// The client's own key, which the id follows from; nil when it was drawn by chance.
    public let key: String?
    /// The body, byte for byte.
    public let body: [UInt8]

    public init(number: Int64, signal: String, way: String, name: String, key: String?, body: [UInt8]) {
        (self.number, self.signal, self.way, self.name, self.key, self.body) = (number, signal, way, name, key, body)
    }

    public var digest: [UInt8] {
        var canonical = CanonicalBytes("signalist origin 1")
        canonical.add(number)
        for text in [signal, way, name] { canonical.add(text) }
        canonical.add(ifAny: key)
        canonical.add(body)
        return canonical.digest
    }
}
