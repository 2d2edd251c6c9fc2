/// Whether a symbol is traded.
public struct MarketStanding: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case open
        /// `opens` is nil when the broker names no opening within the week.
        case closed(opens: Timestamp?)
        /// The broker has stopped it for now.
        case suspended
        /// There is no such symbol.
        case unknown
    }
    public var state: State
    /// What the broker calls it, and the market that it belongs to; empty when it is unknown.
    public var displayName: String
    public var market: String
    public init(state: State, displayName: String, market: String) { (self.state, self.displayName, self.market) = (state, displayName, market) }
}
