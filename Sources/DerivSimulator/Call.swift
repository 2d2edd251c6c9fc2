import PlainJSON

/// The calls that are answered, in the order in which a request's keys are looked for.
enum Call: String, CaseIterable, Sendable {
    case authorize, logout, ping, time
    case websiteStatus = "website_status", payoutCurrencies = "payout_currencies"
    case activeSymbols = "active_symbols", contractsFor = "contracts_for"
    case ticks, ticksHistory = "ticks_history"
    case tradingTimes = "trading_times"
    case proposal, buy, sell, sellExpired = "sell_expired", proposalOpenContract = "proposal_open_contract"
    case contractUpdateHistory = "contract_update_history", contractUpdate = "contract_update"
    case portfolio, profitTable = "profit_table", statement, transaction, balance
    case forget, forgetAll = "forget_all", topupVirtual = "topup_virtual"

    /// `msg_type` of its error: the call's own name but for ticks.
    var messageType: String { self == .ticks ? "tick" : rawValue }

    /// The groups of published limits it counts in. A quote counts in two.
    var limitGroups: [RateLimits.Group] {
        switch self {
        case .portfolio, .statement: [.outcome]
        case .proposal: [.outcome, .pricing]
        case .proposalOpenContract: [.pricing]
        case .authorize, .logout, .ping, .time, .websiteStatus, .payoutCurrencies, .activeSymbols, .contractsFor, .ticks, .ticksHistory,
            .tradingTimes, .buy, .sell, .sellExpired, .contractUpdate, .contractUpdateHistory, .profitTable, .transaction, .balance, .forget,
            .forgetAll, .topupVirtual:
            [.general]
        }
    }

    enum Scope: Sendable { case none, read, trade }

    /// What the session must be allowed to.
    var scope: Scope {
        switch self {
        case .authorize, .logout, .ping, .time, .websiteStatus, .payoutCurrencies, .activeSymbols, .contractsFor, .ticks, .ticksHistory,
            .tradingTimes, .proposal, .forget, .forgetAll:
            .none
        case .proposalOpenContract, .portfolio, .profitTable, .statement, .transaction, .balance, .contractUpdateHistory: .read
        case .buy, .sell, .sellExpired, .contractUpdate, .topupVirtual: .trade
        }
    }

    /// Parameters that must be there besides the call key itself.
    var required: [String] {
        switch self {
        case .ticksHistory: ["end"]
        case .proposal: ["contract_type", "currency", "symbol"]
        case .buy, .sell: ["price"]
        case .contractUpdate: ["contract_id", "limit_order"]
        case .contractUpdateHistory: ["contract_id"]
        case .transaction: ["subscribe"]
        case .authorize, .logout, .ping, .time, .websiteStatus, .payoutCurrencies, .activeSymbols, .contractsFor, .ticks, .tradingTimes,
            .sellExpired, .proposalOpenContract, .portfolio, .profitTable, .statement, .balance, .forget, .forgetAll, .topupVirtual:
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
        case .logout, .payoutCurrencies, .topupVirtual, .sellExpired: [rawValue: .one, "loginid": .text(.login)]
        case .authorize: ["authorize": .text(.token), "add_to_login_history": .flag, "tokens": .list(.text(.token), most: 25)]
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
        case .sell: ["sell": .anyInteger, "price": .anyNumber, "loginid": .text(.login)]
        case .contractUpdate:
            [
                rawValue: .one, "contract_id": .anyInteger, "loginid": .text(.login),
                "limit_order": .object(["stop_loss": .either(.null, .anyNumber), "take_profit": .either(.null, .anyNumber)], required: []),
            ]
        case .contractUpdateHistory: [rawValue: .one, "contract_id": .anyInteger, "limit": .number(1...999), "loginid": .text(.login)]
        case .tradingTimes: [rawValue: .text(.tradingDay)]
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
