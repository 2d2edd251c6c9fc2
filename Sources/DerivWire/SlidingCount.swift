import TradingModel

/// How often something happened lately: a ring of slots, so that counting and forgetting cost the same however often it
/// happened. It remembers for one slot longer than asked, never shorter.
struct SlidingCount: Sendable {
    private let slotMilliseconds: Int64
    private var ring: [Int32]
    /// The newest slot, counted from 1970.
    private var newest: Int64 = 0
    private(set) var total = 0

    /// Remembers `slots` whole slots besides the one that runs.
    init(slots: Int, ofSeconds seconds: Int64) {
        slotMilliseconds = seconds * 1_000
        ring = [Int32](repeating: 0, count: slots + 1)
    }

    mutating func turn(to now: Timestamp) {
        let slot = now.milliseconds / slotMilliseconds
        guard slot > newest else { return }
        if slot - newest >= Int64(ring.count) {
            for index in ring.indices { ring[index] = 0 }
            (total, newest) = (0, slot)
            return
        }
        while newest < slot {
            newest += 1
            total -= Int(ring[place(of: newest)])
            ring[place(of: newest)] = 0
        }
    }

    mutating func add(_ count: Int32 = 1, at now: Timestamp) {
        turn(to: now)
        ring[place(of: newest)] += count
        total += Int(count)
    }

    /// When no more than `most` are remembered, if nothing is added. Turn to now first.
    func falls(to most: Int) -> Timestamp {
        var left = total, slot = newest - Int64(ring.count) + 1
        while left > most, slot < newest {
            left -= Int(ring[place(of: slot)])
            slot += 1
        }
        if left > most { slot = newest + 1 }
        // The slot before `slot` is forgotten when the one that takes its place begins.
        return Timestamp(milliseconds: (slot - 1 + Int64(ring.count)) * slotMilliseconds)
    }

    private func place(of slot: Int64) -> Int { Int(((slot % Int64(ring.count)) + Int64(ring.count)) % Int64(ring.count)) }
}
