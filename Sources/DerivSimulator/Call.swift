import PlainJSON

/// The calls that are answered, in the order in which a request's keys are looked for.
enum Call: String, CaseIterable, Sendable {
    case authorize, logout, ping, time
    case websiteStatus = "website_status", payoutCurrencies = "payout_currencies"
    case activeSymbols = "active_symbols", contractsFor = "contracts_for"
    case ticks, ticksHistory = "ticks_history"
    case proposal, buy, proposalOpenContract = "proposal_open_contract"
    case portfolio, profitTable = "profit_table", statement, transaction, balance
    case forget, forgetAll = "forget_all", topupVirtual = "topup_virtual"

    /// `msg_type` of its error: the call's own name but for ticks.
    var messageType: String { self == .ticks ? "tick" : rawValue }

    enum Scope: Sendable { case none, read, trade }

    /// What the session must be allowed to.
    var scope: Scope {
        switch self {
        case .authorize, .logout, .ping, .time, .websiteStatus, .payoutCurrencies, .activeSymbols, .contractsFor, .ticks, .ticksHistory,
            .proposal, .forget, .forgetAll:
            .none
        case .proposalOpenContract, .portfolio, .profitTable, .statement, .transaction, .balance: .read
        case .buy, .topupVirtual: .trade
        }
    }

    /// Parameters that must be there besides the call key itself.
    var required: [String] {
        switch self {
        case .ticksHistory: ["end"]
        case .proposal: ["contract_type", "currency", "symbol"]
        case .buy: ["price"]
        case .transaction: ["subscribe"]
        case .authorize, .logout, .ping, .time, .websiteStatus, .payoutCurrencies, .activeSymbols, .contractsFor, .ticks,
            .proposalOpenContract, .portfolio, .profitTable, .statement, .balance, .forget, .forgetAll, .topupVirtual:
            []
        }
    }

    /// The closed list of keys a request of this call may have.
    var rules: [String: SchemaRule] { Call.table[self]! }

    private static let table: [Call: [String: SchemaRule]] = Dictionary(
        uniqueKeysWithValues: allCases.map { call in
            (call, call.parameters.merging(["req_id": .anyInteger, "passthrough": .anyObject]) { first, _ in first })
        })

    private var parameters: [String: SchemaRule] {
        switch self {
        case .ping, .time: [rawValue: .one]
        case .logout, .payoutCurrencies, .topupVirtual: [rawValue: .one, "loginid": .text(.login)]
        case .authorize: ["authorize": .text(.token), "add_to_login_history": .flag, "tokens": .list(.text(.token))]
        case .websiteStatus: [rawValue: .one, "subscribe": .flag]
        case .activeSymbols:
            [
                "active_symbols": .words(["brief", "full"]), "barrier_category": .list(.words(SchemaWords.barrierCategories)),
                "contract_type": .list(.words(SchemaWords.contractTypes)), "landing_company": .words(SchemaWords.landingCompanies),
                "landing_company_short": .words(SchemaWords.landingCompanies), "product_type": .words(["basic"]), "loginid": .text(.login),
            ]
        case .contractsFor:
            [
                "contracts_for": .text(.symbol), "currency": .text(.currency), "landing_company": .words(SchemaWords.landingCompanies),
                "landing_company_short": .words(SchemaWords.landingCompanies), "product_type": .words(["basic"]), "loginid": .text(.login),
            ]
        case .ticks: ["ticks": .either(.text(.symbol), .list(.text(.symbol))), "subscribe": .one]
        case .ticksHistory:
            [
                "ticks_history": .text(.symbol), "adjust_start_time": .one, "count": .anyInteger, "end": .text(.end),
                "granularity": .integers(SchemaWords.granularities), "start": .epoch, "style": .words(["candles", "ticks"]), "subscribe": .one,
            ]
        case .proposal:
            SchemaWords.contractParameters.merging(["proposal": .one, "subscribe": .one, "loginid": .text(.login)]) { first, _ in first }
        case .buy:
            [
                "buy": .text(.identifierOrOne), "price": .number(0 ... .max), "subscribe": .one, "loginid": .text(.login),
                "parameters": .object(
                    SchemaWords.contractParameters.merging(["app_markup_percentage": .anyNumber]) { first, _ in first },
                    required: ["contract_type", "currency", "symbol"]),
            ]
        case .proposalOpenContract: [rawValue: .one, "contract_id": .anyInteger, "subscribe": .one, "loginid": .text(.login)]
        case .portfolio: [rawValue: .one, "contract_type": .list(.words(SchemaWords.contractTypes)), "loginid": .text(.login)]
        case .profitTable:
            [
                rawValue: .one, "contract_type": .list(.words(SchemaWords.contractTypes)), "date_from": .text(.date), "date_to": .text(.date),
                "description": .flag, "limit": .number(0...500), "offset": .integer(0 ... .max), "sort": .words(["ASC", "DESC"]), "loginid": .text(.login),
            ]
        case .statement:
            [
                rawValue: .one, "action_type": .words(["buy", "sell", "deposit", "withdrawal", "escrow", "adjustment", "virtual_credit", "transfer"]),
                "date_from": .epoch, "date_to": .epoch, "description": .flag, "limit": .number(0...999), "offset": .integer(0 ... .max),
                "loginid": .text(.login),
            ]
        case .transaction: [rawValue: .one, "subscribe": .one, "loginid": .text(.login)]
        case .balance: [rawValue: .one, "account": .text(.balanceAccount), "subscribe": .flag, "loginid": .text(.login)]
        case .forget: ["forget": .text(.identifier)]
        case .forgetAll: ["forget_all": .either(.words(SchemaWords.streamTypes), .list(.words(SchemaWords.streamTypes)))]
        }
    }
}

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
