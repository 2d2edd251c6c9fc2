// How many alerts each hook has taken lately.

import Synchronization
import TradingModel

/// A bucket a hook, full at the start: it holds a minute's alerts and fills again evenly.
final class HookRates: Sendable {
    /// An alert costs as much as a minute has milliseconds, so that nothing is lost to rounding.
    private struct Bucket { var level: Int64, at: Timestamp }
    private static let cost: Int64 = 60_000
    private let buckets = Mutex<[String: Bucket]>([:])
    /// Past this, hooks that have rested for a minute are forgotten, which changes nothing for them.
    private static let most = 10_000

    /// Seconds until the next alert is taken, or nil when this one is.
    func take(_ hook: String, perMinute: Int32, at now: Timestamp) -> Int64? {
        buckets.withLock { buckets in
            if buckets.count >= HookRates.most, buckets[hook] == nil {
                buckets = buckets.filter { now.milliseconds(since: $0.value.at) < 60_000 }
            }
            let full = Int64(perMinute) * HookRates.cost, before = buckets[hook] ?? Bucket(level: full, at: now)
            let passed = min(60_000, max(0, now.milliseconds(since: before.at)))
            var bucket = Bucket(level: min(full, before.level + passed * Int64(perMinute)), at: now)
            let isTaken = bucket.level >= HookRates.cost
            if isTaken { bucket.level -= HookRates.cost }
            buckets[hook] = bucket
            return isTaken ? nil : (HookRates.cost - bucket.level) / (Int64(perMinute) * 1_000) + 1
        }
    }
}
