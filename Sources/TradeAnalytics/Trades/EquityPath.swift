/// Equity after each settlement, and how far it has fallen from its highest value: start balance and settled profit,
/// without deposits and without open contracts.
///
/// The previous system measured a fall from the start balance, so that gains hid it; and it stamped its points with the
/// time of the exit but ordered them by entry. Here a fall is from the peak, and trades come in order of settlement.
public struct EquityPath: Sendable {
    /// Minor units, 1 or more.
    public let start: Int64
    public private(set) var equity: Int64
    public private(set) var peak: Int64
    /// The lowest that equity has been below the peak since it was there: never positive.
    private var dip: Int64 = 0
    /// Trades since equity was at its peak.
    private var below = 0
    // Of the falls that are over.
    private var deepestFall: Int64 = 0
    private var steepest = Fall(amount: 0, peak: 1)
    private var longestFall = 0

    @inline(__always)
    public init(start: Int64) {
        (self.start, equity, peak) = (start, start, start)
    }

    /// One more trade.
    /// - Precondition: the sum fits; `ProfitTally.add` says so for the same trades, a sum of which this is a part.
    @inline(__always)
    public mutating func add(_ profit: Int64) {
        equity += profit
        if equity >= peak {
            if below > 0 { recover() }
            peak = equity
        } else {
            below &+= 1
            dip = min(dip, equity - peak)
        }
    }

    @inline(never)
    private mutating func recover() {
        (deepestFall, steepest, longestFall) = (deepest, greatestShare, longest)
        (dip, below) = (0, 0)
    }

    /// The deepest fall from a peak in minor units: 0 or less.
    public var deepest: Int64 { min(deepestFall, dip) }
    /// The longest time below a peak, in trades; one that is not over counts.
    public var longest: Int { max(longestFall, below) }
    /// The present fall from the peak: 0 or less.
    public var fall: Int64 { equity - peak }
    /// The fall that was the greatest share of its peak. Which one is decided exactly, by multiplying out.
    public var greatestShare: Fall {
        let present = Fall(amount: dip, peak: peak)
        return present.isGreaterShare(than: steepest) ? present : steepest
    }

    /// A fall and the peak it was from.
    public struct Fall: Hashable, Sendable {
        /// Minor units, 0 or less.
        public let amount: Int64
        /// Minor units, 1 or more.
        public let peak: Int64
        /// `amount / peak`: -0.25 is a quarter lost, -1 everything.
        public var share: Double { Double(amount) / Double(peak) }

        func isGreaterShare(than other: Fall) -> Bool { Int128(amount) * Int128(other.peak) < Int128(other.amount) * Int128(peak) }
    }
}

extension EquityPath: Equatable {
    /// Two ways to the same place differ in nothing that can be asked.
    public static func == (a: EquityPath, b: EquityPath) -> Bool {
        (a.start, a.equity, a.peak, a.deepest, a.longest) == (b.start, b.equity, b.peak, b.deepest, b.longest) && a.greatestShare == b.greatestShare
    }
}
