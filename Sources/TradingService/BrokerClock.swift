import Synchronization
public import TradingModel
public import TradingPorts

/// Broker time: this machine's monotonic clock, `speed` times as fast, plus a filtered offset to the broker's answers.
/// It never goes back: when the broker turns out to be behind, it runs at half speed until they agree.
public final class BrokerClock: Sendable {
    private struct State {
        var offset: Int64
        var last: Timestamp
        /// What the clock would have said without the half speed.
        var lastRaw: Int64
        var samples: [Int64] = []
    }
    private let state: Mutex<State>
    private let started: ContinuousClock.Instant
    public let speed: Int

    /// `start` is the wall clock's moment, or the newest fact's when that is later.
    public init(start: Timestamp, speed: Int = 1) {
        started = ContinuousClock.now
        self.speed = speed
        state = Mutex(State(offset: start.milliseconds, last: start, lastRaw: start.milliseconds))
    }

    private func elapsed() -> Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - started).components
        return (seconds * 1_000_000 + attoseconds / 1_000_000_000_000) * Int64(speed) / 1_000
    }

    public func now() -> Timestamp {
        let elapsed = elapsed()
        return state.withLock { state in
            let raw = elapsed + state.offset
            if raw >= state.last.milliseconds {
                state.last = Timestamp(milliseconds: raw)
            } else if raw > state.lastRaw {
                // Behind what we said already: half the time that passed, so that order is kept and the gap closes.
                state.last = state.last.adding(milliseconds: (raw - state.lastRaw) / 2)
            }
            state.lastRaw = max(state.lastRaw, raw)
            return state.last
        }
    }

    /// The broker's clock showed `seconds` between two moments of ours; it tells whole seconds, so half of one is added.
    public func learn(brokerSeconds: Int64, sent: Timestamp, heard: Timestamp) {
        state.withLock { state in
            let middle = (sent.milliseconds + heard.milliseconds) / 2
            // What the raw clock would have to be shifted by.
            state.samples.append(brokerSeconds * 1_000 + 500 - middle + (state.last.milliseconds - state.lastRaw))
            if state.samples.count > 5 { state.samples.removeFirst() }
            // One answer proves nothing, and a great leap must be agreed on.
            let sorted = state.samples.sorted()
            guard sorted.count >= 3 else { return }
            let shift = sorted[sorted.count / 2]
            // Half a second is what whole seconds cannot tell apart.
            guard abs(shift) > 600, abs(shift) < 30_000 || sorted.last! - sorted.first! < 5_000 * Int64(speed) else { return }
            state.offset += shift
            state.lastRaw += min(0, shift)
            state.samples = []
        }
    }

    public var clock: TradingClock { TradingClock(speed: speed) { self.now() } }
}
