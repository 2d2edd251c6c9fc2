public import TradingModel

/// Orders that end a multiplier by themselves, as money: what is to be won or lost at least. Nil is no order.
public struct LimitOrder: Hashable, Sendable {
    public var takeProfit: Money?
    public var stopLoss: Money?
    public init(takeProfit: Money? = nil, stopLoss: Money? = nil) { (self.takeProfit, self.stopLoss) = (takeProfit, stopLoss) }
}

/// What a multiplier is worth: stake + stake × multiplier × relative move − commission, and never less than nothing.
/// The commission is a share of stake × multiplier: 0.037 %, as recorded messages of the broker show, and more on markets
/// that leap.
public struct MultiplierRule: Hashable, Sendable {
    public let stake: Money
    public let multiplier: Int64
    public let isUp: Bool

    /// What it costs, taken from the value.
    public let commission: Money

    /// `commissionMillionths` is its share of stake × multiplier; it is rounded to the nearest minor unit.
    public init(stake: Money, multiplier: Int64, isUp: Bool, commissionMillionths: Int64 = MultiplierRule.usualCommissionMillionths) {
        let share = (stake.minorUnits * multiplier * commissionMillionths + 500_000) / 1_000_000
        self.init(stake: stake, multiplier: multiplier, isUp: isUp, commission: Money(minorUnits: share, currency: stake.currency))
    }

    /// The rule of a contract that was sold with this commission.
    public init(stake: Money, multiplier: Int64, isUp: Bool, commission: Money) {
        (self.stake, self.multiplier, self.isUp, self.commission) = (stake, multiplier, isUp, commission)
    }

    /// The least and the most stake in minor units: 1.00 and 2,000.00.
    public static let stakes: ClosedRange<Int64> = 100...200_000
    /// The least profit that can be ordered, in minor units: 0.10.
    public static let leastTakeProfit: Int64 = 10
    /// The most, as a multiple of the stake: with it the contract stays within what a double takes exactly.
    public static let mostTakeProfitStakes: Int64 = 90

    /// 0.037 %.
    public static let usualCommissionMillionths: Int64 = 370

    /// The value at `spot`, rounded down; 0 when the move has eaten the stake.
    public func value(entry: Price, spot: Price) -> Money {
        let move = isUp ? spot.pips - entry.pips : entry.pips - spot.pips
        // Past the whole price the stake is long gone, or won a thousandfold: both ends are cut off there.
        let bounded = max(-entry.pips, min(move, entry.pips))
        let (high, low) = (stake.minorUnits * multiplier).multipliedFullWidth(by: bounded)
        let (quotient, remainder) = entry.pips.dividingFullWidth((high, low))
        let gain = remainder < 0 ? quotient - 1 : quotient
        return Money(minorUnits: max(0, stake.minorUnits + gain - commission.minorUnits), currency: stake.currency)
    }

    /// The price at which the profit is `profit` (negative for a loss): of a stop-out, minus the stake. In whole pips,
    /// rounded away from the entry; at least one.
    public func price(entry: Price, profit: Money) -> Price {
        let needed = profit.minorUnits + commission.minorUnits, turnover = stake.minorUnits * multiplier
        let (high, low) = entry.pips.multipliedFullWidth(by: needed)
        let (quotient, remainder) = turnover.dividingFullWidth((high, low))
        let move = remainder == 0 ? quotient : quotient + (needed < 0 ? -1 : 1)
        return Price(pips: max(1, isUp ? entry.pips + move : entry.pips - move))
    }
}
