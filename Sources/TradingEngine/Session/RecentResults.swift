import TradingModel

/// What ended in the last half minute, by the broker's time. Our day may begin a little after the broker's: what ended in between
/// belongs to the day that we open next.
struct RecentResults: Hashable, Sendable, Codable {
    private struct Entry: Hashable, Sendable, Codable { let at: Timestamp, minorUnits: Int64 }
    private var entries: [Entry] = []

    mutating func add(_ result: Money, at moment: Timestamp) {
        entries.append(Entry(at: moment, minorUnits: result.minorUnits))
        let newest = entries.reduce(moment) { max($0, $1.at) }
        entries.removeAll { $0.at < newest.adding(seconds: -30) }
    }

    /// Minor units of profit of what ended at `from` or later.
    func sum(from: Timestamp) -> Int64 { entries.reduce(0) { $1.at >= from ? $0 + $1.minorUnits : $0 } }
}
