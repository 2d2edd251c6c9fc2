/// A spot price in whole pips of its symbol: 68223 pips of a symbol with two decimals is 682.23.
public struct Price: Hashable, Comparable, Sendable, Codable {
    public var pips: Int64
    @inlinable public init(pips: Int64) { self.pips = pips }
    @inlinable public static func < (a: Price, b: Price) -> Bool { a.pips < b.pips }
    /// The last decimal digit as the broker shows the price, trailing zeros included: what digit contracts look at.
    @inlinable public var lastDigit: Int { Int(pips.magnitude % 10) }
}
