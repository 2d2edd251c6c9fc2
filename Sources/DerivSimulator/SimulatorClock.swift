public import TradingModel

/// Broker time that runs `speed` times as fast as the machine's monotonic clock. Server and simulator in one process
/// read the same one.
public struct SimulatorClock: Sendable {
    public let start: Timestamp
    /// Broker seconds per second of the machine; at least 1.
    public let speed: Int
    private let origin: SuspendingClock.Instant

    /// A clock that shows `start` now.
    public init(start: Timestamp, speed: Int = 1) {
        precondition(speed >= 1, "a clock's speed is at least 1: \(speed)")
        (self.start, self.speed, origin) = (start, speed, SuspendingClock.now)
    }

    public func now() -> Timestamp {
        let (seconds, attoseconds) = origin.duration(to: SuspendingClock.now).components
        return start.adding(milliseconds: (seconds * 1_000_000 + attoseconds / 1_000_000_000_000) * Int64(speed) / 1_000)
    }

    /// Nanoseconds of the machine until the broker's clock shows `moment`; 0 when it has.
    func nanoseconds(until moment: Timestamp) -> Int64 {
        max(0, moment.milliseconds(since: now())) * 1_000_000 / Int64(speed)
    }
}
