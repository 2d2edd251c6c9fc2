/// What a signal came in, word for word: kept beside its acceptance, so that what was asked for can be shown later. No
/// decision looks at it.
public struct SignalOrigin: Hashable, Sendable {
    public enum Way: String, Hashable, Sendable, CaseIterable {
        /// A request of a person or a program.
        case api
        /// An alert to a hook.
        case hook
        /// A built-in strategy.
        case strategy
    }

    public var way: Way
    /// Which one: the route, the hook's id, the strategy.
    public var name: String
    /// The client's own key, which the signal's id follows from. Nil: the id was drawn by chance.
    public var key: String?
    /// The body of the request. Of a strategy: its settings and the tick that decided, as JSON.
    public var body: [UInt8]

    public init(_ way: Way, name: String, key: String?, body: [UInt8]) { (self.way, self.name, self.key, self.body) = (way, name, key, body) }
}
