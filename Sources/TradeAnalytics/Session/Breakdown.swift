/// Trades by what they have in common, in order of that: symbols, strategies, sources, days, hours.
///
/// The previous system's keys were those of one user and one broker over all of their sessions; here the caller adds the
/// trades that are asked for.
public struct Breakdown<Key: Comparable & Hashable & Sendable>: Hashable, Sendable {
    public struct Group: Hashable, Sendable {
        public let key: Key
        public private(set) var tally = GroupTally()
        init(_ key: Key) { self.key = key }
        mutating func add(_ profit: Int64, stake: Int64) throws(FiguresError) { try tally.add(profit, stake: stake) }
    }
    /// Each key once, in order; only groups with trades.
    public private(set) var groups: [Group] = []

    public init() {}

    /// One more trade. Quick for the key of the trade before, and for one that comes after all others.
    /// - Throws: `sumTooLarge`, having added nothing.
    public mutating func add(_ profit: Int64, stake: Int64, to key: Key) throws(FiguresError) {
        if let last = groups.last, last.key == key { return try groups[groups.count - 1].add(profit, stake: stake) }
        var low = 0, high = groups.count
        if let last = groups.last, last.key < key { low = high }
        while low < high {
            let middle = (low + high) / 2
            if groups[middle].key < key { low = middle + 1 } else { high = middle }
        }
        if low < groups.count, groups[low].key == key { return try groups[low].add(profit, stake: stake) }
        var group = Group(key)
        try group.add(profit, stake: stake)
        groups.insert(group, at: low)
    }

    public func tally(of key: Key) -> GroupTally? { groups.first { $0.key == key }?.tally }
}
