public import TradingModel

/// Ticks in, wishes out. One instance watches one symbol; it keeps what it remembers in itself, so a copy of a fresh
/// one starts anew, and the same ticks always give the same wishes.
public protocol Strategy: Sendable {
    /// The name it is chosen by.
    static var name: Label { get }
    /// Past ticks that it would like: with so many it is warm. Where it looks at ticks, the first wish comes with this
    /// one at the earliest, counted from 1; where it looks at candles, `pastCandles` says more.
    var warmUpTicks: Int { get }
    /// Takes the next tick of its symbol. Ticks come in order of time, each once.
    mutating func onTick(_ tick: Tick) -> Wish?

    /// Past candles that would make it warm at once. A strategy that looks at candles makes them from ticks when it is
    /// given none, which takes as long as they last.
    var pastCandles: [CandleRequest] { get }
    /// Takes past candles of its symbol, all of one request at once: in order of time, before the ticks that follow
    /// them. The last one may be unfinished.
    mutating func onPast(_ candles: [Candle], seconds: Int64)
}

extension Strategy {
    public var pastCandles: [CandleRequest] { [] }
    public mutating func onPast(_ candles: [Candle], seconds: Int64) {}
}

/// What a strategy would like to buy. The symbol is the tick's; how much it may cost is for the session's plan to say.
public struct Wish: Hashable, Sendable {
    public let kind: ContractKind
    public let duration: ContractDuration
    @inlinable public init(kind: ContractKind, duration: ContractDuration) { (self.kind, self.duration) = (kind, duration) }
}

extension Wish: CustomStringConvertible { public var description: String { "\(kind.name) \(duration.text)" } }
