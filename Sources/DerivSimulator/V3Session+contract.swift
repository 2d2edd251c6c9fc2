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
        let end = contract.expectedEnd(tickSeconds: contract.tickSeconds), isSold = contract.isOpen ? 0 : 1
        json.member("account_id", authorisation?.userID ?? 0)
        json.member("barrier_count", contract.terms.kind.isDigit ? 0 : 1)
        json.member("buy_price", units: contract.price.minorUnits, scale: contract.price.currency.exponent)
        json.member("contract_id", contract.id.rawValue)
        json.member("contract_type", contract.terms.kind.contractType)
        json.member("currency", contract.price.currency.code)
        json.member("date_expiry", end.seconds)
        json.member("date_settlement", end.seconds)
        json.member("date_start", contract.purchasedAt.seconds)
        json.member("display_name", broker.market(contract.terms.symbol)?.displayName ?? contract.terms.symbol.text)
        json.member("expiry_time", end.seconds)
        json.member("is_expired", isSold)
        json.member("is_forward_starting", 0)
        json.member("is_intraday", 1)
        json.member("is_path_dependent", 0)
        json.member("is_settleable", isSold)
        json.member("is_sold", isSold)
        json.member("is_valid_to_cancel", 0)
        json.member("is_valid_to_sell", 0)
        json.member("longcode", contract.terms.longcode)
        json.member("payout", units: contract.payout.minorUnits, scale: contract.payout.currency.exponent)
        json.member("purchase_time", contract.purchasedAt.seconds)
        json.member("shortcode", contract.shortcode)
        json.member("status", contract.settlement.map { $0.won ? "won" : "lost" } ?? "open")
        if contract.terms.duration.unit == .ticks { json.member("tick_count", contract.terms.duration.count) }
        json.memberObject("transaction_ids") { json in
            json.member("buy", contract.buy.rawValue)
            if let settlement = contract.settlement { json.member("sell", settlement.sell.rawValue) }
        }
        json.member("underlying", contract.terms.symbol.text)
        guard contract.isOpen else { return }
        json.member("validation_error", contract.entry == nil ? "The entry tick has not come yet." : "This contract cannot be sold back.")
        json.member("validation_error_code", "General")
    }

    private func writeTicks(_ contract: SoldContract, _ json: inout JSONWriter) {
        let decimals = broker.market(contract.terms.symbol)?.decimals ?? 2
        if let entry = contract.entry {
            let pips = entry.price.pips
            if !contract.terms.kind.isDigit { json.member("barrier", textOfUnits: pips, scale: decimals) }
            json.member("entry_spot", units: pips, scale: decimals)
            json.member("entry_spot_display_value", textOfUnits: pips, scale: decimals)
            json.member("entry_tick", units: pips, scale: decimals)
            json.member("entry_tick_display_value", textOfUnits: pips, scale: decimals)
            json.member("entry_tick_time", entry.time.seconds)
        } else {
            json.nullMember("entry_spot")
            json.nullMember("entry_spot_display_value")
        }
        if let exit = contract.exit, !contract.isOpen {
            let pips = exit.price.pips
            json.member("exit_tick", units: pips, scale: decimals)
            json.member("exit_tick_display_value", textOfUnits: pips, scale: decimals)
            json.member("exit_tick_time", exit.time.seconds)
            json.member("sell_spot", units: pips, scale: decimals)
            json.member("sell_spot_display_value", textOfUnits: pips, scale: decimals)
            json.member("sell_spot_time", exit.time.seconds)
        }
        if let spot = contract.isOpen ? broker.spot(of: contract.terms.symbol) : contract.exit {
            json.member("current_spot", units: spot.price.pips, scale: decimals)
            json.member("current_spot_display_value", textOfUnits: spot.price.pips, scale: decimals)
            json.member("current_spot_time", spot.time.seconds)
        }
        guard contract.terms.duration.unit == .ticks else { return }
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

    /// What an open contract looks like being worth: a reading for the eye. Nothing is sold back here, so nobody can
    /// trade at it, and a coarse one is enough: 1/2 at the money, 3/4 ahead, 1/4 behind, less the margin.
    private func reading(of contract: SoldContract) -> Money {
        var chance: Int64 = 5_000
        if let entry = contract.entry, let spot = broker.spot(of: contract.terms.symbol), !contract.terms.kind.isDigit, spot.price != entry.price {
            chance = contract.rule.wins(entry: entry.price, exit: spot.price) ? 7_500 : 2_500
        }
        return contract.payout.share(basisPoints: chance - (PayoutModel.askTenThousandths(contract.terms.kind) - 5_000))
    }
}
