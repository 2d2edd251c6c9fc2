import TradingModel

/// What came to pass in the last half minute, by the broker's time, as sums of whole seconds. Our day may begin a little after the
/// broker's: what was sold or ended in between belongs to the day that we open next.
///
/// A trading day begins with a whole second, so nothing of a second can belong to two days, and a sum for each of the last
/// thirty-one tells as much as every single entry. However busy a session is, it holds no more, and taking one in looks at one.
struct RecentResults: Hashable, Sendable {
    private struct Entry: Hashable, Sendable, Codable {
        /// When its second began.
        let at: Timestamp
        var minorUnits: Int64
    }
    /// Ascending, the newest last.
    private var entries: [Entry] = []
    private static let seconds: Int64 = 30

    init() {}

    mutating func add(_ result: Money, at moment: Timestamp) { add(result.minorUnits, at: moment) }

    mutating func add(_ amount: Int64, at moment: Timestamp) {
        let second = Timestamp(seconds: moment.seconds)
        guard let newest = entries.last?.at, newest >= second else {
            entries.append(Entry(at: second, minorUnits: amount))
            let kept = entries.firstIndex { $0.at >= second.adding(seconds: -RecentResults.seconds) }!
            if kept > 0 { entries.removeFirst(kept) }
            return
        }
        // Heard of late: older than what is kept counts for no day that is still to come.
        guard second >= newest.adding(seconds: -RecentResults.seconds) else { return }
        var place = entries.count - 1
        while place >= 0, entries[place].at > second { place -= 1 }
        if place >= 0, entries[place].at == second {
            entries[place].minorUnits += amount
        } else {
            entries.insert(Entry(at: second, minorUnits: amount), at: place + 1)
        }
    }

    /// Something came at a later moment than this: the broker's clock is ahead of ours.
    func isAhead(of now: Timestamp) -> Bool { entries.last.map { $0.at > now } ?? false }

    /// Of a sum in which results of the next day stand, too: the less of both days.
    func worse(_ sum: Int64, before next: Timestamp) -> Int64 {
        let after = self.sum(from: next)
        #if SeededBugs
        if SeededBug.tomorrowsProfitIsTodays.isPlanted { return sum }
        #endif
        return after == 0 ? sum : min(sum - after, after)
    }

    /// The sum of what came at `from`, the beginning of a second, or later.
    func sum(from: Timestamp) -> Int64 { entries.reduce(0) { $1.at >= from ? $0 + $1.minorUnits : $0 } }
}

// Snapshots of before told every single one: results with their amounts, sales as their moments alone.
extension RecentResults: Codable {
    private enum Key: String, CodingKey { case entries }

    init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Key.self) {
            for entry in try container.decode([Entry].self, forKey: .entries) { add(entry.minorUnits, at: entry.at) }
        } else {
            for moment in try decoder.singleValueContainer().decode([Timestamp].self) { add(1, at: moment) }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(entries, forKey: .entries)
    }
}
