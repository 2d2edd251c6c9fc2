// How much each may ask: so many requests a minute for an address, a person, a key, a hook.

import Synchronization
import TradingModel

/// A bucket for each name, full at the start: it holds what a minute allows and fills again evenly.
final class Rates: Sendable {
    /// A request costs as much as a minute has milliseconds, so that nothing is lost to rounding.
    private struct Bucket { var level: Int64, at: Timestamp }
    private static let cost: Int64 = 60_000
    private let buckets = Mutex<[String: Bucket]>([:])
    /// Past this, names that have rested for a minute are forgotten, which changes nothing for them; when none has, all are.
    private let most: Int

    init(most: Int = 10_000) { self.most = most }

    /// Seconds until the next one is taken, or nil when this one is.
    func take(_ name: String, perMinute: Int32, at now: Timestamp) -> Int64? {
        buckets.withLock { buckets in
            if buckets.count >= most, buckets[name] == nil {
                buckets = buckets.filter { now.milliseconds(since: $0.value.at) < 60_000 }
                if buckets.count >= most { buckets = [:] }
            }
            let full = Int64(perMinute) * Rates.cost, before = buckets[name] ?? Bucket(level: full, at: now)
            let passed = min(60_000, max(0, now.milliseconds(since: before.at)))
            var bucket = Bucket(level: min(full, before.level + passed * Int64(perMinute)), at: now)
            let isTaken = bucket.level >= Rates.cost
            if isTaken { bucket.level -= Rates.cost }
            buckets[name] = bucket
            return isTaken ? nil : (Rates.cost - bucket.level) / (Int64(perMinute) * 1_000) + 1
        }
    }
}

extension Rates {
    /// What was taken is not counted after all.
    func giveBack(_ name: String, perMinute: Int32) {
        buckets.withLock { buckets in
            guard let level = buckets[name]?.level else { return }
            buckets[name]?.level = min(Int64(perMinute) * Rates.cost, level + Rates.cost)
        }
    }
}

/// What one caller may ask a minute. Keys of `signalist owner` have no such limit: whoever has one has the machine.
public struct RequestLimits: Sendable, Hashable {
    /// Requests that change something, of a person or a key.
    public var writesPerMinute = 120
    /// Requests that ask.
    public var readsPerMinute = 600
    /// Signals, of a person or a key.
    public var signalsPerMinute = 600
    /// Requests from one address that nobody is known by.
    public var unknownPerMinute = 300
    public init() {}
}
