import PlainJSON
import SimulatedMarket
import TradingModel

/// One contract as `proposal_open_contract` tells it.
extension V3Session {
    func contractMessage(_ contract: SoldContract, _ origin: Origin, subscription: String?) -> [UInt8] {
        origin.message("proposal_open_contract", subscription: subscription) { json in
            json.object { json in
                if let subscription { json.member("id", subscription) }
                writeTerms(contract, &json)
                writeTicks(contract, &json)
                writeValue(contract, &json)
            }
        }
    }

    private func writeTerms(_ contract: SoldContract, _ json: inout JSONWriter) {
        let end = contract.end, isSold = contract.isOpen ? 0 : 1, isExpired = contract.exit != nil && contract.settlement?.cause != .sale
        json.member("account_id", authorisations.first { $0.login == contract.login }?.userID ?? 0)
        json.member("barrier_count", contract.offer.barrierCode == nil ? 0 : 1)
        json.member("buy_price", units: contract.price.minorUnits, scale: contract.price.currency.exponent)
        json.member("contract_id", contract.id.rawValue)
        json.member("contract_type", contract.offer.kind.contractType)
        json.member("currency", contract.price.currency.code)
        json.member("date_expiry", end.seconds)
        json.member("date_settlement", end.seconds)
        json.member("date_start", contract.purchasedAt.seconds)
        json.member("display_name", contract.market.displayName)
        json.member("expiry_time", end.seconds)
        json.member("is_expired", isExpired ? 1 : 0)
        json.member("is_forward_starting", 0)
        json.member("is_intraday", contract.offer.duration == nil ? 0 : 1)
        json.member("is_path_dependent", 0)
        json.member("is_settleable", isExpired ? 1 : 0)
        json.member("is_sold", isSold)
        json.member("is_valid_to_cancel", 0)
        let bid = broker.bid(for: contract)
        if case .success = bid { json.member("is_valid_to_sell", 1) } else { json.member("is_valid_to_sell", 0) }
        json.member("longcode", contract.offer.longcode)
        json.member("payout", units: contract.payout.minorUnits, scale: contract.payout.currency.exponent)
        json.member("purchase_time", contract.purchasedAt.seconds)
        json.member("shortcode", contract.shortcode)
        json.member("status", contract.status)
        if let count = contract.offer.tickCount { json.member("tick_count", count) }
        json.memberObject("transaction_ids") { json in
            json.member("buy", contract.buy.rawValue)
            if let settlement = contract.settlement { json.member("sell", settlement.sell.rawValue) }
        }
        json.member("underlying", contract.symbol.text)
        if let rule = contract.multiplierRule { writeMultiplier(contract, rule, &json) }
        guard contract.isOpen, case .failure(let rejection) = bid else { return }
        json.member("validation_error", contract.entry == nil ? "The entry tick has not come yet." : rejection.error.message)
        json.member("validation_error_code", "General")
    }

    private func writeMultiplier(_ contract: SoldContract, _ rule: MultiplierRule, _ json: inout JSONWriter) {
        json.member("commission", units: rule.commission.minorUnits, scale: rule.stake.currency.exponent)
        json.member("multiplier", rule.multiplier)
        json.memberObject("limit_order") { json in
            writeLimits(contract.limits, rule, entry: contract.entry!.price, since: contract.limitChanges.last!.time, contract.market, &json)
        }
    }

    /// The orders of a multiplier: what ends it at which price.
    func writeLimits(_ limits: LimitOrder, _ rule: MultiplierRule, entry: Price, since time: Timestamp, _ market: MarketSymbol, _ json: inout JSONWriter) {
        func order(_ name: String, _ profit: Money, _ json: inout JSONWriter) {
            json.member("display_name", name)
            json.member("display_order_amount", textOfUnits: Int64(profit.minorUnits.magnitude), scale: profit.currency.exponent)
            json.member("order_amount", units: profit.minorUnits, scale: profit.currency.exponent)
            json.member("order_date", time.seconds)
            json.member("value", textOfUnits: rule.price(entry: entry, profit: profit).pips, scale: market.decimals)
        }
        if let loss = limits.stopLoss { json.memberObject("stop_loss") { order("Stop loss", -loss, &$0) } }
        json.memberObject("stop_out") { order("Stop out", -rule.stake, &$0) }
        if let profit = limits.takeProfit { json.memberObject("take_profit") { order("Take profit", profit, &$0) } }
    }

