import PlainJSON
import TradingEngine
import TradingModel

// The nouns of trading from inside a fact: the mirror of how they are written.

extension ExposureLimits {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        self.init(
            lossPerDay: try fields.moneyIfAny("loss_per_day"), openExposure: try fields.moneyIfAny("open_exposure"),
            openContracts: try fields.smallIfAny("open_contracts"))
    }
}

extension Signal {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        self.init(
            id: try fields.signalID("signal"), owner: OwnerID(rawValue: try fields.whole("owner")),
            session: try fields.wholeIfAny("session").map(SessionID.init(rawValue:)), source: try fields.label("source"),
            strategy: try fields.labelIfAny("strategy"), symbol: try fields.symbol("symbol"), kind: try fields.contractKind("kind"),
            duration: try fields.durationIfAny("duration"), stake: try fields.moneyIfAny("stake"), issuedAt: try fields.moment("issued_at"),
            validUntil: try fields.moment("valid_until"), tickAt: try fields.momentIfAny("tick_at"))
    }
}

extension AccountProfile {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        self.init(
            broker: try fields.label("broker"), loginID: try fields.label("login_id"), currency: try fields.currency(),
            isVirtual: try fields.flag("virtual"))
    }
}

extension SessionPlan {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        let criteria = try fields.object("criteria")
        var strategies: [StrategyChoice] = []
        for choice in try fields.objects("strategies") { strategies.append(try StrategyChoice(choice)) }
        self.init(
            name: try fields.label("name"),
            criteria: SignalCriteria(
                symbols: try criteria.symbols("symbols"), sources: try criteria.labels("sources"),
                strategies: try criteria.labels("strategies")),
            strategies: strategies, stakeRule: try StakeRule(fields.object("stake")), limits: try RiskLimits(fields.object("limits")),
            duration: try fields.duration("duration"), openContracts: try fields.small("open_contracts"), zone: try fields.label("zone"),
            leastPayoutBasisPoints: try fields.wholeIfAny("least_payout_basis_points"))
    }
}

extension StrategyChoice {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        var parameters: [StrategyParameter] = []
        for parameter in try fields.objects("parameters") {
            parameters.append(StrategyParameter(name: try parameter.label("name"), value: try parameter.whole("value")))
        }
        self.init(name: try fields.label("name"), parameters: parameters)
    }
}

extension StakeRule {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        if let amount = try fields.moneyIfAny("fixed") { self = .fixed(amount); return }
        self = .shareOfBalance(basisPoints: try fields.whole("share_basis_points"))
    }
}

extension RiskLimits {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        self.init(
            tradesPerDay: try fields.smallIfAny("trades_per_day"), lossPerDay: try fields.moneyIfAny("loss_per_day"),
            greatestStake: try fields.moneyIfAny("greatest_stake"),
            riskPerTradeBasisPoints: try fields.wholeIfAny("risk_per_trade_basis_points"),
            drawdownBasisPoints: try fields.wholeIfAny("drawdown_basis_points"), lossesInARow: try fields.smallIfAny("losses_in_a_row"))
    }
}

extension FactFields {
    func refusalCode(_ key: String) throws(Unreadable) -> Refusal.Code {
        try require(key, "the code of a refusal") { $0.string.flatMap(Refusal.Code.init(rawValue:)) }
    }
}

extension PauseCause {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        switch try fields.text("cause") {
        case "person": self = .person
        case "limit_of_the_day": self = .limitOfTheDay(try fields.refusalCode("code"))
        case "limit": self = .limit(try fields.refusalCode("code"))
        case "ambiguous": self = .ambiguous
        case "adopted": self = .adopted
        case "token_refused": self = .tokenRefused
        default: throw fields.unreadable("cause", "the cause of a pause")
        }
    }
}

extension Refusal {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        var compared: Comparison?
        if let numbers = try fields.objectIfAny("compared") { compared = try Comparison(numbers) }
        self.init(try fields.refusalCode("code"), compared, waitingHelps: try fields.flag("waiting_helps"))
    }
}

extension Refusal.Comparison {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        let unit: Unit
        switch try fields.text("unit") {
        case "count": unit = .count
        case "basis_points": unit = .basisPoints
        case "milliseconds": unit = .milliseconds
        case "money": unit = .money(try fields.currency())
        default: throw fields.unreadable("unit", "count, basis_points, milliseconds or money")
        }
        self.init(try fields.whole("value"), against: try fields.whole("limit"), unit)
    }
}

extension ContractTerms {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        self.init(symbol: try fields.symbol("symbol"), kind: try fields.contractKind("kind"), duration: try fields.duration("duration"))
    }
}

extension BuyIntent {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        self.init(
            id: try fields.intentID("intent"), account: AccountID(rawValue: try fields.whole("account")), terms: try ContractTerms(fields),
            stake: Stake(recorded: try fields.money("stake")), intendedAt: try fields.moment("at"), day: try fields.day("day"),
            quotedPayout: try fields.moneyIfAny("quoted_payout"))
    }
}

extension Contract {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        self.init(
            id: try fields.contractID("id"), transaction: TransactionID(rawValue: try fields.whole("transaction")),
            price: try fields.money("price"), payout: try fields.money("payout"), purchasedAt: try fields.moment("at"))
    }
}

extension Settlement {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        self.init(
            contract: try fields.contractID("contract"), transaction: try fields.transactionIfAny("transaction"),
            payout: try fields.money("payout"), settledAt: try fields.moment("at"))
    }
}
