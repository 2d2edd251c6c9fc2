import Synchronization
public import TradingModel
public import TradingPorts

/// Broker time: this machine's monotonic clock, `speed` times as fast, plus a filtered offset to the broker's answers.
/// It never goes back; how is `BrokerTime`'s to say.
public final class BrokerClock: Sendable {
    private let state: Mutex<BrokerTime>
    private let started: ContinuousClock.Instant
    public let speed: Int

    /// `start` is the wall clock's moment, or the newest fact's when that is later.
    public init(start: Timestamp, speed: Int = 1) {
        started = ContinuousClock.now
        self.speed = speed
        state = Mutex(BrokerTime(start: start, speed: speed))
    }

    private func elapsed() -> Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - started).components
        return (seconds * 1_000_000 + attoseconds / 1_000_000_000_000) * Int64(speed) / 1_000
    }

    public func now() -> Timestamp {
        let elapsed = elapsed()
        return state.withLock { $0.now(elapsed: elapsed) }
    }

    /// Milliseconds by which it is ahead of the broker's, as far as the broker's answers tell.
    public var ahead: Int64 { state.withLock(\.ahead) }

    /// The broker's clock showed `seconds` between two moments of ours. Answers the milliseconds by which it was set, mostly 0.
    @discardableResult public func learn(brokerSeconds: Int64, sent: Timestamp, heard: Timestamp) -> Int64 {
        state.withLock { $0.learn(brokerSeconds: brokerSeconds, sent: sent, heard: heard) }
    }

    public var clock: TradingClock { TradingClock(speed: speed, ahead: { self.ahead }) { self.now() } }
}
