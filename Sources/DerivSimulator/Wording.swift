import SimulatedMarket
import TradingModel

/// Deriv's words for what the model calls otherwise, and our own sentences where Deriv has its own.
extension OfferedKind {
    /// `CALL`, `PUT`, `DIGITEVEN`, …
    var contractType: String {
        switch self {
        case .rise: "CALL"
        case .fall: "PUT"
        case .riseOrEqual: "CALLE"
        case .fallOrEqual: "PUTE"
        case .digitMatches: "DIGITMATCH"
        case .digitDiffers: "DIGITDIFF"
        case .digitOver: "DIGITOVER"
        case .digitUnder: "DIGITUNDER"
        case .even: "DIGITEVEN"
        case .odd: "DIGITODD"
        case .multiplierUp: "MULTUP"
        case .multiplierDown: "MULTDOWN"
        }
    }
    init?(contractType: String) {
        guard let kind = OfferedKind.allCases.first(where: { $0.contractType == contractType }) else { return nil }
        self = kind
    }

    /// `contract_display` and `sentiment` of `contracts_for`.
    var display: (name: String, sentiment: String) {
        switch self {
        case .rise: ("Rise", "up")
        case .fall: ("Fall", "down")
        case .riseOrEqual: ("Rise or equal", "up")
        case .fallOrEqual: ("Fall or equal", "down")
        case .digitMatches: ("Digit matches", "match")
        case .digitDiffers: ("Digit differs", "differ")
        case .digitOver: ("Digit over", "over")
        case .digitUnder: ("Digit under", "under")
        case .even: ("Even", "even")
        case .odd: ("Odd", "odd")
        case .multiplierUp: ("Up", "up")
        case .multiplierDown: ("Down", "down")
        }
    }

    /// `contract_category`, its display, and `barrier_category`.
    var category: (code: String, display: String, barrier: String) {
        switch self {
        case .rise, .fall: ("callput", "Up/Down", "euro_atm")
        case .riseOrEqual, .fallOrEqual: ("callputequal", "Rise/Fall Equal", "euro_atm")
        case .digitMatches, .digitDiffers, .digitOver, .digitUnder, .even, .odd: ("digits", "Digits", "non_financial")
        case .multiplierUp, .multiplierDown: ("multiplier", "Multiply Up/Multiply Down", "american")
        }
    }
}

/// Where a symbol stands among the markets.
struct MarketGroup: Hashable {
    let market: String
    let marketName: String
    let submarket: String
    let submarketName: String
    let subgroup: String
    let subgroupName: String
    let exchange: String
    let symbolType: String
}

