public import TradingModel

// Of what is asked for, the part that lets no more be lost than before.

/// The stricter of two values of a limit. Nil is off, the laxest of all.
private enum Stricter {
    static func of<Value: Comparable>(_ new: Value?, _ before: Value?) -> Value? {
        guard let before else { return new }
        guard let new else { return before }
        return min(new, before)
    }

    /// Amounts of two currencies cannot be compared: the one of before stays.
    static func amount(_ new: Money?, _ before: Money?) -> Money? {
        guard let before else { return new }
        guard let new, new.currency == before.currency else { return before }
        return min(new, before)
    }

    /// Nor can a fixed stake be compared with a share.
    static func stake(_ new: StakeRule, _ before: StakeRule) -> StakeRule {
        switch (new, before) {
        case (.fixed(let new), .fixed(let before)): amount(new, before).map { .fixed($0) } ?? .fixed(before)
        case (.shareOfBalance(let new), .shareOfBalance(let before)): .shareOfBalance(basisPoints: min(new, before))
        case (.fixed, .shareOfBalance), (.shareOfBalance, .fixed): before
        }
    }
}

extension ExposureLimits {
    /// Each limit as it is here where that is no laxer than before, else as it was. Equal to this when nothing is raised.
    public func noLaxer(than before: ExposureLimits) -> ExposureLimits {
        ExposureLimits(
            lossPerDay: Stricter.amount(lossPerDay, before.lossPerDay), openExposure: Stricter.amount(openExposure, before.openExposure),
            openContracts: Stricter.of(openContracts, before.openContracts))
    }
}

extension SessionPlan {
    /// This plan with each of its limits, its stake and its open contracts where they are no laxer than before, else as they were. Everything
    /// else is of this plan.
    public func noLaxer(than before: SessionPlan) -> SessionPlan {
        var plan = self
        plan.stakeRule = Stricter.stake(stakeRule, before.stakeRule)
        plan.openContracts = min(openContracts, before.openContracts)
        plan.limits = RiskLimits(
            tradesPerDay: Stricter.of(limits.tradesPerDay, before.limits.tradesPerDay),
            lossPerDay: Stricter.amount(limits.lossPerDay, before.limits.lossPerDay),
            greatestStake: Stricter.amount(limits.greatestStake, before.limits.greatestStake),
            riskPerTradeBasisPoints: Stricter.of(limits.riskPerTradeBasisPoints, before.limits.riskPerTradeBasisPoints),
            drawdownBasisPoints: Stricter.of(limits.drawdownBasisPoints, before.limits.drawdownBasisPoints),
            lossesInARow: Stricter.of(limits.lossesInARow, before.limits.lossesInARow))
        return plan
    }
}