    private func writeTicks(_ contract: SoldContract, _ json: inout JSONWriter) {
        let decimals = contract.market.decimals
        if let digit = contract.offer.digit { json.member("barrier", "\(digit)") }
        if let entry = contract.entry {
            let pips = entry.price.pips
            if contract.offer.kind.family == .direction { json.member("barrier", textOfUnits: pips, scale: decimals) }
            json.member("entry_spot", units: pips, scale: decimals)
            json.member("entry_spot_display_value", textOfUnits: pips, scale: decimals)
            json.member("entry_tick", units: pips, scale: decimals)
            json.member("entry_tick_display_value", textOfUnits: pips, scale: decimals)
            json.member("entry_tick_time", entry.time.seconds)
        } else {
            json.nullMember("entry_spot")
            json.nullMember("entry_spot_display_value")
        }
        if let exit = contract.exit {
            let pips = exit.price.pips
            json.member("exit_tick", units: pips, scale: decimals)
            json.member("exit_tick_display_value", textOfUnits: pips, scale: decimals)
            json.member("exit_tick_time", exit.time.seconds)
            json.member("sell_spot", units: pips, scale: decimals)
            json.member("sell_spot_display_value", textOfUnits: pips, scale: decimals)
            json.member("sell_spot_time", exit.time.seconds)
        }
        if let spot = contract.exit ?? broker.spot(of: contract.symbol) {
            json.member("current_spot", units: spot.price.pips, scale: decimals)
            json.member("current_spot_display_value", textOfUnits: spot.price.pips, scale: decimals)
            json.member("current_spot_time", spot.time.seconds)
        }
        guard contract.offer.tickCount != nil else { return }
        json.memberArray("tick_stream") { json in
            for tick in contract.ticks { json.object { V3Session.write(tick, decimals: decimals, &$0) } }
        }
        if contract.isOpen { json.nullMember("audit_details") } else { json.memberObject("audit_details") { writeAudit(contract, decimals: decimals, &$0) } }
    }

    private func writeAudit(_ contract: SoldContract, decimals: Int, _ json: inout JSONWriter) {
        json.memberArray("all_ticks") { json in
            json.object {
                $0.member("epoch", contract.purchasedAt.seconds); $0.member("flag", "highlight_time"); $0.member("name", "Start Time")
            }
            for tick in contract.ticks {
                json.object { json in
                    V3Session.write(tick, decimals: decimals, &json)
                    guard tick == contract.entry || tick == contract.exit else { return }
                    json.member("flag", "highlight_tick")
                    json.member("name", tick == contract.exit ? "End Time and Exit Spot" : "Entry Spot")
                }
            }
        }
    }

    private static func write(_ tick: Tick, decimals: Int, _ json: inout JSONWriter) {
        json.member("epoch", tick.time.seconds)
        json.member("tick", units: tick.price.pips, scale: decimals)
        json.member("tick_display_value", textOfUnits: tick.price.pips, scale: decimals)
    }

    private func writeValue(_ contract: SoldContract, _ json: inout JSONWriter) {
        let bid = contract.settlement?.payout ?? reading(of: contract), profit = bid - contract.price, scale = bid.currency.exponent
        json.member("bid_price", units: bid.minorUnits, scale: scale)
        json.member("display_value", textOfUnits: bid.minorUnits, scale: scale)
        json.member("profit", units: profit.minorUnits, scale: scale)
        json.member("profit_percentage", units: profit.minorUnits * 10_000 / max(contract.price.minorUnits, 1), scale: 2)
        guard let settlement = contract.settlement else { return }
        json.member("sell_price", units: settlement.payout.minorUnits, scale: scale)
        json.member("sell_time", settlement.time.seconds)
    }

    /// What an open contract looks like being worth. Of one that is not sold back it is a reading for the eye, at which
    /// nobody can trade, and a coarse one is enough: half before the entry and of digits, 3/4 ahead, 1/4 behind, less
    /// the margin; of one that waits for its booking, what will be booked.
    private func reading(of contract: SoldContract) -> Money {
        if case .success(let bid) = broker.bid(for: contract) { return bid }
        if let entry = contract.entry, let exit = contract.exit {
            if let rule = contract.multiplierRule { return rule.value(entry: entry.price, spot: exit.price) }
            return contract.rule.wins(entry: entry.price, exit: exit.price) ? contract.payout : .zero(contract.payout.currency)
        }
        var chance: Int64 = 5_000
        if let entry = contract.entry, let spot = broker.spot(of: contract.symbol), contract.offer.kind.family == .direction, spot.price != entry.price {
            chance = contract.rule.wins(entry: entry.price, exit: spot.price) ? 7_500 : 2_500
        }
        return contract.payout.share(basisPoints: chance - 115)
    }
}

extension SoldContract {
    /// Deriv's word for how it stands.
    var status: String {
        guard let settlement else { return "open" }
        return settlement.cause == .sale ? "sold" : settlement.won ? "won" : "lost"
    }
}
