/// Which signals a session follows. An empty list means all.
public struct SignalCriteria: Hashable, Sendable, Codable {
    public var symbols: [Symbol]
    public var sources: [Label]
    public var strategies: [Label]

    /// The most names one list may hold.
    public static let listLongest = 64

    public init(symbols: [Symbol] = [], sources: [Label] = [], strategies: [Label] = []) {
        (self.symbols, self.sources, self.strategies) = (symbols, sources, strategies)
    }
}
