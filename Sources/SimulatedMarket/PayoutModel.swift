public import TradingModel

/// What a contract costs for what it pays: ask = payout × (chance + margin), rounded to the minor unit in the broker's favour.
/// The chance is that of the process the prices follow; the margin is 0.0115 for directions and 0.01 for digits.
public enum PayoutModel {
    /// The least stake, in minor units of a currency with two decimals: 0.35.
    public static let leastStakeMinorUnits: Int64 = 35
    /// The most a contract may pay, stake included, in minor units: 50,000.00.
    public static let mostPayoutMinorUnits: Int64 = 5_000_000

    static let directionMargin: Int64 = 11_500
    static let digitMargin: Int64 = 10_000

    /// The price of a payout of one on a market, in millionths; nil for kinds that are not sold at a fixed payout.
    public static func ask(_ kind: OfferedKind, digit: Int? = nil, on market: MarketSymbol) -> Int64? {
        let chosen = Int64(digit ?? 0)
        return switch kind {
        case .rise, .fall: 500_000 + max(0, lean(of: kind, on: market)) + directionMargin
        case .riseOrEqual, .fallOrEqual: 500_000 + max(0, lean(of: kind, on: market)) + halfOfEqual(on: market) + directionMargin
        case .digitMatches: 100_000 + digitMargin
        case .digitDiffers: 900_000 + digitMargin
        case .digitOver: (9 - chosen) * 100_000 + digitMargin
        case .digitUnder: chosen * 100_000 + digitMargin
        case .even, .odd: 500_000 + digitMargin
        case .multiplierUp, .multiplierDown: nil
        }
    }

    public static func ask(_ terms: OfferedTerms, on market: MarketSymbol) -> Int64? { ask(terms.kind, digit: terms.digit, on: market) }

    /// By how much a drift raises the chance of a direction over a whole day, the longest there is, in millionths.
    private static func lean(of kind: OfferedKind, on market: MarketSymbol) -> Int64 {
        guard case .dailyReset(let percent) = market.process else { return 0 }
        // Mean over deviation of a day: drift × √day ÷ volatility; √(1/365) is 0.052342.
        let z = percent * 52_342 / market.volatilityPercent, chance = NormalQuantiles.chance(below: z) - 500_000
        return kind == .rise || kind == .riseOrEqual ? chance : -chance
    }

    /// Half the chance that the shortest contract ends where it began, in millionths. One price for all durations: the
    /// longer ones are equal less often, in the broker's favour.
    private static func halfOfEqual(on market: MarketSymbol) -> Int64 {
        let ticks: Int64 = market.hours == .always ? 1 : 180 / market.tickSeconds
        let spread = Spread.milliPips(of: market, from: market.openingPips, ticks: ticks)
        // A sum of rounded steps is equal when it lies within half a pip.
        return spread == 0 ? 500_000 : NormalQuantiles.chance(below: 500_000_000 / spread) - 500_000
    }

    /// What a stake buys, stake included; rounded down. At the money 10.00 buys 19.55, on even 19.60.
    public static func payout(forStake stake: Money, ask: Int64) -> Money {
        Money(minorUnits: stake.minorUnits * 1_000_000 / ask, currency: stake.currency)
    }

    /// What a payout costs; rounded up.
    public static func price(forPayout payout: Money, ask: Int64) -> Money {
        Money(minorUnits: (payout.minorUnits * ask + 999_999) / 1_000_000, currency: payout.currency)
    }

    public static func leastStake(in currency: Currency) -> Money { Money(minorUnits: leastStakeMinorUnits, currency: currency) }
    public static func mostPayout(in currency: Currency) -> Money { Money(minorUnits: mostPayoutMinorUnits, currency: currency) }

    /// The largest stake whose payout keeps to the cap.
    public static func mostStake(ask: Int64, in currency: Currency) -> Money {
        Money(minorUnits: ((mostPayoutMinorUnits + 1) * ask - 1) / 1_000_000, currency: currency)
    }
}

/// How far a price wanders.
enum Spread {
    /// Standard deviation of the price `ticks` ticks on, in thousandths of a pip; of a market that jumps, without the
    /// jumps. Spikes have none: nothing is sold on them whose price would ask for it.
    static func milliPips(of market: MarketSymbol, from pips: Int64, ticks: Int64) -> Int64 {
        switch market.process {
        case .volatility, .jumps, .dailyReset: break
        case .steps(let size): return size * Int64(WholeRoot.of(UInt64(max(ticks, 0)) * 1_000_000))
        case .spikes: preconditionFailure("\(market.symbol) moves by spikes, which have no spread")
        }
        let product = UInt64(pips).multipliedFullWidth(by: market.deviation)
        let one = (1_000_000_000 as UInt64).dividingFullWidth((product.high, product.low)).quotient
        // √ticks with three decimals.
        return Int64(one * WholeRoot.of(UInt64(max(ticks, 0)) * 1_000_000) / 1_000)
    }
}
