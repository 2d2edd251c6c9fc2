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
        let isEmpty = types.map { $0.allSatisfy { ContractKind(contractType: $0) == nil } } ?? false
        answer(
            request.origin.message("active_symbols") { json in
                json.array { json in
                    for (order, market) in broker.markets.enumerated() where !isEmpty {
                        json.object { write(market, order: order + 1, isFull: isFull, &$0) }
                    }
                }
            })
    }

    private func write(_ market: MarketSymbol, order: Int, isFull: Bool, _ json: inout JSONWriter) {
        json.member("allow_forward_starting", 0)
        json.member("display_name", market.displayName)
        json.member("display_order", order)
        json.member("exchange_is_open", 1)
        json.member("is_trading_suspended", 0)
        json.member("market", "synthetic_index")
        json.member("market_display_name", "Derived")
        json.member("pip", units: 1, scale: market.decimals)
        json.member("subgroup", "synthetics")
        json.member("subgroup_display_name", "Synthetics")
        json.member("submarket", "random_index")
        json.member("submarket_display_name", "Continuous Indices")
        json.member("symbol", market.symbol.text)
        json.member("symbol_type", "stockindex")
        guard isFull, let spot = broker.spot(of: market.symbol) else { return }
        json.member("exchange_name", "RANDOM")
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
                        for kind in ContractKind.allCases {
                            json.object { write(kind, "tick", "1t", "10t", market, &$0) }
                            if !kind.isDigit { json.object { write(kind, "intraday", "15s", "1d", market, &$0) } }
                        }
                    }
                    json.nullMember("close")
                    json.nullMember("open")
                    json.member("feed_license", "realtime")
                    json.member("hit_count", 6)
                    json.member("spot", units: broker.spot(of: market.symbol)!.price.pips, scale: market.decimals)
                }
            })
    }

    private func write(_ kind: ContractKind, _ expiry: String, _ shortest: String, _ longest: String, _ market: MarketSymbol, _ json: inout JSONWriter) {
        json.member("barrier_category", kind.isDigit ? "non_financial" : "euro_atm")
        json.member("barriers", 0)
        json.member("contract_category", kind.isDigit ? "digits" : "callput")
        json.member("contract_category_display", kind.isDigit ? "Digits" : "Up/Down")
        json.member("contract_display", kind.display.name)
        json.member("contract_type", kind.contractType)
        json.member("default_stake", 10)
        json.member("exchange_name", "RANDOM")
        json.member("expiry_type", expiry)
        json.member("market", "synthetic_index")
        json.member("max_contract_duration", longest)
        json.member("max_stake", units: PayoutModel.mostStake(on: kind, in: .usd).minorUnits, scale: 2)
        json.member("min_contract_duration", shortest)
        json.member("min_stake", units: PayoutModel.leastStakeMinorUnits, scale: 2)
        json.member("payout_limit", units: PayoutModel.mostPayoutMinorUnits, scale: 2)
        json.member("sentiment", kind.display.sentiment)
        json.member("start_type", "spot")
        json.member("submarket", "random_index")
        json.member("underlying_symbol", market.symbol.text)
    }

    func websiteStatus(_ request: Request) throws(V3Error) {
        let stream = request.wantsStream ? try open(.websiteStatus, for: request) : nil
        answer(
            request.origin.message("website_status", subscription: stream?.id) { json in
                json.object { json in
                    json.memberObject("api_call_limits") { json in
                        json.memberObject("max_proposal_subscription") {
                            $0.member("applies_to", "subscribing to proposal concurrently"); $0.member("max", 100)
                        }
                        for (name, group) in [
                            ("max_requestes_general", "rest of calls"), ("max_requests_outcome", "portfolio, statement and proposal"),
                            ("max_requests_pricing", "proposal and proposal_open_contract"),
                        ] {
                            json.key(text: name)
                            json.object {
                                $0.member("applies_to", group); $0.member("hourly", 1_000_000); $0.member("minutely", 100_000)
                            }
                        }
                    }
                    json.memberObject("currencies_config") { json in
                        json.memberObject("USD") { json in
                            json.member("fractional_digits", 2)
                            json.member("is_deposit_suspended", 0)
                            json.member("is_suspended", 0)
                            json.member("is_withdrawal_suspended", 0)
                            json.member("name", "US Dollar")
                            json.member("stake_default", 10)
                            json.memberObject("transfer_between_accounts") { json in
                                json.memberObject("fees") { _ in }
                                json.memberObject("limits") {
                                    $0.member("max", 10_000); $0.member("min", 1)
                                }
                            }
                            json.member("type", "fiat")
                        }
                    }
                    json.member("site_status", "up")
                    json.memberArray("supported_languages") { $0.value("EN") }
                }
            })
    }
}
