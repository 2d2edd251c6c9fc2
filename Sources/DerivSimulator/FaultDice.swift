import TradingModel

/// The fault plan's chance: one seed, one course of mishaps.
struct FaultDice {
    enum BuyFate { case served, replyLost, requestLost, dropped }

    private let plan: FaultPlan
    private var random: SeededRandom

    init(_ plan: FaultPlan) { (self.plan, random) = (plan, SeededRandom(seed: plan.seed)) }

    mutating func buyFate() -> BuyFate {
        guard plan.replyLost + plan.requestLost + plan.drop > 0 else { return .served }
        let roll = random.pick(0...999_999)
        if roll < plan.replyLost { return .replyLost }
        if roll < plan.replyLost + plan.requestLost { return .requestLost }
        return roll < plan.replyLost + plan.requestLost + plan.drop ? .dropped : .served
    }

    /// Milliseconds of broker time by which this answer is late, or nil.
    mutating func delay() -> Int64? {
        guard plan.late > 0, random.pick(0...999_999) < plan.late else { return nil }
        return random.pick(100...plan.lateMostMilliseconds)
    }

    mutating func isDoubled() -> Bool { plan.doubled > 0 && random.pick(0...999_999) < plan.doubled }
}
