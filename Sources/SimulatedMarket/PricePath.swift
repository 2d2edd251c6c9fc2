public import TradingModel

/// One symbol's prices, tick after tick, in whole numbers only.
///
/// A step follows from a hash of seed, symbol and the seconds since the path began. The path therefore needs no memory but
/// its last tick and its beginning: from there it goes on the same way, on every machine and after any restart; and two
/// markets of one seed make the same prices whenever they open, but for closed hours and resets, which the calendar sets.
/// A normal step is round(price × (σ√Δt × z + drift)) pips. Without a drift every process has steps of mean zero, so the
/// price is a martingale and needs no correction.
public struct PricePath: Hashable, Sendable {
    public let symbol: Symbol
    /// Broker seconds of the last tick; a multiple of `tickSeconds`.
    public private(set) var epoch: Int64
    public private(set) var pips: Int64
    /// Broker seconds of the first tick.
    public let origin: Int64
    /// Broker seconds of the next tick: the next multiple of `tickSeconds` at which the market is open.
    public private(set) var nextEpoch: Int64
    let tickSeconds: Int64
    private let process: MarketProcess
    private let hours: MarketHours
    private let openingPips: Int64
    /// Standard deviation and mean of one normal step, in 10^-12 of the price.
    private let deviation: UInt64
    private let drift: Int64
    private let key: UInt64
    /// Past a hundredth and a hundred times its opening the price is turned back: digits and steps stay meaningful.
    private let lowest: Int64
    private let highest: Int64

    /// A path that began at `origin` and whose last tick was `pips` at `epoch`.
    public init(_ market: MarketSymbol, seed: UInt64, epoch: Int64, pips: Int64, origin: Int64 = 0) {
        (symbol, self.origin, process, hours) = (market.symbol, origin, market.process, market.hours)
        (self.epoch, self.pips, tickSeconds, openingPips) = (epoch, pips, market.tickSeconds, market.openingPips)
        nextEpoch = market.hours.opening(atOrAfter: epoch + market.tickSeconds)
        deviation = market.deviation
        drift = if case .dailyReset(let percent) = market.process { percent * market.tickSeconds * 10_000_000_000 / 31_536_000 } else { 0 }
        key = SeededRandom.mix(seed ^ market.symbol.text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
        (lowest, highest) = (max(1_000, market.openingPips / 100), market.openingPips * 100)
    }

    /// Makes the next tick.
    public mutating func step() -> Tick {
        epoch = nextEpoch
        nextEpoch = hours.opening(atOrAfter: epoch + tickSeconds)
        let word = SeededRandom.mix(key &+ UInt64(bitPattern: epoch - origin) &* 0x9e37_79b9_7f4a_7c15)
        switch process {
        case .volatility: move(normalStep(word))
        case .jumps: move(normalStep(word) + jump(SeededRandom.mix(word ^ 0x6a75_6d70)))
        case .spikes(let up, let every): move(spikeOrDrift(word, up: up, every: every))
        case .steps(let size): move(word & 1 == 0 ? size : -size)
        case .dailyReset: if epoch % 86_400 == 0 { pips = openingPips } else { move(normalStep(word)) }
        }
        return Tick(symbol: symbol, time: Timestamp(seconds: epoch), price: Price(pips: pips))
    }

    /// What a normal step has on average, in pips.
    var meanMove: Int64 { drift < 0 ? -pips(of: (drift * 1_000_000).magnitude) : pips(of: (drift * 1_000_000).magnitude) }

    private mutating func move(_ step: Int64) {
        let size = Int64(step.magnitude)
        if pips + size > highest { pips -= size } else if pips - size < lowest { pips += size } else { pips += step }
    }

    /// So many pips as `share` of the price is, rounded to the nearest; `share` counts 10^-18.
    private func pips(of share: UInt64) -> Int64 {
        // The product may pass 64 bits.
        let product = UInt64(pips).multipliedFullWidth(by: share)
        let (low, carry) = product.low.addingReportingOverflow(PricePath.scale / 2)
        return Int64(PricePath.scale.dividingFullWidth((product.high + (carry ? 1 : 0), low)).quotient)
    }
    private static let scale: UInt64 = 1_000_000_000_000_000_000

    private func normalStep(_ word: UInt64) -> Int64 {
        // Deviation is counted in 10^-12 and z in 10^-6.
        let share = Int64(deviation) * NormalQuantiles.millionths(word) + drift * 1_000_000
        return share < 0 ? -pips(of: share.magnitude) : pips(of: share.magnitude)
    }

    /// Three times in 3,600 ticks of a second a move of thirty standard deviations, else nothing.
    private func jump(_ word: UInt64) -> Int64 {
        guard word % UInt64(JumpRule.every) == 0 else { return 0 }
        let size = pips(of: deviation * UInt64(JumpRule.deviations) * 1_000_000)
        return word >> 32 & 1 == 0 ? size : -size
    }

    /// The mean of all small steps between two spikes, and of a spike, in 10^-12 of the price: 0.15 %. Ours: nothing is published.
    private static let swing: UInt64 = 1_500_000_000

    /// Sizes are spread evenly from half to one and a half times their mean.
    private func spikeOrDrift(_ word: UInt64, up: Bool, every: Int64) -> Int64 {
        let every = UInt64(every), percent = 50 + (word >> 40) % 101, isSpike = (word & 0xffff_ffff) % every == 0
        let mean = isSpike ? PricePath.swing / every * (every - 1) : PricePath.swing / every
        let size = pips(of: mean * percent * 10_000)
        return isSpike == up ? size : -size
    }
}
