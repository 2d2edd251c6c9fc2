public import TradingModel

/// What the broker gives for a running contract: bid = payout × (chance − margin), rounded down, where the chance follows
/// from the distance between price and entry and the ticks still to come: a normal move, after which the price lies on
/// one of the places it can reach, and of a market that jumps such a move for every number of jumps that may come.
/// Sold back are rise, fall and their equals over time; contracts over ticks and digits run to their end.
public enum ResaleModel {
    /// What it would yield now, or nil when its kind is not sold back, its entry has not come or its end has.
    public static func bid(for contract: SoldContract, at spot: Tick, on market: MarketSymbol) -> Money? {
        guard contract.offer.kind.family == .direction, let seconds = contract.offer.duration?.seconds, let entry = contract.entry, contract.exit == nil
        else { return nil }
        let ticks = max(0, contract.purchasedAt.adding(seconds: seconds).seconds - spot.time.seconds) / market.tickSeconds
        let ahead = (spot.price.pips - entry.price.pips) * 1_000, half = halfOfPlace(ahead: ahead, ticks: ticks, on: market)
        let distance =
            switch contract.offer.kind {
            case .rise: ahead - half
            case .riseOrEqual: ahead + half
            case .fall: -ahead - half
            case .fallOrEqual: -ahead + half
            case .digitMatches, .digitDiffers, .digitOver, .digitUnder, .even, .odd, .multiplierUp, .multiplierDown:
                preconditionFailure("only directions are sold back by their chance")
            }
        let chance = chance(of: distance, from: spot.price.pips, ticks: ticks, on: market)
        let (high, low) = contract.payout.minorUnits.multipliedFullWidth(by: max(0, chance - PayoutModel.directionMargin))
        return Money(minorUnits: (1_000_000 as Int64).dividingFullWidth((high, low)).quotient, currency: contract.payout.currency)
    }

    /// Half the way between two places where the price can lie after `ticks`, in thousandths of a pip: equal ends lie
    /// within it. Steps of one size reach every other place only, and the entry is one of them or midway between two.
    private static func halfOfPlace(ahead: Int64, ticks: Int64, on market: MarketSymbol) -> Int64 {
        guard case .steps(let size) = market.process else { return 500 }
        return (ahead / (size * 1_000) + ticks) % 2 == 0 ? size * 1_000 : 0
    }

    /// The chance that a move upward from `-distance` ends above nothing, in millionths.
    private static func chance(of distance: Int64, from pips: Int64, ticks: Int64, on market: MarketSymbol) -> Int64 {
        // With no tick to come the price stays where it is.
        guard ticks > 0 else { return distance > 0 ? 1_000_000 : 0 }
        let spread = Spread.milliPips(of: market, from: pips, ticks: ticks)
        switch market.process {
        case .volatility, .steps, .dailyReset: return chance(distance, spread)
        case .jumps: return JumpRule.chance(of: distance, spread: spread, jump: JumpRule.milliPips(on: market, from: pips), ticks: ticks, chance)
        case .spikes: preconditionFailure("nothing that is sold on \(market.symbol) is sold back by its chance")
        }
    }

    /// Both in thousandths of a pip; `spread` is more than nothing on every market whose price moves.
    private static func chance(_ distance: Int64, _ spread: Int64) -> Int64 {
        precondition(spread > 0, "a price that is to move has a spread")
        // Past four deviations the table is at its end, and the quotient would not fit.
        if distance.magnitude / 4 >= spread.magnitude { return distance < 0 ? 0 : 1_000_000 }
        let (high, low) = distance.multipliedFullWidth(by: 1_000_000)
        return NormalQuantiles.chance(below: spread.dividingFullWidth((high, low)).quotient)
    }
}
