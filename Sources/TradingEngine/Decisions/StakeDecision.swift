import TradingModel

/// How much: from the plan's rule, within the plan's caps, the broker's bounds and the balance.
enum StakeDecision {
    /// What the plan's rule comes to. A share of the balance is capped by the limits on one contract and by the
    /// broker's most; a fixed stake is what the user said, and stands or falls as it is.
    @inline(__always) static func amount(_ plan: SessionPlan, available: Money, offer: Offer?) -> Money {
        let amount = plan.stakeRule.amount(forAvailable: available)
        guard case .shareOfBalance = plan.stakeRule else { return amount }
        var capped = amount
        if let greatest = plan.limits.greatestStake { capped = min(capped, greatest) }
        if let basisPoints = plan.limits.riskPerTradeBasisPoints, available.isPositive { capped = min(capped, available.share(basisPoints: basisPoints)) }
        if let offer { capped = min(capped, offer.mostStake) }
        return capped
    }

    static func stake(_ amount: Money, offer: Offer, available: Money) -> Result<Stake, RefusedStake> {
        func compared(_ limit: Money) -> Refusal.Comparison { .init(amount.minorUnits, against: limit.minorUnits, .money(amount.currency)) }
        if amount > available { return .failure(RefusedStake(refusal: Refusal(.balanceTooLow, compared(available)))) }
        if let stake = Stake(amount, within: offer) { return .success(stake) }
        return .failure(
            RefusedStake(
                refusal: amount < offer.leastStake
                    ? Refusal(.stakeBelowLeast, compared(offer.leastStake)) : Refusal(.stakeAboveMost, compared(offer.mostStake))))
    }

    struct RefusedStake: Error { var refusal: Refusal }
}
