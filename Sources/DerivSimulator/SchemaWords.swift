// The word lists of the send schemas, and the parameters that describe a contract.

/// The lists of the send schemas.
enum SchemaWords {
    static let landingCompanies = ["iom", "malta", "maltainvest", "svg", "virtual", "vanuatu"]
    static let barrierCategories = ["american", "asian", "euro_atm", "euro_non_atm", "non_financial", "lookback", "reset"]
    static let granularities: [Int64] = [60, 120, 180, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400]
    static let contractTypes = [
        "MULTUP", "MULTDOWN", "UPORDOWN", "EXPIRYRANGE", "ONETOUCH", "CALLE", "LBHIGHLOW", "ASIAND", "EXPIRYRANGEE", "DIGITDIFF", "DIGITMATCH",
        "DIGITOVER", "PUTE", "DIGITUNDER", "NOTOUCH", "CALL", "RANGE", "LBFLOATPUT", "DIGITODD", "PUT", "ASIANU", "LBFLOATCALL", "EXPIRYMISSE",
        "EXPIRYMISS", "DIGITEVEN", "TICKHIGH", "TICKLOW", "RESETCALL", "RESETPUT", "SNOWDOWN", "SNOWUP", "CALLSPREAD", "PUTSPREAD", "RUNHIGH",
        "RUNLOW", "ACCU", "VANILLALONGCALL", "VANILLALONGPUT", "TURBOSLONG", "TURBOSSHORT",
    ]
    static let streamTypes = [
        "balance", "candles", "cashier_payments", "p2p_advert", "p2p_advertiser", "p2p_order", "proposal", "proposal_open_contract", "ticks",
        "transaction", "trading_platform_asset_listing", "website_status", "p2p_settings", "crypto_estimations",
    ]
    static let contractParameters: [String: SchemaRule] = [
        "amount": .number(0 ... .max), "barrier": .text(.barrier), "barrier2": .text(.barrier), "barrier_range": .words(["tight", "middle", "wide"]),
        "basis": .words(["payout", "stake"]), "cancellation": .text(.word), "contract_type": .words(contractTypes), "currency": .text(.currency),
        "date_expiry": .epoch, "date_start": .epoch, "duration": .integer(0...99_999_999), "duration_unit": .words(["d", "m", "s", "h", "t"]),
        "growth_rate": .anyNumber, "limit_order": .object(["stop_loss": .anyNumber, "take_profit": .anyNumber], required: []),
        "multiplier": .number(0 ... .max), "payout_per_point": .anyNumber, "product_type": .words(["basic"]), "selected_tick": .anyInteger,
        "symbol": .text(.symbol), "trade_risk_profile": .words(["low", "medium", "high"]), "trading_period_start": .anyInteger,
    ]
}
