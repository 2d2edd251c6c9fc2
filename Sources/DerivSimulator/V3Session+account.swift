import PlainJSON
import SimulatedMarket
import TradingModel

/// Who the session speaks for, and what that account holds.
extension V3Session {
    func authorize(_ request: Request) throws(V3Error) {
        var admitted: [Authorisation] = []
        let further = request.value["tokens"]?.array?.compactMap(\.string) ?? []
        for token in [request.value["authorize"]!.string!] + further {
            guard let account = desk.admit(token) else { throw V3Error("InvalidToken", "The token is not valid.") }
            if !admitted.contains(where: { $0.login == account.login }) { admitted.append(account) }
        }
        authorisations = admitted
        endStreamsOfOthers()
        let account = broker.accounts[admitted[0].login]!
        answer(request.origin.message("authorize") { json in json.object { write(account, admitted[0], &$0) } })
    }

    private func write(_ account: BrokerAccount, _ admitted: Authorisation, _ json: inout JSONWriter) {
        let company = account.isVirtual ? "virtual" : "svg"
        json.memberArray("account_list") { json in
            for account in authorisations.map({ broker.accounts[$0.login]! }) { json.object { V3Session.writeListed(account, &$0) } }
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

    private static func writeListed(_ account: BrokerAccount, _ json: inout JSONWriter) {
        json.member("account_category", "trading")
        json.member("account_type", "binary")
        json.member("broker", account.isVirtual ? "VRTC" : "CR")
        json.member("created_at", account.openedAt.seconds)
        json.member("currency", account.balance.currency.code)
        json.member("currency_type", "fiat")
        json.member("is_disabled", 0)
        json.member("is_virtual", account.isVirtual ? 1 : 0)
        json.member("landing_company_name", account.isVirtual ? "virtual" : "svg")
        json.memberArray("linked_to") { _ in }
        json.member("loginid", account.login.text)
    }

    func logout(_ request: Request) {
        authorisations = []
        endStreamsOfOthers()
        answer(request.origin.message("logout") { $0.value(1) })
    }

    /// Streams of accounts the connection no longer speaks for end.
    private func endStreamsOfOthers() {
        let logins = authorisations.map(\.login)
        streams.removeAll { stream in
            !stream.topic.logins(in: broker).allSatisfy(logins.contains)
        }
    }

    func balance(_ request: Request) throws(V3Error) {
        let wanted = request.value["account"]?.string ?? "current"
        if wanted == "all" { return try balanceOfAll(request) }
        let named = wanted == "current" ? acting!.login : authorisations.first { $0.login.text == wanted }?.login
        guard let login = named else { throw V3Error("PermissionDenied", "The token opens only its own account.", field: "account") }
        let stream = request.wantsStream ? try open(.balance(login), for: request) : nil
        answer(balanceMessage(of: login, desk.shownBalance(of: login), request.origin, subscription: stream?.id))
    }

    /// Only a token that a user was given by logging in, which begins with `a1-`, opens the view of all accounts.
    private func balanceOfAll(_ request: Request) throws(V3Error) {
        guard acting!.isOAuth else { throw V3Error("PermissionDenied", "All accounts are shown to an OAuth token only.", field: "account") }
        let accounts = authorisations.map { broker.accounts[$0.login]! }, first = broker.accounts[acting!.login]!
        let stream = request.wantsStream ? try open(.balances(accounts.map(\.login)), for: request) : nil
        answer(
            request.origin.message("balance", subscription: stream?.id) { json in
                json.object { json in
                    json.memberObject("accounts") { json in
                        for account in accounts {
                            json.key(text: account.login.text)
                            json.object { json in
                                json.member("balance", units: account.balance.minorUnits, scale: 2)
                                json.member("converted_amount", units: account.balance.minorUnits, scale: 2)
                                json.member("currency", account.balance.currency.code)
                                json.member("demo_account", account.isVirtual ? 1 : 0)
                                json.member("status", 1)
                                json.member("type", "deriv")
                            }
                        }
                    }
                    json.member("balance", units: first.balance.minorUnits, scale: 2)
                    json.member("currency", first.balance.currency.code)
                    if let stream { json.member("id", stream.id) }
                    json.member("loginid", first.login.text)
                    writeTotal(of: accounts.map(\.login), &json)
                }
            })
    }

    private func writeTotal(of logins: [Label], _ json: inout JSONWriter) {
        let accounts = logins.map { broker.accounts[$0]! }
        func sum(_ isVirtual: Bool) -> Money { accounts.filter { $0.isVirtual == isVirtual }.map(\.balance).reduce(.zero(.usd), +) }
        json.memberObject("total") { json in
            json.memberObject("deriv") {
                $0.member("amount", units: sum(false).minorUnits, scale: 2); $0.member("currency", "USD")
            }
            json.memberObject("deriv_demo") {
                $0.member("amount", units: sum(true).minorUnits, scale: 2); $0.member("currency", "USD")
            }
        }
    }

    /// One account's new balance and the sums, for whoever follows all of them.
    func balancesMessage(after booking: Booking, of logins: [Label], _ stream: Stream) -> [UInt8] {
        stream.origin.message("balance", subscription: stream.id) { json in
            json.object { json in
                json.member("balance", units: booking.balanceAfter.minorUnits, scale: booking.balanceAfter.currency.exponent)
                json.member("currency", booking.balanceAfter.currency.code)
                json.member("id", stream.id)
                json.member("loginid", booking.login.text)
                writeTotal(of: logins, &json)
            }
        }
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
        let stream = try open(.transaction(acting!.login), for: request)
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
                if let barrier = contract.offer.barrierCode { json.member("barrier", barrier) }
                json.member("contract_id", contract.id.rawValue)
                json.member("date_expiry", contract.end.seconds)
                json.member("display_name", contract.market.displayName)
                json.member("longcode", contract.offer.longcode)
                if booking.action == .sell { json.member("purchase_time", contract.purchasedAt.seconds) }
                json.member("symbol", contract.symbol.text)
            }
        }
    }

    func topupVirtual(_ request: Request) throws(V3Error) {
        guard let amount = desk.topUp(acting!.login) else {
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
