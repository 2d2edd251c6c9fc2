import TradingModel

/// Errors on `buy` that the broker surely gives before it executes anything. Every other code, known or new, leaves the
/// buy in doubt: an error is no proof.
enum RejectionCodes {
    static func isDefinitive(_ code: String) -> Bool {
        #if SeededBugs
        if SeededBug.takesAnyErrorForRefusal.isPlanted { return true }
        #endif
        return definitive.contains(code)
    }

    private static let definitive: Set<String> = [
        // The request itself.
        "InputValidationFailed", "UnrecognisedRequest", "BadRequest", "SanityCheckFailed",
        // Who asks.
        "AuthorizationRequired", "InvalidToken", "PermissionDenied", "AccountDisabled", "DisabledClient", "ClientUnwelcome", "SelfExclusion",
        "PleaseAuthenticate", "FinancialAssessmentRequired", "NoMFProfessionalClient", "TradingDisabled", "Suspendedlogin",
        // What is asked for.
        "InvalidSymbol", "OfferingsInvalidSymbol", "InvalidOfferings", "OfferingsValidationError", "OfferingsValidationFailure",
        "InvalidContractProposal", "ContractCreationFailure", "ContractBuyValidationError", "TradingDurationNotAllowed",
        "InvalidCurrency", "NotDefaultCurrency", "NoCurrencySet", "IncorrectStakeDecimals", "IncorrectPayoutDecimals", "InvalidPrice",
        "InvalidAmount", "StakeLimits", "PayoutLimits", "StakeTooLow", "InvalidMinStake", "StakeLimitExceeded", "PayoutLimitExceeded",
        // The market and the price.
        "PriceMoved", "MarketIsClosed", "TradingNotAvailable", "TradingSuspendedSpecificHours", "TradeTemporarilyUnavailable",
        "MissingMarketData", "OldMarketData", "MissingTickMarketData", "MissingSpotMarketData",
        // The account's money and its limits at the broker.
        "InsufficientBalance", "OpenPositionLimit", "OpenPositionLimitExceeded", "SpecificOpenPositionLimitExceeded", "OpenPositionPayoutLimit",
        "MaxAggregateOpenStakeExceeded", "DailyTurnoverLimitExceeded", "ProductSpecificTurnoverLimitExceeded", "DailyProfitLimitExceeded",
        "DailyLossLimitExceeded", "CompanyWideLimitExceeded", "ClientVolumeLimitReached", "ClientUnderlyingVolumeLimitReached",
        "ClientContractProfitLimitExceeded",
    ]
}
