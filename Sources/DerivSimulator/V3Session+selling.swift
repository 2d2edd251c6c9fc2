import PlainJSON
import SimulatedMarket
import TradingModel

/// What is done with a contract that was bought: selling it back, hurrying its booking, changing its orders.
extension V3Session {
    func sell(_ request: Request) throws(V3Error) {
        let id = ContractID(rawValue: request.value["sell"]!.integer!)
        // 0 sells at whatever is offered. A part of a cent cannot be met by less than the whole one.
        let least = Money(minorUnits: max(0, request.value["price"]!.number!.cents(roundedUp: true)), currency: .usd)
        let receipt: Receipt
        switch desk.sell(acting!.login, id, minimumPrice: least) {
        case .failure(let rejection): throw rejection.error
        case .success(let sold): receipt = sold
        }
        let booking = receipt.booking
        answer(
            request.origin.message("sell") { json in
                json.object { json in
                    json.member("balance_after", units: booking.balanceAfter.minorUnits, scale: booking.balanceAfter.currency.exponent)
                    json.member("contract_id", id.rawValue)
                    json.member("reference_id", receipt.contract.buy.rawValue)
                    json.member("sold_for", units: booking.amount.minorUnits, scale: booking.amount.currency.exponent)
                    json.member("transaction_id", booking.id.rawValue)
                }
            })
        desk.announce(receipt.contract, booking)
    }

    /// Counts what it booked. Without a settlement delay nothing waits, and the count is 0.
    func sellExpired(_ request: Request) {
        let settled = desk.settleExpired(acting!.login)
        answer(request.origin.message("sell_expired") { json in json.object { $0.member("count", settled.count) } })
        for (contract, booking) in settled { desk.announce(contract, booking) }
    }

    func contractUpdate(_ request: Request) throws(V3Error) {
        let id = ContractID(rawValue: request.value["contract_id"]!.integer!), login = acting!.login
        guard let present = broker.contract(id), present.login == login else { throw BrokerRejection.noOrders(id).error }
        let limits = try Proposal.Wish.limits(request.value["limit_order"], keeping: present.limits)
        let contract: SoldContract
        switch desk.change(limits, of: id, on: login) {
        case .failure(let rejection): throw rejection.error(updating: limits)
        case .success(let changed): contract = changed
        }
        answer(
            request.origin.message("contract_update") { json in
                json.object { json in
                    json.memberObject("stop_loss") { write(limits.stopLoss.map(-), "Stop loss", of: contract, &$0) }
                    json.memberObject("take_profit") { write(limits.takeProfit, "Take profit", of: contract, &$0) }
                }
            })
        desk.announce(contract)
    }

    private func write(_ profit: Money?, _ name: String, of contract: SoldContract, _ json: inout JSONWriter) {
        json.member("display_name", name)
        if let profit { json.member("order_amount", units: profit.minorUnits, scale: profit.currency.exponent) } else { json.nullMember("order_amount") }
        json.member("order_date", contract.limitChanges.last!.time.seconds)
        if let level = contract.level(of: profit) {
            json.member("value", textOfUnits: level.pips, scale: contract.market.decimals)
        } else {
            json.nullMember("value")
        }
    }

    /// Every change, newest first; each is two rows.
    func contractUpdateHistory(_ request: Request) throws(V3Error) {
        let id = ContractID(rawValue: request.value["contract_id"]!.integer!)
        guard let contract = broker.contract(id), contract.login == acting!.login, contract.offer.kind.family == .multiplier else {
            throw BrokerRejection.noOrders(id).error
        }
        let limit = try PageSpan(request, limit: 500, cap: 999).limit
        let rows = contract.limitChanges.reversed().flatMap { change in
            [("Stop loss", "stop_loss", change.limits.stopLoss.map(-), change.time), ("Take profit", "take_profit", change.limits.takeProfit, change.time)]
        }
        answer(
            request.origin.message("contract_update_history") { json in
                json.array { json in
                    for (name, type, profit, time) in rows.prefix(limit) {
                        json.object { json in
                            json.member("display_name", name)
                            json.member("order_amount", textOfUnits: profit?.minorUnits ?? 0, scale: 2)
                            json.member("order_date", time.seconds)
                            json.member("order_type", type)
                            if let level = contract.level(of: profit) {
                                json.member("value", textOfUnits: level.pips, scale: contract.market.decimals)
                            } else {
                                json.nullMember("value")
                            }
                        }
                    }
                }
            })
    }
}

extension BrokerRejection {
    /// The rejection as the answer to a change of orders, whose codes are other ones than a purchase's.
    fileprivate func error(updating limits: LimitOrder) -> V3Error {
        var isTooLow: Bool?
        if case .takeProfitOutside(let range) = self { isTooLow = limits.takeProfit.map { $0 < range.lowerBound } }
        if case .stopLossOutside(let range) = self { isTooLow = limits.stopLoss.map { $0 < range.lowerBound } }
        guard let isTooLow else { return error }
        return V3Error(isTooLow ? "LimitOrderAmountTooLow" : "LimitOrderAmountTooHigh", error.message, details: error.details)
    }
}

extension SoldContract {
    /// The price at which a multiplier has this profit.
    fileprivate func level(of profit: Money?) -> Price? {
        guard let profit, let rule = multiplierRule, let entry else { return nil }
        return rule.price(entry: entry.price, profit: profit)
    }
}
