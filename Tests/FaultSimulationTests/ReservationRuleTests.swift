// The production rule, tried in every reachable state of a small model (`script/simulate --exhaustive` walks a large one): no
// limit is ever passed. Rules that look right are found out.
import FaultSimulation
import Testing
import TradingEngine
import TradingModel

struct ReservationRuleTests {
    private func explore(_ rule: ReservationModel.Rule) -> (states: Int, violations: Set<String>) { ReservationModel.small.explore(rule) }

    @Test func theProductionRuleIsNeverPassed() {
        let (states, violations) = explore { RiskDecision.refusal($0, $1, stake: $2) == nil }
        print("reservation rule: \(states) states, violations \(violations)")
        #expect(violations.isEmpty)
        #expect(states > 1_000, "the search saw too little to prove anything")
    }

    /// The check itself can fail: each of these is found out.
    @Test func rulesThatLookRightAreFoundOut() {
        let realised: ReservationModel.Rule = { limits, picture, stake in
            var only = picture
            (only.exposure, only.open) = (0, 0)
            return RiskDecision.refusal(limits, only, stake: Money(minorUnits: 0, currency: .usd)) == nil
                && -picture.profitToday < limits.lossPerDay!.minorUnits && stake.minorUnits <= 3
        }
        #expect(explore(realised).violations.isSuperset(of: ["loss per day", "drawdown", "losses in a row"]), "realised losses only: the usual bot")
        let ownStake: ReservationModel.Rule = { limits, picture, stake in
            var only = picture
            (only.exposure, only.open) = (0, 0)
            return RiskDecision.refusal(limits, only, stake: stake) == nil
        }
        #expect(explore(ownStake).violations.isSuperset(of: ["loss per day", "drawdown", "losses in a row"]), "open contracts ignored")
        let netOfProfit: ReservationModel.Rule = { limits, picture, stake in
            var wide = limits
            wide.lossPerDay = nil
            return RiskDecision.refusal(wide, picture, stake: stake) == nil && picture.exposure + stake.minorUnits - picture.profitToday <= 4
        }
        #expect(explore(netOfProfit).violations.contains("loss per day"), "a day's profit widens the room")
        let answeredOnly: ReservationModel.Rule = { limits, picture, stake in
            var only = picture
            only.tradesToday -= only.unanswered
            return RiskDecision.refusal(limits, only, stake: stake) == nil
        }
        #expect(explore(answeredOnly).violations == ["trades per day"], "unanswered buys not counted")
        let balanceOfTheDay: ReservationModel.Rule = { limits, picture, stake in
            var only = picture
            only.available = ReservationModel.small.balance
            return RiskDecision.refusal(limits, only, stake: stake) == nil
        }
        #expect(explore(balanceOfTheDay).violations == ["risk per trade"], "a share of money that is held")
        let anyStake: ReservationModel.Rule = { limits, picture, stake in
            var wide = limits
            (wide.greatestStake, wide.riskPerTradeBasisPoints) = (nil, nil)
            return RiskDecision.refusal(wide, picture, stake: stake) == nil
        }
        #expect(explore(anyStake).violations == ["greatest stake", "risk per trade"], "any stake")
    }
}
