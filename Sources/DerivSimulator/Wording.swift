import SimulatedMarket
import TradingModel

/// Deriv's words for what the model calls otherwise, and our own sentences where Deriv has its own.
extension ContractKind {
    /// `CALL`, `PUT`, `DIGITEVEN`, `DIGITODD`
    var contractType: String {
        switch self {
        case .rise: "CALL"
        case .fall: "PUT"
        case .even: "DIGITEVEN"
        case .odd: "DIGITODD"
        }
    }
    init?(contractType: String) {
        guard let kind = ContractKind.allCases.first(where: { $0.contractType == contractType }) else { return nil }
        self = kind
    }

    var isDigit: Bool {
        switch self {
        case .rise, .fall: false
        case .even, .odd: true
        }
    }
    /// `contract_display` and `sentiment` of `contracts_for`.
    var display: (name: String, sentiment: String) {
        switch self {
        case .rise: ("Rise", "up")
        case .fall: ("Fall", "down")
        case .even: ("Even", "even")
        case .odd: ("Odd", "odd")
        }
    }
}

extension ContractDuration.Unit {
    /// `t s m h d`
    init?(letter: String) {
        switch letter {
        case "t": self = .ticks
        case "s": self = .seconds
        case "m": self = .minutes
        case "h": self = .hours
        case "d": self = .days
        default: return nil
        }
    }
}

extension ContractTerms {
    /// One sentence about what wins.
    var longcode: String {
        let name = MarketSymbol.named(symbol)?.displayName ?? symbol.text
        let count = duration.count
        let end =
            switch duration.unit {
            case .ticks: "tick \(count)"
            case .seconds: "the last tick within \(count) seconds"
            case .minutes: "the last tick within \(count) minutes"
            case .hours: "the last tick within \(count) hours"
            case .days: "the last tick within \(count) days"
            }
        return switch kind {
        case .rise: "\(name) rise: pays when \(end) after entry lies above entry."
        case .fall: "\(name) fall: pays when \(end) after entry lies below entry."
        case .even: "\(name) even: pays when \(end) ends in an even digit."
        case .odd: "\(name) odd: pays when \(end) ends in an odd digit."
        }
    }

    /// `CALL_R_100_19.55_1790000003_5T_S0P_0`
    func shortcode(payout: Money, start: Timestamp) -> String {
        let expiry = duration.seconds.map { "\(start.seconds + $0)" } ?? "\(duration.count)T"
        return "\(kind.contractType)_\(symbol)_\(payout.decimalText)_\(start.seconds)_\(expiry)_\(kind.isDigit ? "0" : "S0P")_0"
    }
}

extension SoldContract {
    var shortcode: String { terms.shortcode(payout: payout, start: purchasedAt) }
    var tickSeconds: Int64 { MarketSymbol.named(terms.symbol)?.tickSeconds ?? 1 }
}

extension BrokerRejection {
    /// The rejection as an answer's error.
    var error: V3Error {
        switch self {
        case .unknownSymbol(let symbol): V3Error(code, "Symbol \(symbol) is not known here.", field: "symbol")
        case .notOffered: V3Error(code, "Trading is not offered for this duration.", field: "duration")
        case .stakeTooLow(let least): V3Error(code, "The stake is below the least of \(least.decimalText).", field: "amount")
        case .payoutTooHigh(let most): V3Error(code, "The payout is above the most of \(most.decimalText).", field: "amount")
        case .currencyDiffers(let currency): V3Error(code, "The account is kept in \(currency).", field: "currency")
        case .priceMoved(let ask, let maximum): V3Error(code, "The contract costs \(ask.decimalText), more than the \(maximum.decimalText) allowed.")
        case .insufficientBalance(let balance, let price):
            V3Error(code, "The balance of \(balance.decimalText) does not cover the price of \(price.decimalText).")
        }
    }
}
