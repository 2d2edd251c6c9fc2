import PlainJSON
import SimulatedMarket
import TradingModel

/// The public calls about the market.
extension V3Session {
    func known(_ name: String?) throws(V3Error) -> MarketSymbol {
        guard let name, let symbol = Symbol(name), let market = broker.market(symbol) else {
            throw V3Error("InvalidSymbol", "Symbol \(name ?? "") is not known here.")
        }
        return market
    }

    func activeSymbols(_ request: Request) {
        let isFull = request.value["active_symbols"]?.string == "full"
        let types = request.value["contract_type"]?.array?.compactMap(\.string)
        let categories = request.value["barrier_category"]?.array?.compactMap(\.string)
        let kinds = OfferedKind.allCases.filter { kind in
            types?.contains(kind.contractType) ?? true && categories?.contains(kind.category.barrier) ?? true
        }
        // Nothing asked for is everything, those without any contract among them.
        let isAll = types == nil && categories == nil
        answer(
            request.origin.message("active_symbols") { json in
                json.array { json in
                    for (order, market) in broker.markets.enumerated()
                    where isAll || kinds.contains(where: { MarketOffers.sells($0, on: market) }) {
                        json.object { write(market, order: order + 1, isFull: isFull, &$0) }
                    }
                }
            })
    }

    private func write(_ market: MarketSymbol, order: Int, isFull: Bool, _ json: inout JSONWriter) {
        json.member("allow_forward_starting", 0)
        json.member("display_name", market.displayName)
        json.member("display_order", order)
        json.member("exchange_is_open", market.hours.isOpen(desk.now.seconds) ? 1 : 0)
        json.member("is_trading_suspended", 0)
        let group = market.group
        json.member("market", group.market)
        json.member("market_display_name", group.marketName)
        json.member("pip", units: 1, scale: market.decimals)
        json.member("subgroup", group.subgroup)
        json.member("subgroup_display_name", group.subgroupName)
        json.member("submarket", group.submarket)
        json.member("submarket_display_name", group.submarketName)
        json.member("symbol", market.symbol.text)
        json.member("symbol_type", group.symbolType)
        guard isFull, let spot = broker.spot(of: market.symbol) else { return }
        json.member("exchange_name", group.exchange)
        json.member("delay_amount", 0)
        json.member("quoted_currency_symbol", "")
        json.member("spot", units: spot.price.pips, scale: market.decimals)
        json.member("spot_time", "\(spot.time.seconds)")
        json.member("spot_age", "\(desk.now.seconds - spot.time.seconds)")
    }

    func contractsFor(_ request: Request) throws(V3Error) {
        let market = try known(request.value["contracts_for"]?.string)
        guard request.value["currency"].map({ $0.string == "USD" }) ?? true else {
            throw V3Error("InvalidCurrency", "Only USD is traded here.", field: "currency")
        }
        answer(
            request.origin.message("contracts_for") { json in
                json.object { json in
                    json.memberArray("available") { json in
                        for kind in OfferedKind.allCases { writeOffers(of: kind, on: market, &json) }
                    }
                    let now = desk.now.seconds
                    if market.hours.isOpen(now), let close = market.hours.closing(after: now) {
                        json.member("close", close)
                        json.member("open", now - now % 86_400)
                    } else {
                        json.nullMember("close")
                        json.nullMember("open")
                    }
                    json.member("feed_license", "realtime")
                    json.member("hit_count", 6)
                    json.member("spot", units: broker.spot(of: market.symbol)!.price.pips, scale: market.decimals)
                }
            })
    }

    private func writeOffers(of kind: OfferedKind, on market: MarketSymbol, _ json: inout JSONWriter) {
        if kind.family == .multiplier {
            if !market.multipliers.isEmpty { json.object { write(kind, "no_expiry", "0", "0", market, &$0) } }
            return
        }
        if let ticks = MarketOffers.durations(of: kind, in: .ticks, on: market) {
            json.object { write(kind, "tick", "\(ticks.lowerBound)t", "\(ticks.upperBound)t", market, &$0) }
        }
        guard let seconds = MarketOffers.durations(of: kind, in: .seconds, on: market) else { return }
        let shortest = seconds.lowerBound % 60 == 0 ? "\(seconds.lowerBound / 60)m" : "\(seconds.lowerBound)s"
        json.object { write(kind, "intraday", shortest, "1d", market, &$0) }
    }

    private func write(_ kind: OfferedKind, _ expiry: String, _ shortest: String, _ longest: String, _ market: MarketSymbol, _ json: inout JSONWriter) {
        let group = market.group
        json.member("barrier_category", kind.category.barrier)
        if let digit = kind.digits?.lowerBound { json.member("barrier", "\(digit)") }
        json.member("barriers", kind.digits == nil ? 0 : 1)
        if kind.family == .multiplier { json.memberArray("cancellation_range") { _ in } }
        json.member("contract_category", kind.category.code)
        json.member("contract_category_display", kind.category.display)
        json.member("contract_display", kind.display.name)
        json.member("contract_type", kind.contractType)
        json.member("default_stake", 10)
        json.member("exchange_name", group.exchange)
        json.member("expiry_type", expiry)
        if let digits = kind.digits { json.memberArray("last_digit_range") { json in for digit in digits { json.value(digit) } } }
        json.member("market", group.market)
        json.member("max_contract_duration", longest)
        // Of chosen digits the stake that fits the dearest payout, and so every other.
        let asks = (kind.digits ?? 0...0).compactMap { PayoutModel.ask(kind, digit: $0, on: market) }
        if let ask = asks.min() {
            json.member("max_stake", units: PayoutModel.mostStake(ask: ask, in: .usd).minorUnits, scale: 2)
            json.member("min_contract_duration", shortest)
            json.member("min_stake", units: PayoutModel.leastStakeMinorUnits, scale: 2)
            json.member("payout_limit", units: PayoutModel.mostPayoutMinorUnits, scale: 2)
        } else {
            json.member("max_stake", units: MultiplierRule.stakes.upperBound, scale: 2)
            json.member("min_contract_duration", shortest)
            json.member("min_stake", units: MultiplierRule.stakes.lowerBound, scale: 2)
            json.memberArray("multiplier_range") { json in for multiplier in market.multipliers { json.value(multiplier) } }
        }
        json.member("sentiment", kind.display.sentiment)
        json.member("start_type", "spot")
        json.member("submarket", group.submarket)
        json.member("underlying_symbol", market.symbol.text)
    }
}
