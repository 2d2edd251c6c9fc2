public import TradingModel

/// How a price moves from one tick to the next.
public enum MarketProcess: Hashable, Sendable {
    /// Independent normal steps of constant volatility.
    case volatility
    /// Small steps one way and, once in `every` ticks on average, one large step the other way. The steps cancel out.
    case spikes(up: Bool, every: Int64)
    /// Normal steps, and three times an hour on average one that is thirty times as large as usual, up or down alike.
    case jumps
    /// So many pips up or down, equally likely.
    case steps(pips: Int64)
    /// Normal steps with a drift, in percent of the price a year; at midnight UTC the price returns to its opening.
    case dailyReset(driftPercent: Int64)
}

/// What is known of a simulated market before any price: its name, its scale, its pace, its hours and how it moves.
public struct MarketSymbol: Hashable, Sendable {
    public let symbol: Symbol
    /// `Volatility 100 Index`
    public let displayName: String
    /// Digits after the point of its prices: one pip is 10^-decimals.
    public let decimals: Int
    public let process: MarketProcess
    /// Standard deviation of a year's logarithmic return, in percent; 0 where the process has a measure of its own.
    public let volatilityPercent: Int64
    /// Seconds between two ticks; ticks fall on the multiples of it.
    public let tickSeconds: Int64
    /// Where a new market begins, in pips.
    public let openingPips: Int64
    public let hours: MarketHours
    /// The multipliers that are sold, ascending; empty for none.
    public let multipliers: [Int64]

    init(
        _ symbol: String, _ name: String, decimals: Int, process: MarketProcess = .volatility, volatilityPercent: Int64, tickSeconds: Int64,
        openingPips: Int64, hours: MarketHours = .always, multipliers: [Int64]
    ) {
        (self.symbol, displayName, self.decimals, self.process) = (Symbol(symbol)!, name, decimals, process)
        (self.volatilityPercent, self.tickSeconds, self.openingPips) = (volatilityPercent, tickSeconds, openingPips)
        (self.hours, self.multipliers) = (hours, multipliers)
    }

    /// Standard deviation of one normal step, in 10^-12 of the price.
    var deviation: UInt64 {
        // √(seconds / year) × 10^12 is the root of seconds × 10^24 / 31,536,000.
        WholeRoot.of(UInt64(tickSeconds) * 31_709_791_983_764_586) * UInt64(volatilityPercent) / 100
    }

    /// What a multiplier costs, in millionths of stake × multiplier. When a move passes the stop-out by far, the buyer
    /// loses the stake and no more; that gift is a share of the price, however large the multiplier. The commission is
    /// more than it is on average, so that nobody gains by waiting: `StopOutTests` measures it.
    /// Of 370 recorded messages tell; the others are ours.
    public var commissionMillionths: Int64 {
        switch process {
        // A normal step passes a limit by 0.6 deviations: at the most by 311 millionths.
        case .volatility, .steps, .dailyReset: MultiplierRule.usualCommissionMillionths
        // The first rise above a level is, of a fair price with spikes J, E[J²]/2E[J]: 13/24 of 1,500 millionths.
        case .spikes: 850
        // Usual steps and jumps of thirty deviations together pass it by at most 2.95 deviations.
        case .jumps: max(MultiplierRule.usualCommissionMillionths, Int64(deviation) * 32 / 10_000_000)
        }
    }

    /// The catalogue's entry of a symbol, or nil when the broker does not know it.
    public static func named(_ symbol: Symbol) -> MarketSymbol? { bySymbol[symbol] }
    private static let bySymbol = Dictionary(uniqueKeysWithValues: all.map { ($0.symbol, $0) })
}

/// Roots of whole numbers.
enum WholeRoot {
    /// The largest number whose square is not greater than `value`.
    static func of(_ value: UInt64) -> UInt64 {
        if value == 0 { return 0 }
        var root: UInt64 = 1 << 32
        while true {
            let next = (root + value / root) / 2
            if next >= root { return root }
            root = next
        }
    }
}
