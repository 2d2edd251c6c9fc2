import PlainJSON
import SimulatedMarket
import TradingModel

/// A quote that was given an id. It can be bought once, on the connection that asked.
struct Proposal {
    /// What was asked for.
    struct Wish: Hashable {
        let terms: OfferedTerms
        let amount: Money
        let basis: Basis
        let limits: LimitOrder
    }
    let id: String
    let wish: Wish

    /// Quotes a connection may hold; the oldest give way.
    static let most = 500
}

extension Proposal.Wish {
    /// The wish in the parameters of `proposal` or in `parameters` of `buy`. They keep to the schema already; here it is
    /// asked whether they make a contract that is sold.
    init(_ parameters: JSONValue) throws(V3Error) {
        guard let kind = OfferedKind(contractType: parameters["contract_type"]!.string!) else {
            throw V3Error("OfferingsValidationError", "This contract type is not sold here.", field: "contract_type")
        }
        guard let symbol = Symbol(parameters["symbol"]!.string!), MarketSymbol.named(symbol) != nil else {
            throw V3Error("InvalidSymbol", "Symbol \(parameters["symbol"]!.string!) is not known here.", field: "symbol")
        }
        guard parameters["currency"]!.string == "USD" else { throw V3Error("InvalidCurrency", "Only USD is traded here.", field: "currency") }
        try Proposal.Wish.refuseStrangers(kind, parameters)
        let span = kind.family == .multiplier ? try Proposal.Wish.multiplier(parameters) : try Proposal.Wish.duration(parameters)
        guard let terms = OfferedTerms(symbol: symbol, kind: kind, span: span, digit: try Proposal.Wish.digit(kind, parameters)) else {
            throw V3Error("ContractCreationFailure", "These parameters make no contract.", field: "contract_type")
        }
        let basis: Basis
        switch parameters["basis"]?.string {
        case "stake": basis = .stake
        case "payout": basis = .payout
        default: throw V3Error("ContractCreationFailure", "A basis is needed: stake or payout.", field: "basis")
        }
        guard let number = parameters["amount"]?.number else { throw V3Error("ContractCreationFailure", "An amount is needed.", field: "amount") }
        guard let cents = number.units(digits: Currency.usd.exponent) else {
            let code = basis == .stake ? "IncorrectStakeDecimals" : "IncorrectPayoutDecimals"
            throw V3Error(code, "The amount has more than two decimals or is too large.", field: "amount")
        }
        self.init(
            terms: terms, amount: Money(minorUnits: cents, currency: .usd), basis: basis,
            limits: try Proposal.Wish.limits(parameters["limit_order"], keeping: LimitOrder()))
    }

    /// Parameters of contracts that are not sold here, or not of this kind.
    private static func refuseStrangers(_ kind: OfferedKind, _ parameters: JSONValue) throws(V3Error) {
        var strangers = [
            "barrier2", "barrier_range", "cancellation", "date_expiry", "date_start", "growth_rate", "payout_per_point", "selected_tick", "trade_risk_profile",
            "trading_period_start",
        ]
        if kind.family != .digit { strangers.append("barrier") }
        if kind.family != .multiplier { strangers += ["multiplier", "limit_order"] }
        for field in strangers where parameters[field] != nil {
            throw V3Error("OfferingsValidationError", "Contracts of this type with \(field) are not sold here.", field: field)
        }
    }

    private static func duration(_ parameters: JSONValue) throws(V3Error) -> OfferedTerms.Span {
        guard let count = parameters["duration"]?.integer else { throw V3Error("ContractCreationFailure", "A duration is needed.", field: "duration") }
        guard let unit = ContractDuration.Unit(letter: parameters["duration_unit"]?.string ?? "s"), let duration = ContractDuration(count, unit) else {
            throw V3Error("OfferingsValidationError", "Trading is not offered for this duration.", field: "duration")
        }
        return .duration(duration)
    }

    private static func multiplier(_ parameters: JSONValue) throws(V3Error) -> OfferedTerms.Span {
        guard parameters["duration"] == nil else {
            throw V3Error("OfferingsValidationError", "A multiplier has no duration.", field: "duration")
        }
        guard let multiplier = parameters["multiplier"]?.integer, (1...10_000).contains(multiplier) else {
            throw V3Error("ContractCreationFailure", "A multiplier is needed: a whole number that contracts_for names.", field: "multiplier")
        }
        return .open(multiplier: multiplier)
    }

    /// Clients send a barrier of 0 or none with even and odd.
    private static func digit(_ kind: OfferedKind, _ parameters: JSONValue) throws(V3Error) -> Int? {
        guard let allowed = kind.digits else { return nil }
        guard let text = parameters["barrier"]?.string else { throw V3Error("ContractCreationFailure", "A digit is needed.", field: "barrier") }
        guard let digit = Int(text), allowed.contains(digit) else {
            throw V3Error("ContractCreationFailure", "The digit is one of \(allowed.lowerBound) to \(allowed.upperBound).", field: "barrier")
        }
        return digit
    }

    /// Orders as a request names them: an amount sets one, null removes it, and what is not named stays.
    static func limits(_ value: JSONValue?, keeping present: LimitOrder) throws(V3Error) -> LimitOrder {
        var limits = present
        for member in value?.members ?? [] {
            var amount: Money?
            if let number = member.value.number {
                guard let cents = number.units(digits: Currency.usd.exponent), cents.magnitude <= UInt64(Money.most) else {
                    throw V3Error("ContractCreationFailure", "The order has more than two decimals or is too large.", field: member.key)
                }
                amount = Money(minorUnits: cents, currency: .usd)
            }
            if member.key == "take_profit" { limits.takeProfit = amount } else { limits.stopLoss = amount }
        }
        return limits
    }
}
