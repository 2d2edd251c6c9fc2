import PlainJSON
import SimulatedMarket
import TradingModel

/// A quote that was given an id. It can be bought once, on the connection that asked.
struct Proposal {
    /// What was asked for.
    struct Wish: Hashable {
        let terms: ContractTerms
        let amount: Money
        let basis: Basis
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
        guard let kind = ContractKind(contractType: parameters["contract_type"]!.string!) else {
            throw V3Error("OfferingsValidationError", "This contract type is not sold here.", field: "contract_type")
        }
        guard let symbol = Symbol(parameters["symbol"]!.string!), MarketSymbol.named(symbol) != nil else {
            throw V3Error("InvalidSymbol", "Symbol \(parameters["symbol"]!.string!) is not known here.", field: "symbol")
        }
        guard parameters["currency"]!.string == "USD" else { throw V3Error("InvalidCurrency", "Only USD is traded here.", field: "currency") }
        for field in [
            "barrier", "barrier2", "barrier_range", "cancellation", "date_expiry", "date_start", "growth_rate", "limit_order", "multiplier",
            "payout_per_point", "selected_tick", "trade_risk_profile", "trading_period_start",
        ] where parameters[field] != nil {
            throw V3Error("OfferingsValidationError", "Contracts with \(field) are not sold here.", field: field)
        }
        guard let count = parameters["duration"]?.integer else { throw V3Error("ContractCreationFailure", "A duration is needed.", field: "duration") }
        guard let unit = ContractDuration.Unit(letter: parameters["duration_unit"]?.string ?? "s"), let duration = ContractDuration(count, unit) else {
            throw V3Error("OfferingsValidationError", "Trading is not offered for this duration.", field: "duration")
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
        self.init(terms: ContractTerms(symbol: symbol, kind: kind, duration: duration), amount: Money(minorUnits: cents, currency: .usd), basis: basis)
    }
}
