import TradingModel

/// Counts a strategy's refusals, so that one that is refused on every tick fills the journal with one fact a minute and
/// not with thousands. What is not yet put on record is lost with the process; nothing is decided by it.
struct RefusalMeter: Sendable {
    struct Entry: Sendable {
        let session: SessionID
        let strategy: Label
        var refusal: Refusal
        var since: Timestamp
        /// Refusals since the last fact.
        var count: Int64
    }
    private(set) var entries: [Entry] = []
    static let most = 1_024

    /// True when this refusal is to be put on record now: the first with its code in a while. While as many as it holds are counted, one
    /// more kind is not put on record at all.
    mutating func count(_ refusal: Refusal, session: SessionID, strategy: Label, at now: Timestamp) -> Bool {
        if let index = entries.firstIndex(where: { $0.session == session && $0.strategy == strategy && $0.refusal.code == refusal.code }) {
            entries[index].count += 1
            entries[index].refusal = refusal
            return false
        }
        // Nothing is decided by it, and a fact each would be what this is there to prevent.
        if entries.count >= RefusalMeter.most { return false }
        entries.append(Entry(session: session, strategy: strategy, refusal: refusal, since: now, count: 0))
        return true
    }

    /// Takes what is older than `seconds`, or everything; what counted nothing since its fact is only forgotten.
    mutating func take(olderThan seconds: Int64, at now: Timestamp) -> [Entry] {
        var due: [Entry] = []
        entries.removeAll { entry in
            guard now >= entry.since.adding(seconds: seconds) else { return false }
            if entry.count > 0 { due.append(entry) }
            return true
        }
        return due
    }

    func nextDeadline(seconds: Int64) -> Timestamp? { entries.map { $0.since.adding(seconds: seconds) }.min() }
}
