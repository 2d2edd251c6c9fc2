public import TradingModel

/// Why *we* did not buy. The broker's own "no" is a `Rejection`; the two words never stand for each other.
public struct Refusal: Hashable, Sendable, Codable {
    public var code: Code
    /// What was compared, when numbers decided.
    public var compared: Comparison?
    /// Would the same signal fare better later on? Then it waits until its end of validity.
    public var waitingHelps: Bool

    public init(_ code: Code, _ compared: Comparison? = nil, waitingHelps: Bool = false) {
        (self.code, self.compared, self.waitingHelps) = (code, compared, waitingHelps)
    }

    /// The two numbers of a refusal and their unit: `value` would have come to more (or less) than `limit` allows.
    public struct Comparison: Hashable, Sendable, Codable {
        public var value: Int64
        public var limit: Int64
        public var unit: Unit
        public init(_ value: Int64, against limit: Int64, _ unit: Unit) { (self.value, self.limit, self.unit) = (value, limit, unit) }

        public enum Unit: Hashable, Sendable, Codable {
            case count, basisPoints, milliseconds
            case money(Currency)
        }
    }

    /// Stable and documented in `docs/refusals.md`; context stands beside it, never in it.
    public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        // Is this signal for us?
        case noSession = "no_session"
        case sessionNotActive = "session_not_active"
        case emergencyStopped = "emergency_stopped"
        case stoppedByOperators = "stopped_by_operators"
        case signalExpired = "signal_expired"
        case symbolNotFollowed = "symbol_not_followed"
        case sourceNotFollowed = "source_not_followed"
        case strategyNotFollowed = "strategy_not_followed"
        case tooManyWaiting = "too_many_waiting"
        case awaitingToken = "awaiting_token"
        case awaitingReview = "awaiting_review"
        // Can it be sent at all?
        case realTradingNotEnabled = "real_trading_not_enabled"
        case accountOffline = "account_offline"
        case circuitOpen = "circuit_open"
        case accountBusy = "account_busy"
        case accountInDoubt = "account_in_doubt"
        case offersUnknown = "offers_unknown"
        case contractNotOffered = "contract_not_offered"
        // Does it pay enough?
        case payoutUnknown = "payout_unknown"
        case payoutTooLow = "payout_too_low"
        case quoteRefused = "quote_refused"
        // How much?
        case stakeCurrencyDiffers = "stake_currency_differs"
        case stakeBelowLeast = "stake_below_least"
        case stakeAboveMost = "stake_above_most"
        case stakeAbovePlan = "stake_above_plan"
        case balanceTooLow = "balance_too_low"
        // May it be lost?
        case openContractsReached = "open_contracts_reached"
        case tradesPerDayReached = "trades_per_day_reached"
        case lossPerDayReached = "loss_per_day_reached"
        case greatestStakeExceeded = "greatest_stake_exceeded"
        case riskPerTradeExceeded = "risk_per_trade_exceeded"
        case drawdownReached = "drawdown_reached"
        case lossesInARowReached = "losses_in_a_row_reached"
        case accountLossPerDayReached = "account_loss_per_day_reached"
        case accountOpenExposureReached = "account_open_exposure_reached"
        case accountOpenContractsReached = "account_open_contracts_reached"
        case ownerLossPerDayReached = "owner_loss_per_day_reached"
        case ownerOpenExposureReached = "owner_open_exposure_reached"
        case ownerOpenContractsReached = "owner_open_contracts_reached"
    }
}

/// Why the *broker* did not sell us a contract, in its own code. Only answers that are surely given before anything is
/// executed become one; every other is a doubt.
public struct Rejection: Hashable, Sendable, Codable {
    public var code: Label
    public init(code: Label) { self.code = code }
}

/// A comparison in words: `49.50 against 50.00 USD`, `3 against 3`, `9.8 % against 10 %`.
extension Refusal.Comparison: CustomStringConvertible {
    public var description: String {
        switch unit {
        case .count: "\(value) against \(limit)"
        case .basisPoints: "\(Decimals.text(value, decimals: 2)) % against \(Decimals.text(limit, decimals: 2)) %"
        case .milliseconds: "\(value) ms against \(limit) ms"
        case .money(let currency):
            "\(Money(minorUnits: value, currency: currency).decimalText) against \(Money(minorUnits: limit, currency: currency))"
        }
    }
}
