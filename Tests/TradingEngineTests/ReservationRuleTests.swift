// The production rule, tried in every reachable state: all interleavings of reserving, answers, settling and rollover over
// small numbers, with all six limits. No limit is ever passed; three rules that look right are.
import Testing
import TradingEngine
import TradingModel

struct ReservationRuleTests {
    struct State: Hashable {
        var loss: Int64 = 0
        var equity: Int64
        var peak: Int64
        var streak: Int32 = 0
        var trades: Int32 = 0
        var open: [Int64] = []
        /// Stakes of buys without an answer, which may be open or nothing; those of an earlier day are negative.
        var held: [Int64] = []
        var taken: Int64 { open.reduce(0, +) + held.reduce(0) { $0 + abs($1) } }
    }
    typealias Rule = (RiskLimits, RiskPicture, Money) -> Bool

    static let limits = RiskLimits(
        tradesPerDay: 4, lossPerDay: Money(minorUnits: 4, currency: .usd), greatestStake: Money(minorUnits: 3, currency: .usd),
        riskPerTradeBasisPoints: 200, drawdownBasisPoints: 500, lossesInARow: 3)
    /// What is available with nothing open: 2 % of it are 3, of what is left beside an open contract only 2.
    static let balance: Int64 = 150

    /// Every state that the rule can reach, and what is violated in any of them.
    private func explore(_ rule: Rule) -> (states: Int, violations: Set<String>) {
        // A peak of 100 makes 500 basis points 5; equity is kept relative to it, as in the model.
        let start = State(equity: 100, peak: 100)
        var seen: Set<State> = [start], queue = [start], violations: Set<String> = [], head = 0
        while head < queue.count {
            let state = queue[head]
            head += 1
            if -state.loss > 4 { violations.insert("loss per day") }
            if (state.peak - state.equity) * 10_000 > 500 * state.peak { violations.insert("drawdown") }
            if state.streak > 3 { violations.insert("losses in a row") }
            if state.trades > 4 { violations.insert("trades per day") }
            for next in successors(state, rule, &violations) {
                var next = next
                // Only the distance to the peak matters; the peak itself stays where 5 % of it is 5.
                next.equity = 100 - (next.peak - next.equity)
                next.peak = 100
                if abs(next.loss) < 20, seen.insert(next).inserted { queue.append(next) }
            }
        }
        return (seen.count, violations)
    }

    private func successors(_ state: State, _ rule: Rule, _ violations: inout Set<String>) -> [State] {
        var next: [State] = []
        let picture = RiskPicture(
            exposure: state.taken, profitToday: state.loss, equity: state.equity, peak: state.peak, lossesInARow: state.streak,
            open: Int32(state.open.count + state.held.count), tradesToday: state.trades, unanswered: min(Int32(state.held.count), state.trades),
            available: Self.balance - state.taken)
        if state.open.count + state.held.count < 3 {
            for stake in 1...4 as ClosedRange<Int64> where rule(Self.limits, picture, Money(minorUnits: stake, currency: .usd)) {
                if stake > 3 { violations.insert("greatest stake") }
                if stake * 10_000 > 200 * picture.available { violations.insert("risk per trade") }
                var sent = state
                sent.trades += 1
                sent.held = (sent.held + [stake]).sorted()
                next.append(sent)
            }
        }
        for (index, stake) in state.held.enumerated() {
            var answered = state
            answered.held.remove(at: index)
            var refused = answered
            if stake > 0 { refused.trades -= 1 }
            next.append(refused)
            answered.open = (answered.open + [abs(stake)]).sorted()
            next.append(answered)
        }
        for (index, stake) in state.open.enumerated() {
            for profit in Set([-stake, -1, 2]) {
                var settled = state
                settled.open.remove(at: index)
                settled.loss += profit
                settled.equity += profit
                settled.peak = max(settled.peak, settled.equity)
                settled.streak = profit < 0 ? settled.streak + 1 : 0
                next.append(settled)
            }
        }
        var rollover = state
        (rollover.loss, rollover.trades) = (0, 0)
        rollover.held = rollover.held.map { -abs($0) }.sorted()
        next.append(rollover)
        return next
    }

    @Test func theProductionRuleIsNeverPassed() {
        let (states, violations) = explore { RiskDecision.refusal($0, $1, stake: $2) == nil }
        print("reservation rule: \(states) states, violations \(violations)")
        #expect(violations.isEmpty)
        #expect(states > 1_000, "the search saw too little to prove anything")
    }

    /// The check itself can fail: each of these is found out.
    @Test func rulesThatLookRightAreFoundOut() {
        let realised: Rule = { limits, picture, stake in
            var only = picture
            (only.exposure, only.open) = (0, 0)
            return RiskDecision.refusal(limits, only, stake: Money(minorUnits: 0, currency: .usd)) == nil
                && -picture.profitToday < limits.lossPerDay!.minorUnits && stake.minorUnits <= 3
        }
        #expect(explore(realised).violations.isSuperset(of: ["loss per day", "drawdown", "losses in a row"]), "realised losses only: the usual bot")
        let ownStake: Rule = { limits, picture, stake in
            var only = picture
            (only.exposure, only.open) = (0, 0)
            return RiskDecision.refusal(limits, only, stake: stake) == nil
        }
        #expect(explore(ownStake).violations.isSuperset(of: ["loss per day", "drawdown", "losses in a row"]), "open contracts ignored")
        let netOfProfit: Rule = { limits, picture, stake in
            var wide = limits
            wide.lossPerDay = nil
            return RiskDecision.refusal(wide, picture, stake: stake) == nil && picture.exposure + stake.minorUnits - picture.profitToday <= 4
        }
        #expect(explore(netOfProfit).violations.contains("loss per day"), "a day's profit widens the room")
        let answeredOnly: Rule = { limits, picture, stake in
            var only = picture
            only.tradesToday -= only.unanswered
            return RiskDecision.refusal(limits, only, stake: stake) == nil
        }
        #expect(explore(answeredOnly).violations == ["trades per day"], "unanswered buys not counted")
        let balanceOfTheDay: Rule = { limits, picture, stake in
            var only = picture
            only.available = Self.balance
            return RiskDecision.refusal(limits, only, stake: stake) == nil
        }
        #expect(explore(balanceOfTheDay).violations == ["risk per trade"], "a share of money that is held")
        let anyStake: Rule = { limits, picture, stake in
            var wide = limits
            (wide.greatestStake, wide.riskPerTradeBasisPoints) = (nil, nil)
            return RiskDecision.refusal(wide, picture, stake: stake) == nil
        }
        #expect(explore(anyStake).violations == ["greatest stake", "risk per trade"], "any stake")
    }
}
