/// The last `capacity` values of a series, in fixed space: adding one to a full buffer gives up the oldest.
public struct RingBuffer<Element> {
    public let capacity: Int
    @usableFromInline var storage: [Element] = []
    /// Where the oldest value stands once the buffer is full.
    @usableFromInline var oldest = 0

    /// - Parameter capacity: 1 at least.
    @inlinable
    public init(capacity: Int) {
        precondition(capacity > 0, "a ring buffer of \(capacity) values")
        self.capacity = capacity
        storage.reserveCapacity(capacity)
    }

    @inlinable public var count: Int { storage.count }
    @inlinable public var isFull: Bool { storage.count == capacity }

    /// Adds a value and returns the one that left for it, if the buffer was full.
    @inlinable @discardableResult
    public mutating func add(_ value: Element) -> Element? {
        guard isFull else {
            storage.append(value)
            return nil
        }
        let left = storage[oldest]
        storage[oldest] = value
        oldest = oldest + 1 == capacity ? 0 : oldest + 1
        return left
    }

    /// From the oldest to the newest; for looking, not for the hot path.
    public var elements: [Element] { Array(storage[oldest...] + storage[..<oldest]) }
}

extension RingBuffer: Sendable where Element: Sendable {}
