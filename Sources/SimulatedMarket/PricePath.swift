public import TradingModel

/// One symbol's prices, tick after tick, in whole numbers only.
///
/// A step is round(price × σ√Δt × z) pips, with z chosen by a hash of seed, symbol and the seconds since the path began. The
/// path therefore needs no memory but its last tick and its beginning: from there it goes on the same way, on every machine
/// and after any restart; and two markets of one seed make the same prices whenever they open.
/// The step has mean zero, so the price is a martingale and needs no drift correction.
public struct PricePath: Hashable, Sendable {
    public let symbol: Symbol
    /// Broker seconds of the last tick; a multiple of `tickSeconds`.
    public private(set) var epoch: Int64
    public private(set) var pips: Int64
    /// Broker seconds of the first tick.
    public let origin: Int64
    let tickSeconds: Int64
    /// Standard deviation of one step, in 10^-12 of the price.
    private let deviation: UInt64
    private let key: UInt64
    /// Past a hundredth and a hundred times its opening the price is turned back: digits and steps stay meaningful.
    private let lowest: Int64
    private let highest: Int64

    /// A path that began at `origin` and whose last tick was `pips` at `epoch`.
    public init(_ market: MarketSymbol, seed: UInt64, epoch: Int64, pips: Int64, origin: Int64 = 0) {
        (symbol, self.origin) = (market.symbol, origin)
        (self.epoch, self.pips, tickSeconds) = (epoch, pips, market.tickSeconds)
        // √(seconds / year) × 10^12 is the root of seconds × 10^24 / 31,536,000.
        let root = PricePath.squareRoot(UInt64(market.tickSeconds) * 31_709_791_983_764_586)
        deviation = root * UInt64(market.volatilityPercent) / 100
        key = SeededRandom.mix(seed ^ market.symbol.text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
        (lowest, highest) = (max(1_000, market.openingPips / 100), market.openingPips * 100)
    }

    /// Makes the next tick.
    public mutating func step() -> Tick {
        epoch += tickSeconds
        let z = NormalQuantiles.millionths(SeededRandom.mix(key &+ UInt64(bitPattern: epoch - origin) &* 0x9e37_79b9_7f4a_7c15))
        // price × deviation × z may pass 64 bits; the sum of a half rounds to the nearest pip.
        let product = UInt64(pips).multipliedFullWidth(by: deviation * z.magnitude)
        let (low, carry) = product.low.addingReportingOverflow(PricePath.scale / 2)
        let move = Int64(PricePath.scale.dividingFullWidth((product.high + (carry ? 1 : 0), low)).quotient)
        if pips + move > highest { pips -= move } else if pips - move < lowest { pips += move } else { pips += z < 0 ? -move : move }
        return Tick(symbol: symbol, time: Timestamp(seconds: epoch), price: Price(pips: pips))
    }

    /// Deviation is counted in 10^-12 and z in 10^-6.
    private static let scale: UInt64 = 1_000_000_000_000_000_000

    private static func squareRoot(_ value: UInt64) -> UInt64 {
        var root: UInt64 = 1 << 32
        while true {
            let next = (root + value / root) / 2
            if next >= root { return root }
            root = next
        }
    }
}
