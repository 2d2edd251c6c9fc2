public import TradingModel

/// The limits by the reservation rule, written once more and not with the code that decides: everything that runs or may run counts as
/// lost, the new stake with it. In minor units, basis points and counts.
public struct ReservationRule: Sendable {
    /// Prices of contracts that run and stakes that are held, the new one among them.
    public var worst: Int64
    /// What was lost on the trading day, 0 when it was not.
    public var lost: Int64
    public var equity: Int64
    public var peak: Int64
    public var streak: Int32
    /// Contracts that run or may run, the new one among them.
    public var mayRun: Int32
    /// Contracts of the trading day, the new one among them; nil where somebody else counts them.
    public var today: Int32?
    /// The balance less what was held before.
    public var available: Int64

    public init(worst: Int64, lost: Int64, equity: Int64, peak: Int64, streak: Int32, mayRun: Int32, today: Int32?, available: Int64) {
        (self.worst, self.lost, self.equity, self.peak) = (worst, lost, equity, peak)
        (self.streak, self.mayRun, self.today, self.available) = (streak, mayRun, today, available)
    }

    /// The first limit of the plan that this stake passes, and by what.
    public func broken(_ plan: SessionPlan, stake: Int64) -> (invariant: String, what: String)? {
        let limits = plan.limits
        if let limit = limits.lossPerDay, worst + lost > limit.minorUnits { return ("I4", "\(worst) at risk and \(lost) lost today, limit \(limit)") }
        if let limit = limits.greatestStake, stake > limit.minorUnits { return ("I5", "stakes \(stake), limit \(limit)") }
        if let limit = limits.riskPerTradeBasisPoints, stake * 10_000 > available * limit {
            return ("I5", "stakes \(stake) of \(available), limit \(limit) basis points")
        }
        if let limit = limits.lossesInARow, streak + mayRun > limit { return ("I8b", "\(streak) lost in a row, \(mayRun) may run, limit \(limit)") }
        if let limit = limits.drawdownBasisPoints, (peak - equity + worst) * 10_000 > limit * peak {
            return ("I8", "peak \(peak), equity \(equity), \(worst) at risk, limit \(limit) basis points")
        }
        if mayRun > plan.openContracts { return ("I4", "\(mayRun) run or may run, the plan allows \(plan.openContracts)") }
        if let limit = limits.tradesPerDay, let today, today > limit { return ("I7", "\(today) contracts today, limit \(limit)") }
        return nil
    }
}

/// The limits of an account, or of an owner over all accounts.
public struct ExposureRule: Sendable {
    public var worst: Int64
    public var lost: Int64
    public var mayRun: Int32

    public init(worst: Int64, lost: Int64, mayRun: Int32) { (self.worst, self.lost, self.mayRun) = (worst, lost, mayRun) }

    public func broken(_ limits: ExposureLimits) -> String? {
        if let limit = limits.lossPerDay, worst + lost > limit.minorUnits { return "\(worst) at risk and \(lost) lost today, limit \(limit)" }
        if let limit = limits.openExposure, worst > limit.minorUnits { return "\(worst) at risk, limit \(limit)" }
        if let limit = limits.openContracts, mayRun > limit { return "\(mayRun) contracts, limit \(limit)" }
        return nil
    }
}
