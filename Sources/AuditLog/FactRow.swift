import Crypto
public import TradingModel

/// A fact as it stands in the journal, word for word.
public struct FactRow: Hashable, Sendable {
    public let sequence: Int64
    public let owner: Int64
    public let ownerSequence: Int64
    public let at: Timestamp
    public let account: Int64?
    public let session: Int64?
    public let kind: String
    /// JSON, byte for byte.
    public let body: [UInt8]

    public init(sequence: Int64, owner: Int64, ownerSequence: Int64, at: Timestamp, account: Int64?, session: Int64?, kind: String, body: [UInt8]) {
        (self.sequence, self.owner, self.ownerSequence, self.at) = (sequence, owner, ownerSequence, at)
        (self.account, self.session, self.kind, self.body) = (account, session, kind, body)
    }

    public var digest: [UInt8] {
        var canonical = CanonicalBytes("signalist fact 1")
        canonical.add(sequence); canonical.add(owner); canonical.add(ownerSequence); canonical.add(at.milliseconds)
        canonical.add(account); canonical.add(session)
        canonical.add(kind)
        canonical.add(body)
        return canonical.digest
    }

    /// Of several facts, from the digest of each: who proves one of them need not show the others.
    public static func digest(of digests: [[UInt8]]) -> [UInt8] {
        var all = SHA256()
        for digest in digests { all.update(data: digest) }
        return Array(all.finalize())
    }
}
