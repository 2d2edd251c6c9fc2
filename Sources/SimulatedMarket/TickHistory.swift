public import TradingModel

/// The newest ticks of one symbol, oldest first, at most `capacity` of them.
public struct TickHistory: RandomAccessCollection, Sendable {
    public let capacity: Int
    private var ring: [Tick] = []
    private var oldest = 0

    public init(capacity: Int) {
        self.capacity = capacity
        ring.reserveCapacity(capacity)
    }

    public mutating func append(_ tick: Tick) {
        if ring.count < capacity { return ring.append(tick) }
        ring[oldest] = tick
        oldest = oldest + 1 == capacity ? 0 : oldest + 1
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { ring.count }
    public subscript(position: Int) -> Tick {
        precondition(ring.indices.contains(position), "no tick at \(position) of \(ring.count)")
        let index = oldest + position
        return ring[index < ring.count ? index : index - ring.count]
    }

    /// How many of the ticks are at or before `time`: the end of that part of the history.
    public func count(upTo time: Timestamp) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
