public import KeyRing
public import TradingModel

/// Everything sealed that there is, counted by the key that it names. Made by reading it all; with opening, what does not
/// open is listed with the reason.
public struct SealedCensus: Sendable, Hashable {
    public struct Unopened: Sendable, Hashable {
        public var account: AccountID
        public var owner: OwnerID
        /// The hook whose secret it is; nil for the token of an account.
        public var hook: String?
        public var reason: String
    }

    public var total = 0
    /// In order of version.
    public private(set) var versions: [(version: KeyVersion, count: Int)] = []
    /// As the previous system sealed it.
    public var previous = 0
    /// No envelope of either kind.
    public var unreadable = 0
    /// Marked: its owner is to replace the token at the broker.
    public var compromised: [AccountID] = []
    /// Not opened when they were tried, in order of account.
    public var unopened: [Unopened] = []

    public func count(_ version: KeyVersion) -> Int { versions.first { $0.version == version }?.count ?? 0 }

    mutating func add(_ version: KeyVersion) {
        if let index = versions.firstIndex(where: { $0.version >= version }) {
            if versions[index].version == version { versions[index].count += 1 } else { versions.insert((version, 1), at: index) }
        } else {
            versions.append((version, 1))
        }
    }

    public static func == (a: SealedCensus, b: SealedCensus) -> Bool {
        a.total == b.total && a.versions.elementsEqual(b.versions, by: ==) && a.previous == b.previous && a.unreadable == b.unreadable
            && a.compromised == b.compromised && a.unopened == b.unopened
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(total)
        hasher.combine(unopened)
    }
}
