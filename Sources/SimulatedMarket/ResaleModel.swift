public import TradingModel

/// What the broker gives for a running contract: bid = payout × (chance − margin), rounded down, where the chance follows
/// from the distance between price and entry and the ticks still to come. Sold back are rise, fall and their equals over
/// time; contracts over ticks and digits run to their end.
public enum ResaleModel {
    /// What it would yield now, or nil when its kind is not sold back, its entry has not come or its end has.
    public static func bid(for contract: SoldContract, at spot: Tick, on market: MarketSymbol) -> Money? {
        guard contract.offer.kind.family == .direction, let seconds = contract.offer.duration?.seconds, let entry = contract.entry, contract.exit == nil
        else { return nil }
        let ticks = max(0, contract.purchasedAt.adding(seconds: seconds).seconds - spot.time.seconds) / market.tickSeconds
        let spread = max(1, Spread.milliPips(of: market, from: spot.price.pips, ticks: ticks))
        let ahead = (spot.price.pips - entry.price.pips) * 1_000
        let chance =
            switch contract.offer.kind {
            case .rise: chance(ahead - 500, spread)
            case .riseOrEqual: chance(ahead + 500, spread)
            case .fall: chance(-ahead - 500, spread)
            case .fallOrEqual: chance(-ahead + 500, spread)
            case .digitMatches, .digitDiffers, .digitOver, .digitUnder, .even, .odd, .multiplierUp, .multiplierDown:
                preconditionFailure("only directions are sold back by their chance")
            }
        let (high, low) = contract.payout.minorUnits.multipliedFullWidth(by: max(0, chance - PayoutModel.directionMargin))
        return Money(minorUnits: (1_000_000 as Int64).dividingFullWidth((high, low)).quotient, currency: contract.payout.currency)
    }

    /// Both in thousandths of a pip.
    private static func chance(_ distance: Int64, _ spread: Int64) -> Int64 {
        // Past four deviations the table is at its end, and the quotient would not fit.
        if distance.magnitude / 4 >= spread.magnitude { return distance < 0 ? 0 : 1_000_000 }
        let (high, low) = distance.multipliedFullWidth(by: 1_000_000)
        return NormalQuantiles.chance(below: spread.dividingFullWidth((high, low)).quotient)
    }
}
