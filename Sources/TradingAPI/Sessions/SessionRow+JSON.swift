// A session with every figure, its plan, and the answers to the four questions as JSON.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

extension JSONWriter {
    /// Members only: the answer for one session adds its refusals.
    mutating func members(_ row: SessionRow) {
        member("id", row.id.rawValue)
        member("account", row.account.rawValue)
        member("phase", row.phase.name)
        key("paused")
        if case .paused(let cause) = row.phase {
            object { json in
                json.member("cause", cause.code)
                if case .limitOfTheDay = cause { json.member("until", "next trading day") } else { json.member("until", "resume") }
            }
        } else {
            null()
        }
        member("awaiting", ifAny: row.hold.awaits)
        key("plan")
        value(row.plan)
        memberTexts("limitsOff", row.plan.limits.off)
        member("createdAt", row.createdAt)
        member("startedAt", ifAny: row.startedAt?.description)
        member("stoppedAt", ifAny: row.stoppedAt?.description)
        member("lastTradeAt", ifAny: row.lastTradeAt?.description)
        member("failure", ifAny: row.failure)

        member("currency", row.profit.currency.code)
        member("startBalance", row.startBalance)
        member("currentBalance", row.equity)
        member("endBalance", ifAny: row.phase.hasEnded ? row.equity : nil)
        member("profit", row.profit)
        member("peakBalance", row.peak)
        member("currentDrawdown", percentOf: row.currentDrawdown)
        member("greatestDrawdown", percentOf: row.greatestDrawdown)

        member("trades", row.trades)
        member("settled", row.settled)
        member("wins", row.wins)
        member("losses", row.losses)
        member("winRate", percentOf: row.winBasisPoints)
        member("breakEvenRate", percentOf: row.breakEvenBasisPoints)
        member("lossesInARow", row.lossesInARow)
        memberObject("today") { json in
            json.member("day", ifAny: row.day?.description)
            json.member("trades", row.tradesToday)
            json.member("profit", row.profitToday)
        }
        member("openContracts", row.openContracts)
        member("unresolvedBuys", row.unresolved)
        member("exposure", row.exposure)
        member("waitingSignals", row.waiting)
        key("previous")
        if let previous = row.previous { value(previous) } else { null() }
    }

    /// What it was in the previous system.
    private mutating func value(_ previous: ImportedSession) {
        object { json in
            json.member("id", previous.key)
            json.member("status", previous.status)
            json.member("broker", previous.broker)
            json.member("strategy", previous.strategy)
            json.memberTexts("flags", previous.flags)
            json.member("profit", previous.profit)
            json.member("trades", previous.trades)
        }
    }

    /// As it can be sent back to change it.
    mutating func value(_ plan: SessionPlan) {
        object { json in
            json.member("name", plan.name.text)
            json.memberObject("criteria") { json in
                json.memberTexts("symbols", plan.criteria.symbols.map(\.text))
                json.memberTexts("sources", plan.criteria.sources.map(\.text))
                json.memberTexts("strategies", plan.criteria.strategies.map(\.text))
            }
            json.memberArray("strategies") { json in
                for choice in plan.strategies {
                    json.object { json in
                        json.member("name", choice.name.text)
                        json.memberObject("parameters") { json in
                            for parameter in choice.parameters { json.key(text: parameter.name.text); json.value(parameter.value) }
                        }
                    }
                }
            }
            json.memberObject("stake") { json in
                switch plan.stakeRule {
                case .fixed(let money): json.member("fixed", money)
                case .shareOfBalance(let basisPoints): json.member("percentOfBalance", units: basisPoints, scale: 2)
                }
            }
            json.key("limits")
            json.value(plan.limits)
            json.member("duration", plan.duration.text)
            json.member("openContracts", plan.openContracts)
            json.member("zone", plan.zone.text)
            json.member("leastPayout", percentOf: plan.leastPayoutBasisPoints)
        }
    }

    mutating func value(_ limits: RiskLimits) {
        object { json in
            json.member("tradesPerDay", ifAny: limits.tradesPerDay)
            json.member("lossPerDay", ifAny: limits.lossPerDay)
            json.member("greatestStake", ifAny: limits.greatestStake)
            json.member("riskPerTrade", percentOf: limits.riskPerTradeBasisPoints)
            json.member("drawdown", percentOf: limits.drawdownBasisPoints)
            json.member("lossesInARow", ifAny: limits.lossesInARow)
        }
    }

    mutating func value(_ count: RefusalCount) {
        object { json in
            json.member("strategy", ifAny: count.strategy?.text)
            json.key("refusal")
            json.value(count.refusal)
            json.member("count", count.count)
            json.member("lastAt", count.lastAt)
        }
    }

    mutating func value(_ answer: RiskAnswer) {
        let currency = answer.stake.currency, picture = answer.picture
        func money(_ units: Int64) -> Money { Money(minorUnits: units, currency: currency) }
        object { json in
            json.member("allowed", answer.isAllowed)
            json.memberArray("refusals") { json in for refusal in answer.refusals { json.value(refusal) } }
            json.member("currency", currency.code)
            json.member("stake", answer.stake)
            json.key("limits")
            json.value(answer.limits)
            json.memberTexts("limitsOff", answer.limits.off)
            json.memberObject("figures") { json in
                json.member("day", ifAny: answer.day?.description)
                json.member("tradesToday", picture.tradesToday)
                json.member("profitToday", money(picture.profitToday))
                json.member("exposure", money(picture.exposure))
                json.member("openContracts", picture.open)
                json.member("currentBalance", money(picture.equity))
                json.member("available", money(picture.available))
                json.member("currentDrawdown", percentOf: answer.currentDrawdown)
                json.member("greatestDrawdown", percentOf: answer.greatestDrawdown)
                json.member("lossesInARow", picture.lossesInARow)
            }
        }
    }
}

extension RiskLimits {
    /// The limits that stop nothing, so that nobody takes silence for protection.
    var off: [String] {
        let all = [
            ("tradesPerDay", tradesPerDay == nil), ("lossPerDay", lossPerDay == nil), ("greatestStake", greatestStake == nil),
            ("riskPerTrade", riskPerTradeBasisPoints == nil), ("drawdown", drawdownBasisPoints == nil), ("lossesInARow", lossesInARow == nil),
        ]
        return all.filter(\.1).map(\.0)
    }
}
