import TradingModel

/// Ids of signals that were recorded a moment ago. Older ones are found in the journal before they reach the engine;
/// this closes the gap between that look and the engine's turn.
public struct SeenSignals: Sendable {
    private struct Entry: Hashable, Sendable, Codable { var id: SignalID, at: Timestamp }
    /// A ring of a power of two: `count` entries from `head` on, the oldest first.
    private var ring: [Entry] = []
    private var head = 0
    private var count = 0
    /// Where in the ring the id stands that belongs in this slot or in one shortly before it, plus one; 0 is an empty
    /// slot. Twice as many as the ring has, so that the next empty one is near.
    private var slots: [UInt32] = []

    /// How long an id is remembered. A signal that waited longer than half of it to be decided is turned away.
    public static let rememberedSeconds: Int64 = 60
    public static let most = 65_536

    init() {}

    func contains(_ id: SignalID) -> Bool {
        #if SeededBugs
        if SeededBug.acceptsSignalsTwice.isPlanted { return false }
        #endif
        if count == 0 { return false }
        var slot = home(of: id)
        while slots[slot] != 0 {
            if ring[Int(slots[slot] - 1)].id == id { return true }
            slot = after(slot)
        }
        return false
    }

    /// The oldest first.
    var all: [SignalID] { (0..<count).map { ring[(head + $0) & (ring.count - 1)].id } }

    /// Full of ids that may not be forgotten yet.
    func isFull(at now: Timestamp) -> Bool { count >= SeenSignals.most && !isOver(ring[head], at: now) }

    mutating func insert(_ id: SignalID, at now: Timestamp) {
        while count > 0, isOver(ring[head], at: now) { forgetOldest() }
        if count == ring.count { grow() }
        append(Entry(id: id, at: now))
    }

    private func isOver(_ entry: Entry, at now: Timestamp) -> Bool { now.milliseconds(since: entry.at) > SeenSignals.rememberedSeconds * 1_000 }

    // MARK: Ring and slots

    /// An id is a digest: its own bits tell where it belongs. Who looks for ids that belong in one slot makes looking
    /// them up slower, by as many steps as there are ids at most.
    private func home(of id: SignalID) -> Int {
        Int(truncatingIfNeeded: ((id.high ^ id.low) &* 0x9e37_79b9_7f4a_7c15) >> UInt64(64 - slots.count.trailingZeroBitCount))
    }
    private func after(_ slot: Int) -> Int { (slot + 1) & (slots.count - 1) }

    private mutating func append(_ entry: Entry) {
        let place = (head + count) & (ring.count - 1)
        ring[place] = entry
        count += 1
        var slot = home(of: entry.id)
        while slots[slot] != 0 { slot = after(slot) }
        slots[slot] = UInt32(place + 1)
    }

    private mutating func forgetOldest() {
        var hole = home(of: ring[head].id)
        while slots[hole] != UInt32(head + 1) { hole = after(hole) }
        // What was put off by this one, or by another that was, moves up: no look-up may end before it.
        var next = after(hole)
        while slots[next] != 0 {
            let home = home(of: ring[Int(slots[next] - 1)].id), mask = slots.count - 1
            if (next - home) & mask >= (next - hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = after(next)
        }
        slots[hole] = 0
        head = (head + 1) & (ring.count - 1)
        count -= 1
    }

    private mutating func grow() {
        let old = entries
        (ring, head, count) = (Array(repeating: Entry(id: SignalID(high: 0, low: 0), at: Timestamp(milliseconds: 0)), count: max(64, ring.count * 2)), 0, 0)
        slots = Array(repeating: 0, count: ring.count * 2)
        for entry in old { append(entry) }
    }

    /// The oldest first.
    private var entries: [Entry] { (0..<count).map { ring[(head + $0) & (ring.count - 1)] } }
}

// Two that remember the same are equal, whatever room they hold.
extension SeenSignals: Hashable {
    public static func == (a: SeenSignals, b: SeenSignals) -> Bool { a.count == b.count && a.entries == b.entries }
    public func hash(into hasher: inout Hasher) { hasher.combine(count) }
}

extension SeenSignals: Codable {
    public init(from decoder: any Decoder) throws {
        for entry in try decoder.singleValueContainer().decode([Entry].self) {
            if count == ring.count { grow() }
            append(entry)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(entries)
    }
}
