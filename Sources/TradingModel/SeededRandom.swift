/// Chance from a seed: SplitMix64. The same seed gives the same numbers on every machine.
public struct SeededRandom: RandomNumberGenerator, Hashable, Sendable, Codable {
    private var state: UInt64
    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return SeededRandom.mix(state)
    }

    /// The finishing step of SplitMix64: a well-spread number from any other.
    @inlinable
    public static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A whole number of the range, each equally likely to within 2^-32.
    public mutating func pick(_ range: ClosedRange<Int64>) -> Int64 {
        let span = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int64(next().multipliedFullWidth(by: span).high)
    }

    /// True in `percent` of a hundred cases.
    public mutating func chance(percent: Int64) -> Bool { pick(0...99) < percent }
}
