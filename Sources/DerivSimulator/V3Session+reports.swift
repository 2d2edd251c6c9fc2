import PlainJSON
import SimulatedMarket
import TradingModel

/// Portfolio, profit table and statement.
extension V3Session {
    func portfolio(_ request: Request) {
        let types = request.value["contract_type"]?.array?.compactMap(\.string), login = acting!.login
        answer(
            request.origin.message("portfolio") { json in
                json.object { json in
                    json.memberArray("contracts") { json in
                        for index in broker.open {
                            let contract = broker.contracts[index]
                            guard contract.login == login, desk.isShown(contract.buy), types?.contains(contract.offer.kind.contractType) ?? true else {
                                continue
                            }
                            json.object { write(open: contract, &$0) }
                        }
                    }
                }
            })
    }

    private func write(open contract: SoldContract, _ json: inout JSONWriter) {
        let end = contract.end.seconds
        json.member("app_id", appID)
        json.member("buy_price", units: contract.price.minorUnits, scale: contract.price.currency.exponent)
        json.member("contract_id", contract.id.rawValue)
        json.member("contract_type", contract.offer.kind.contractType)
        json.member("currency", contract.price.currency.code)
        json.member("date_start", contract.purchasedAt.seconds)
        json.member("expiry_time", end)
        json.member("longcode", contract.offer.longcode)
        json.member("payout", units: contract.payout.minorUnits, scale: contract.payout.currency.exponent)
        json.member("purchase_time", contract.purchasedAt.seconds)
        json.member("shortcode", contract.shortcode)
        json.member("symbol", contract.symbol.text)
        json.member("transaction_id", contract.buy.rawValue)
    }

    /// Settled contracts by purchase time, newest first unless asked otherwise.
    func profitTable(_ request: Request) throws(V3Error) {
        let account = broker.accounts[acting!.login]!
        let span = try PageSpan(request, limit: 50, cap: 500), types = request.value["contract_type"]?.array?.compactMap(\.string)
        let isDescribed = request.value["description"]?.integer == 1
        func fits(_ index: Int) -> Bool {
            let contract = broker.contracts[index]
            return contract.settlement.map { desk.isShown($0.sell) } ?? false && span.covers(contract.purchasedAt)
                && types?.contains(contract.offer.kind.contractType) ?? true
        }
        let page =
            request.value["sort"]?.string == "ASC"
            ? Array(account.contracts.lazy.filter(fits).dropFirst(span.offset).prefix(span.limit))
            : Array(account.contracts.reversed().lazy.filter(fits).dropFirst(span.offset).prefix(span.limit))
        answer(
            request.origin.message("profit_table") { json in
                json.object { json in
                    json.member("count", page.count)
                    json.memberArray("transactions") { json in
                        for index in page { json.object { write(settled: broker.contracts[index], isDescribed: isDescribed, &$0) } }
                    }
                }
            })
    }

    private func write(settled contract: SoldContract, isDescribed: Bool, _ json: inout JSONWriter) {
        let settlement = contract.settlement!
        json.member("app_id", appID)
        json.member("buy_price", units: contract.price.minorUnits, scale: contract.price.currency.exponent)
        json.member("contract_id", contract.id.rawValue)
        json.member("payout", units: contract.payout.minorUnits, scale: contract.payout.currency.exponent)
        json.member("purchase_time", contract.purchasedAt.seconds)
        json.member("sell_price", units: settlement.payout.minorUnits, scale: settlement.payout.currency.exponent)
        json.member("sell_time", settlement.time.seconds)
        json.member("transaction_id", contract.buy.rawValue)
        guard isDescribed else { return }
        json.member("contract_type", contract.offer.kind.contractType)
        if let duration = contract.offer.duration {
            json.member("duration_type", duration.durationType)
        } else {
            json.nullMember("duration_type")
            json.member("multiplier", "\(contract.offer.multiplier ?? 0)")
        }
        json.member("longcode", contract.offer.longcode)
        json.member("shortcode", contract.shortcode)
        json.member("underlying_symbol", contract.symbol.text)
    }

    /// Bookings, newest first.
    func statement(_ request: Request) throws(V3Error) {
        let account = broker.accounts[acting!.login]!
        let span = try PageSpan(request, limit: 100, cap: 999), action = request.value["action_type"]?.string
        let isDescribed = request.value["description"]?.integer == 1
        let page = Array(
            account.bookings.reversed().lazy.filter { index in
                let booking = self.broker.ledger[index]
                return span.covers(booking.time) && self.desk.isShown(booking.id) && (action == nil || action == booking.action.word)
            }.dropFirst(span.offset).prefix(span.limit))
        answer(
            request.origin.message("statement") { json in
                json.object { json in
                    json.member("count", page.count)
                    json.memberArray("transactions") { json in
                        for index in page { json.object { write(broker.ledger[index], isDescribed: isDescribed, &$0) } }
                    }
                }
            })
    }

    private func write(_ booking: Booking, isDescribed: Bool, _ json: inout JSONWriter) {
        json.member("action_type", booking.action.word)
        json.member("amount", units: booking.amount.minorUnits, scale: booking.amount.currency.exponent)
        json.member("app_id", appID)
        json.member("balance_after", units: booking.balanceAfter.minorUnits, scale: booking.balanceAfter.currency.exponent)
        json.member("transaction_id", booking.id.rawValue)
        json.member("transaction_time", booking.time.seconds)
        guard let contract = booking.contract.flatMap(broker.contract) else {
            json.nullMember("contract_id")
            if isDescribed { json.member("longcode", "Money for practice.") }
            return
        }
        json.member("contract_id", contract.id.rawValue)
        json.member("payout", units: contract.payout.minorUnits, scale: contract.payout.currency.exponent)
        if booking.action == .sell {
            json.member("purchase_time", contract.purchasedAt.seconds)
            json.member("reference_id", contract.buy.rawValue)
        }
        guard isDescribed else { return }
        json.member("longcode", contract.offer.longcode)
        json.member("shortcode", contract.shortcode)
    }
}

extension ContractDuration {
    /// Deriv's word for its unit in a profit table.
    fileprivate var durationType: String {
        switch unit {
        case .ticks: "ticks"
        case .seconds: "seconds"
        case .minutes: "minutes"
        case .hours: "hours"
        case .days: "days"
        }
    }
}
