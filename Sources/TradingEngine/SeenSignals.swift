import TradingModel

/// Ids of signals that were recorded a moment ago. Older ones are found in the journal before they reach the engine;
/// this closes the gap between that look and the engine's turn.
public struct SeenSignals: Hashable, Sendable, Codable {
    private struct Entry: Hashable, Sendable, Codable { var id: SignalID, at: Timestamp }
    private var entries: [Entry] = []
    private var first = 0
    private var ids: Set<SignalID> = []

    /// How long an id is remembered. A signal that waited longer than half of it to be decided is turned away.
    public static let rememberedSeconds: Int64 = 60
    public static let most = 65_536

    init() {}

    func contains(_ id: SignalID) -> Bool { ids.contains(id) }
    /// Full of ids that may not be forgotten yet.
    func isFull(at now: Timestamp) -> Bool {
        entries.count - first >= SeenSignals.most && now.milliseconds(since: entries[first].at) <= SeenSignals.rememberedSeconds * 1_000
    }

    mutating func insert(_ id: SignalID, at now: Timestamp) {
        while first < entries.count, now.milliseconds(since: entries[first].at) > SeenSignals.rememberedSeconds * 1_000 {
            ids.remove(entries[first].id)
            first += 1
        }
        if first > 4_096, first * 2 > entries.count {
            entries.removeFirst(first)
            first = 0
        }
        entries.append(Entry(id: id, at: now))
        ids.insert(id)
    }

    // Two that remember the same are equal, whatever room they hold.
    public static func == (a: SeenSignals, b: SeenSignals) -> Bool { a.entries[a.first...] == b.entries[b.first...] }
    public func hash(into hasher: inout Hasher) { hasher.combine(entries.count - first) }
}