extension MarketSymbol {
    var group: MarketGroup {
        func derived(_ submarket: String, _ name: String) -> MarketGroup {
            MarketGroup(
                market: "synthetic_index", marketName: "Derived", submarket: submarket, submarketName: name, subgroup: "synthetics",
                subgroupName: "Synthetics", exchange: "RANDOM", symbolType: "stockindex")
        }
        if hours == .forex {
            return MarketGroup(
                market: "forex", marketName: "Forex", submarket: multipliers.isEmpty ? "minor_pairs" : "major_pairs",
                submarketName: multipliers.isEmpty ? "Minor Pairs" : "Major Pairs", subgroup: "none", subgroupName: "None", exchange: "FOREX",
                symbolType: "forex")
        }
        return switch process {
        case .volatility: derived("random_index", "Continuous Indices")
        case .spikes: derived("crash_index", "Crash/Boom Indices")
        case .jumps: derived("jump_index", "Jump Indices")
        case .steps: derived("step_index", "Step Indices")
        case .dailyReset: derived("random_daily", "Daily Reset Indices")
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

extension OfferedTerms {
    /// One sentence about what wins.
    var longcode: String {
        let name = MarketSymbol.named(symbol)?.displayName ?? symbol.text
        guard let duration else {
            return "\(name) \(kind == .multiplierUp ? "up" : "down") times \(multiplier ?? 0): pays the relative move times that, less commission."
        }
        let count = duration.count
        let end =
            switch duration.unit {
            case .ticks: "tick \(count)"
            case .seconds: "the last tick within \(count) seconds"
            case .minutes: "the last tick within \(count) minutes"
            case .hours: "the last tick within \(count) hours"
            case .days: "the last tick within \(count) days"
            }
        let chosen = digit ?? 0
        return switch kind {
        case .rise: "\(name) rise: pays when \(end) after entry lies above entry."
        case .fall: "\(name) fall: pays when \(end) after entry lies below entry."
        case .riseOrEqual: "\(name) rise or equal: pays when \(end) after entry lies at entry or above."
        case .fallOrEqual: "\(name) fall or equal: pays when \(end) after entry lies at entry or below."
        case .digitMatches: "\(name) digit \(chosen): pays when \(end) ends in \(chosen)."
        case .digitDiffers: "\(name) not digit \(chosen): pays when \(end) does not end in \(chosen)."
        case .digitOver: "\(name) digit over \(chosen): pays when \(end) ends in more than \(chosen)."
        case .digitUnder: "\(name) digit under \(chosen): pays when \(end) ends in less than \(chosen)."
        case .even: "\(name) even: pays when \(end) ends in an even digit."
        case .odd: "\(name) odd: pays when \(end) ends in an odd digit."
        case .multiplierUp, .multiplierDown: preconditionFailure("a multiplier has no duration")
        }
    }

    /// What stands as `barrier` in answers, or nil: at the money a shortcode's `S0P`, of digits the chosen one.
    var barrierCode: String? {
        switch kind.family {
        case .direction: "S0P"
        case .digit: digit.map { "\($0)" }
        case .multiplier: nil
        }
    }
}

extension SoldContract {
    /// `CALL_R_100_19.55_1790000003_5T_S0P_0`, or of a multiplier `MULTUP_1HZ100V_20.00_100_1790000041_4970764799_0_0.00_N1`.
    var shortcode: String {
        if let multiplier = offer.multiplier {
            let profit = limitChanges[0].limits.takeProfit?.decimalText ?? "0.00"
            return
                "\(offer.kind.contractType)_\(symbol)_\(price.decimalText)_\(multiplier)_\(purchasedAt.seconds)_\(SoldContract.farEnd.seconds)_0_\(profit)_N1"
        }
        let expiry = offer.duration?.seconds.map { "\(purchasedAt.seconds + $0)" } ?? "\(offer.tickCount ?? 0)T"
        return "\(offer.kind.contractType)_\(symbol)_\(payout.decimalText)_\(purchasedAt.seconds)_\(expiry)_\(offer.barrierCode ?? "0")_0"
    }

    var market: MarketSymbol { MarketSymbol.named(symbol)! }
    /// The end, as far as it is known; of a contract without one the year 2127, as the broker writes it.
    var end: Timestamp { expectedEnd(tickSeconds: market.tickSeconds) ?? SoldContract.farEnd }
    static let farEnd = Timestamp(seconds: 4_970_764_799)
}

extension BrokerRejection {
    /// The rejection as an answer's error.
    var error: V3Error {
        switch self {
        case .unknownSymbol(let symbol): V3Error(code, "Symbol \(symbol) is not known here.", field: "symbol")
        case .notOffered(let terms):
            terms.multiplier == nil
                ? V3Error(code, "Trading is not offered for this duration.", field: "duration")
                : V3Error(code, "Trading is not offered with this multiplier.", field: "multiplier")
        case .marketIsClosed(let opens): V3Error(code, "The market is closed. It opens at \(opens.seconds).")
        case .endsTooLate(let last):
            V3Error(code, "The contract must end before \(last.seconds), when the market closes or returns to its opening.", field: "duration")
        case .stakeOnly: V3Error(code, "This contract is sold by its stake only.", field: "basis")
        case .stakeTooLow(let least): V3Error(code, "The stake is below the least of \(least.decimalText).", field: "amount")
        case .stakeTooHigh(let most): V3Error(code, "The stake is above the most of \(most.decimalText).", field: "amount")
        case .payoutTooHigh(let most): V3Error(code, "The payout is above the most of \(most.decimalText).", field: "amount")
        case .takeProfitOutside(let range):
            V3Error(code, "Take profit is \(range.lowerBound.decimalText) to \(range.upperBound.decimalText).", field: "take_profit")
        case .stopLossOutside(let range):
            V3Error(code, "Stop loss is \(range.lowerBound.decimalText) to \(range.upperBound.decimalText).", field: "stop_loss")
        case .currencyDiffers(let currency): V3Error(code, "The account is kept in \(currency).", field: "currency")
        case .priceMoved(let ask, let maximum): V3Error(code, "The contract costs \(ask.decimalText), more than the \(maximum.decimalText) allowed.")
        case .insufficientBalance(let balance, let price):
            V3Error(code, "The balance of \(balance.decimalText) does not cover the price of \(price.decimalText).")
        case .nothingToSell(let id): V3Error(code, "No contract \(id) runs on this account.")
        case .notSoldBack: V3Error(code, "Resale of this contract is not offered.")
        case .entryTickMissing: V3Error(code, "The entry tick has not come yet.")
        case .bidMoved(let bid, let minimum): V3Error(code, "The contract is bought back for \(bid.decimalText), less than the \(minimum.decimalText) wanted.")
        case .noOrders(let id): V3Error(code, "Contract \(id) is no multiplier that runs on this account.")
        case .changedTooOften: V3Error(code, "Orders are changed once a second at most.")
        }
    }
}
