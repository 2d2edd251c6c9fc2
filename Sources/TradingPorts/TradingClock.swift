public import TradingModel

/// The time that decisions are stamped with: broker time in milliseconds, which never goes back.
public struct TradingClock: Sendable {
    public var now: @Sendable () -> Timestamp
    /// Broker seconds that pass in one second of this machine; 1 but in a demo.
    public var speed: Int
    public init(speed: Int = 1, now: @escaping @Sendable () -> Timestamp) { (self.speed, self.now) = (speed, now) }
}
