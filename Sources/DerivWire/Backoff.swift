import TradingModel

/// Pauses between attempts: growing, jittered, capped. The jitter comes from a seed, so a simulation repeats.
struct Backoff {
    private var attempts = 0
    private var random: SeededRandom
    static let shortestMilliseconds: Int64 = 500
    static let longestMilliseconds: Int64 = 30_000

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// Between half and all of 0.5, 1, 2, 4 … 30 seconds.
    mutating func next() -> Int64 {
        #if SeededBugs
        if SeededBug.reconnectsAtOnce.isPlanted { return 1 }
        #endif
        let full = min(Backoff.longestMilliseconds, Backoff.shortestMilliseconds << Int64(min(attempts, 8)))
        attempts += 1
        return random.pick(full / 2...full)
    }

    mutating func reset() { attempts = 0 }
}
