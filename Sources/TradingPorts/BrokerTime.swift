public import TradingModel

/// Broker time as a value: what a monotonic clock has counted since the start, plus a filtered offset to the broker's
/// answers to `time`. It never goes back: when the broker turns out to be behind, it runs at half speed until they agree.
/// It reads no clock, so that a simulation turns it by hand.
public struct BrokerTime: Sendable {
    private var offset: Int64
    private var last: Timestamp
    /// What the clock would have said without the half speed.
    private var lastRaw: Int64
    private var samples: [Int64] = []
    /// What it showed when the offset was changed last: a question put before that is measured with two clocks.
    private var changedAt: Timestamp?
    /// Broker seconds in one second of the monotonic clock.
    private let speed: Int

    /// Milliseconds: two answers to the same question differ by a second from rounding alone.
    private static let agreeWithin: Int64 = 1_500

    /// `start` is what it shows when nothing has elapsed.
    public init(start: Timestamp, speed: Int = 1) {
        (offset, last, lastRaw, self.speed) = (start.milliseconds, start, start.milliseconds, speed)
    }

    /// `elapsed`: milliseconds since the start, `speed` times as many as the monotonic clock counted.
    public mutating func now(elapsed: Int64) -> Timestamp {
        #if SeededBugs
        if SeededBug.timeGoesBack.isPlanted { return Timestamp(milliseconds: elapsed + offset) }
        #endif
        let raw = elapsed + offset
        if raw >= last.milliseconds {
            last = Timestamp(milliseconds: raw)
        } else if raw > lastRaw {
            // Behind what we said already: half the time that passed, so that order is kept and the gap closes.
            last = last.adding(milliseconds: (raw - lastRaw) / 2)
        }
        lastRaw = max(lastRaw, raw)
        return last
    }

    /// Milliseconds by which it is ahead of what the broker's answers come to; 0 when they agree.
    public var ahead: Int64 { max(0, last.milliseconds - lastRaw) }

    /// The broker's clock showed `seconds` between two moments of ours; it tells whole seconds, so half of one is added.
    /// Answers the milliseconds by which the offset was changed, forward or back; mostly 0.
    @discardableResult public mutating func learn(brokerSeconds: Int64, sent: Timestamp, heard: Timestamp) -> Int64 {
        if let changedAt, sent <= changedAt { return 0 }
        let middle = (sent.milliseconds + heard.milliseconds) / 2, way = max(0, heard.milliseconds(since: sent)) / 2
        // What the raw clock would have to be shifted by; it may be wrong by the way, which need not be as long there as back.
        var shift = brokerSeconds * 1_000 + 500 - middle + (last.milliseconds - lastRaw)
        shift = abs(shift) <= way + 500 ? 0 : shift - way * shift.signum()
        #if SeededBugs
        if SeededBug.oneAnswerMovesTime.isPlanted { offset += shift }
        #endif
        samples.append(shift)
        if samples.count > 5 { samples.removeFirst() }
        // What three answers do not agree on proves nothing: of three from two connections two may be wrong. A great leap must be
        // agreed on by all.
        let sorted = samples.sorted(), agreed = sorted[sorted.count / 2]
        guard sorted.count(where: { abs($0 - agreed) <= BrokerTime.agreeWithin * Int64(speed) }) >= 3 else { return 0 }
        // Half a second is what whole seconds cannot tell apart.
        guard abs(agreed) > 600, abs(agreed) < 30_000 || sorted.last! - sorted.first! < 5_000 * Int64(speed) else { return 0 }
        offset += agreed
        lastRaw += min(0, agreed)
        samples = []
        changedAt = last
        return agreed
    }
}
