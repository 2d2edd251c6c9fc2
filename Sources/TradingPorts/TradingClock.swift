public import TradingModel

/// The time that decisions are stamped with: broker time in milliseconds, which never goes back.
public struct TradingClock: Sendable {
    public var now: @Sendable () -> Timestamp
    /// Broker seconds that pass in one second of this machine; 1 but in a demo.
    public var speed: Int
    /// Milliseconds by which it is known to be ahead of the broker's: until they agree, what the broker says looks old.
    public var ahead: @Sendable () -> Int64
    public init(speed: Int = 1, ahead: @escaping @Sendable () -> Int64 = { 0 }, now: @escaping @Sendable () -> Timestamp) {
        (self.speed, self.ahead, self.now) = (speed, ahead, now)
    }
}
