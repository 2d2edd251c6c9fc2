/// One price at one time.
public struct Tick: Hashable, Sendable, Codable {
    public var symbol: Symbol
    /// When the broker made it.
    public var time: Timestamp
    public var price: Price
    @inlinable public init(symbol: Symbol, time: Timestamp, price: Price) { (self.symbol, self.time, self.price) = (symbol, time, price) }
}
