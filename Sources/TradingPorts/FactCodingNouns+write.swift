import PlainJSON
import TradingEngine
import TradingModel

// How the nouns of trading look inside a fact.
extension JSONWriter {
    // MARK: Plain values

    /// Whole numbers of more than 18 digits are text: a reader of JSON refuses to guess at them.
    mutating func value(whole: Int64) {
        if whole.magnitude < 1_000_000_000_000_000_000 { value(whole) } else { value(String(whole)) }
    }
    mutating func member(_ name: StaticString, whole: Int64) { key(name); value(whole: whole) }
    mutating func member(_ name: StaticString, _ whole: Int64?) { if let whole { member(name, whole: whole) } }
    mutating func member(_ name: StaticString, _ small: Int32?) { if let small { member(name, whole: Int64(small)) } }
    mutating func member(_ name: StaticString, _ label: Label) { member(name, label.text) }
    mutating func member(_ name: StaticString, _ label: Label?) { if let label { member(name, label.text) } }
    mutating func member(_ name: StaticString, _ moment: Timestamp) { member(name, whole: moment.milliseconds) }
    mutating func member(_ name: StaticString, _ day: TradingDay) { member(name, whole: Int64(day.daysSince1970)) }
    mutating func member(_ name: StaticString, _ texts: [String]) { memberArray(name) { json in for text in texts { json.value(text) } } }

    mutating func member(_ name: StaticString, _ money: Money?) {
        guard let money else { return }
        memberObject(name) { json in
            json.member("units", whole: money.minorUnits)
            json.members(of: money.currency)
        }
    }
    mutating func members(of currency: Currency) {
        member("currency", currency.code)
        member("exponent", currency.exponent)
    }

    // MARK: Nouns

    mutating func members(of limits: ExposureLimits) {
        member("loss_per_day", limits.lossPerDay)
        member("open_exposure", limits.openExposure)
        member("open_contracts", limits.openContracts)
    }

    mutating func members(of signal: Signal) {
        member("signal", signal.id.text)
        member("owner", whole: signal.owner.rawValue)
        member("session", signal.session?.rawValue)
        member("source", signal.source)
        member("strategy", signal.strategy)
        member("symbol", signal.symbol.text)
        member("kind", signal.kind.name)
        if let duration = signal.duration { member("duration", duration.text) }
        member("stake", signal.stake)
        member("issued_at", signal.issuedAt)
        member("valid_until", signal.validUntil)
        if let tick = signal.tickAt { member("tick_at", tick) }
    }

    mutating func members(of profile: AccountProfile) {
        member("broker", profile.broker)
        member("login_id", profile.loginID)
        members(of: profile.currency)
        member("virtual", profile.isVirtual)
    }

    mutating func members(of plan: SessionPlan) {
        member("name", plan.name)
        memberObject("criteria") { json in
            json.member("symbols", plan.criteria.symbols.map(\.text))
            json.member("sources", plan.criteria.sources.map(\.text))
            json.member("strategies", plan.criteria.strategies.map(\.text))
        }
        memberArray("strategies") { json in
            for choice in plan.strategies {
                json.object { json in
                    json.member("name", choice.name)
                    json.memberArray("parameters") { json in
                        for parameter in choice.parameters {
                            json.object {
                                $0.member("name", parameter.name); $0.member("value", whole: parameter.value)
                            }
                        }
                    }
                }
            }
        }
        memberObject("stake") { json in
            switch plan.stakeRule {
            case .fixed(let money): json.member("fixed", money)
            case .shareOfBalance(let basisPoints): json.member("share_basis_points", whole: basisPoints)
            }
        }
        memberObject("limits") { $0.members(of: plan.limits) }
        member("duration", plan.duration.text)
        member("open_contracts", plan.openContracts)
        member("zone", plan.zone)
        member("least_payout_basis_points", plan.leastPayoutBasisPoints)
    }

    mutating func members(of limits: RiskLimits) {
        member("trades_per_day", limits.tradesPerDay)
        member("loss_per_day", limits.lossPerDay)
        member("greatest_stake", limits.greatestStake)
        member("risk_per_trade_basis_points", limits.riskPerTradeBasisPoints)
        member("drawdown_basis_points", limits.drawdownBasisPoints)
        member("losses_in_a_row", limits.lossesInARow)
    }

    mutating func members(of cause: PauseCause) {
        switch cause {
        case .person: member("cause", "person")
        case .limitOfTheDay(let code): member("cause", "limit_of_the_day"); member("code", code.rawValue)
        case .limit(let code): member("cause", "limit"); member("code", code.rawValue)
        case .ambiguous: member("cause", "ambiguous")
        case .adopted: member("cause", "adopted")
        case .tokenRefused: member("cause", "token_refused")
        }
    }

    mutating func members(of refusal: Refusal) {
        member("code", refusal.code.rawValue)
        member("waiting_helps", refusal.waitingHelps)
        guard let compared = refusal.compared else { return }
        memberObject("compared") { json in
            json.member("value", whole: compared.value)
            json.member("limit", whole: compared.limit)
            switch compared.unit {
            case .count: json.member("unit", "count")
            case .basisPoints: json.member("unit", "basis_points")
            case .milliseconds: json.member("unit", "milliseconds")
            case .money(let currency):
                json.member("unit", "money")
                json.members(of: currency)
            }
        }
    }

    mutating func members(of terms: ContractTerms) {
        member("symbol", terms.symbol.text)
        member("kind", terms.kind.name)
        member("duration", terms.duration.text)
    }

    mutating func members(of intent: BuyIntent) {
        member("intent", intent.id.text)
        member("account", whole: intent.account.rawValue)
        members(of: intent.terms)
        member("stake", intent.stake.amount)
        member("at", intent.intendedAt)
        member("day", intent.day)
        #if SeededBugs
        if SeededBug.recordsNoQuote.isPlanted { return }
        #endif
        member("quoted_payout", intent.quotedPayout)
    }

    mutating func members(of contract: Contract) {
        member("id", whole: contract.id.rawValue)
        member("transaction", whole: contract.transaction.rawValue)
        member("price", contract.price)
        member("payout", contract.payout)
        member("at", contract.purchasedAt)
    }

    mutating func members(of settlement: Settlement) {
        member("contract", whole: settlement.contract.rawValue)
        member("transaction", settlement.transaction?.rawValue)
        member("payout", settlement.payout)
        member("at", settlement.settledAt)
    }
}
