public import TradingModel

/// Ticks in, wishes out. One instance watches one symbol; it keeps what it remembers in itself, so a copy of a fresh
/// one starts anew, and the same ticks always give the same wishes.
public protocol Strategy: Sendable {
    /// The name it is chosen by.
    static var name: Label { get }
    /// The first wish comes with this tick at the earliest, counted from 1.
    var warmUpTicks: Int { get }
    /// Takes the next tick of its symbol. Ticks come in order of time, each once.
    mutating func onTick(_ tick: Tick) -> Wish?
}

/// What a strategy would like to buy. The symbol is the tick's; how much it may cost is for the session's plan to say.
public struct Wish: Hashable, Sendable {
    public let kind: ContractKind
    public let duration: ContractDuration
    @inlinable public init(kind: ContractKind, duration: ContractDuration) { (self.kind, self.duration) = (kind, duration) }
}

extension Wish: CustomStringConvertible { public var description: String { "\(kind.name) \(duration.text)" } }
