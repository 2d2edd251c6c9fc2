import PlainJSON
import SimulatedMarket
import TradingModel

/// Who the session speaks for, and what that account holds.
extension V3Session {
    func authorize(_ request: Request) throws(V3Error) {
        guard let admitted = desk.admit(request.value["authorize"]!.string!) else { throw V3Error("InvalidToken", "The token is not valid.") }
        if authorisation?.login != admitted.login { streams.removeAll(where: \.topic.needsAccount) }
        authorisation = admitted
        let account = broker.accounts[admitted.login]!
        answer(request.origin.message("authorize") { json in json.object { write(account, admitted, &$0) } })
    }

    private func write(_ account: BrokerAccount, _ admitted: Authorisation, _ json: inout JSONWriter) {
        let company = account.isVirtual ? "virtual" : "svg"
        json.memberArray("account_list") { json in
            json.object { json in
                json.member("account_category", "trading")
                json.member("account_type", "binary")
                json.member("broker", account.isVirtual ? "VRTC" : "CR")
                json.member("created_at", account.openedAt.seconds)
                json.member("currency", account.balance.currency.code)
                json.member("currency_type", "fiat")
                json.member("is_disabled", 0)
                json.member("is_virtual", account.isVirtual ? 1 : 0)
                json.member("landing_company_name", company)
                json.memberArray("linked_to") { _ in }
                json.member("loginid", account.login.text)
            }
        }
        json.member("balance", units: account.balance.minorUnits, scale: account.balance.currency.exponent)
        json.member("country", "br")
        json.member("currency", account.balance.currency.code)
        json.member("email", "trader@example.org")
        json.member("fullname", account.isVirtual ? " " : "Mr Simulated Trader")
        json.member("is_virtual", account.isVirtual ? 1 : 0)
        json.member("landing_company_fullname", "Simulated Market Limited")
        json.member("landing_company_name", company)
        json.memberArray("linked_to") { _ in }
        json.memberObject("local_currencies") { $0.memberObject("BRL") { $0.member("fractional_digits", 2) } }
        json.member("loginid", account.login.text)
        json.member("preferred_language", "EN")
        json.memberArray("scopes") { json in
            for scope in admitted.mayTrade ? ["read", "trade", "trading_information"] : ["read"] { json.value(scope) }
        }
        json.memberArray("upgradeable_landing_companies") { _ in }
        json.member("user_id", admitted.userID)
    }

    func logout(_ request: Request) {
        streams.removeAll(where: \.topic.needsAccount)
        authorisation = nil
        answer(request.origin.message("logout") { $0.value(1) })
    }

    func balance(_ request: Request) throws(V3Error) {
        let login = authorisation!.login, account = request.value["account"]?.string ?? "current"
        guard account == "current" || account == login.text else {
            throw V3Error("PermissionDenied", "The token opens only its own account.", field: "account")
        }
        let stream = request.wantsStream ? try open(.balance, for: request) : nil
        answer(balanceMessage(of: login, desk.shownBalance(of: login), request.origin, subscription: stream?.id))
    }

    func balanceMessage(of login: Label, _ balance: Money, _ origin: Origin, subscription: String?) -> [UInt8] {
        origin.message("balance", subscription: subscription) { json in
            json.object { json in
                json.member("balance", units: balance.minorUnits, scale: balance.currency.exponent)
                json.member("currency", balance.currency.code)
                if let subscription { json.member("id", subscription) }
                json.member("loginid", login.text)
            }
        }
    }

    /// The first answer carries only the id; a message follows for every booking.
    func transaction(_ request: Request) throws(V3Error) {
        let stream = try open(.transaction, for: request)
        answer(request.origin.message("transaction", subscription: stream.id) { $0.object { $0.member("id", stream.id) } })
    }

    func transactionMessage(_ booking: Booking, _ stream: Stream) -> [UInt8] {
        let contract = booking.contract.flatMap(broker.contract)
        return stream.origin.message("transaction", subscription: stream.id) { json in
            json.object { json in
                json.member("action", booking.action.word)
                json.member("amount", units: booking.amount.minorUnits, scale: booking.amount.currency.exponent)
                json.member("balance", units: booking.balanceAfter.minorUnits, scale: booking.balanceAfter.currency.exponent)
                json.member("currency", booking.amount.currency.code)
                json.member("id", stream.id)
                json.member("transaction_id", booking.id.rawValue)
                json.member("transaction_time", booking.time.seconds)
                guard let contract else { return json.nullMember("contract_id") }
                if !contract.terms.kind.isDigit { json.member("barrier", "S0P") }
                json.member("contract_id", contract.id.rawValue)
                json.member("date_expiry", contract.expectedEnd(tickSeconds: contract.tickSeconds).seconds)
                json.member("display_name", broker.market(contract.terms.symbol)?.displayName ?? contract.terms.symbol.text)
                json.member("longcode", contract.terms.longcode)
                if booking.action == .sell { json.member("purchase_time", contract.purchasedAt.seconds) }
                json.member("symbol", contract.terms.symbol.text)
            }
        }
    }

    func topupVirtual(_ request: Request) throws(V3Error) {
        guard let amount = desk.topUp(authorisation!.login) else {
            throw V3Error("TopupVirtualError", "The account is no virtual one below its opening balance.")
        }
        answer(
            request.origin.message("topup_virtual") { json in
                json.object {
                    $0.member("amount", units: amount.minorUnits, scale: amount.currency.exponent); $0.member("currency", amount.currency.code)
                }
            })
        desk.announce(broker.ledger.last!)
    }
}

extension Booking.Action {
    /// Deriv's word for it.
    var word: String {
        switch self {
        case .buy: "buy"
        case .sell: "sell"
        case .virtualCredit: "virtual_credit"
        }
    }
}
