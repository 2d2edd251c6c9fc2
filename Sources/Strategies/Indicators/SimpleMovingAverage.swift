/// The average of the last `length` whole numbers, kept as their sum: nothing is divided, so nothing is rounded and
/// nothing drifts however long it runs. 128 bits hold the sum of any prices, a broken feed's too.
public struct SimpleMovingAverage: Sendable {
    @usableFromInline var values: RingBuffer<Int64>
    /// The sum of the values it holds now.
    public private(set) var sum: Int128 = 0

    /// - Parameter length: values it covers, 1 at least.
    public init(over length: Int) { values = RingBuffer(capacity: length) }

    public var length: Int { values.capacity }
    /// Are there as many values as it covers? Until then it is no average to compare.
    public var isFull: Bool { values.isFull }

    public mutating func add(_ value: Int64) {
        let left = values.add(value) ?? 0
        sum += Int128(value) - Int128(left)
    }

    /// Where a value is, seen from the full average: above it 1, below it -1, on it 0. Exactly, by multiplying out.
    public func side(of value: Int64) -> Int {
        let (multiplied, sum) = (Int128(value) * Int128(length), sum)
        return multiplied > sum ? 1 : multiplied < sum ? -1 : 0
    }

    /// Is one full average lower than the other? `a / m < b / n` as `a × n < b × m`, exactly.
    public static func < (a: SimpleMovingAverage, b: SimpleMovingAverage) -> Bool {
        a.sum * Int128(b.length) < b.sum * Int128(a.length)
    }
}
