public import TradingModel

/// What a contract costs for what it pays: ask = payout × (1/2 + margin), rounded to the minor unit in the broker's favour.
public enum PayoutModel {
    /// The least stake, in minor units of a currency with two decimals: 0.35.
    public static let leastStakeMinorUnits: Int64 = 35
    /// The most a contract may pay, stake included, in minor units: 50,000.00.
    public static let mostPayoutMinorUnits: Int64 = 5_000_000

    /// The price of a payout of one, in ten-thousandths: a fair half and the broker's margin of 0.0115 at the money
    /// and 0.01 for digits.
    public static func askTenThousandths(_ kind: ContractKind) -> Int64 {
        switch kind {
        case .rise, .fall: 5_115
        case .even, .odd: 5_100
        }
    }

    /// What a stake buys, stake included; rounded down. 10.00 buys 19.55 on rise and 19.60 on even.
    public static func payout(forStake stake: Money, on kind: ContractKind) -> Money {
        Money(minorUnits: stake.minorUnits * 10_000 / askTenThousandths(kind), currency: stake.currency)
    }

    /// What a payout costs; rounded up.
    public static func price(forPayout payout: Money, on kind: ContractKind) -> Money {
        Money(minorUnits: (payout.minorUnits * askTenThousandths(kind) + 9_999) / 10_000, currency: payout.currency)
    }

    public static func leastStake(in currency: Currency) -> Money { Money(minorUnits: leastStakeMinorUnits, currency: currency) }
    public static func mostPayout(in currency: Currency) -> Money { Money(minorUnits: mostPayoutMinorUnits, currency: currency) }

    /// The largest stake whose payout keeps to the cap.
    public static func mostStake(on kind: ContractKind, in currency: Currency) -> Money {
        Money(minorUnits: ((mostPayoutMinorUnits + 1) * askTenThousandths(kind) - 1) / 10_000, currency: currency)
    }
}
