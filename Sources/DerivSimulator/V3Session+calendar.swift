import PlainJSON
import SimulatedMarket
import TradingModel

/// What is said of the site as a whole, and when its markets are open.
extension V3Session {
    func websiteStatus(_ request: Request) throws(V3Error) {
        let stream = request.wantsStream ? try open(.websiteStatus, for: request) : nil
        answer(websiteStatusMessage("up", request.origin, subscription: stream?.id))
    }

    /// The site goes down: whoever follows its status is told before the sockets close.
    func publishUpdating() {
        for stream in streams where stream.topic == .websiteStatus {
            send(websiteStatusMessage("updating", stream.origin, subscription: stream.id))
        }
        flush()
    }

    private func websiteStatusMessage(_ status: String, _ origin: Origin, subscription: String?) -> [UInt8] {
        let limits = desk.configuration.rateLimits
        return origin.message("website_status", subscription: subscription) { json in
            json.object { json in
                json.memberObject("api_call_limits") { json in
                    json.memberObject("max_proposal_subscription") {
                        $0.member("applies_to", "subscribing to proposal concurrently"); $0.member("max", limits.proposalStreams)
                    }
                    for (name, group, rate) in [
                        ("max_requestes_general", "rest of calls", limits.general),
                        ("max_requests_outcome", "portfolio, statement and proposal", limits.outcome),
                        ("max_requests_pricing", "proposal and proposal_open_contract", limits.pricing),
                    ] {
                        json.key(text: name)
                        json.object {
                            $0.member("applies_to", group); $0.member("hourly", rate.hourly); $0.member("minutely", rate.minutely)
                        }
                    }
                }
                json.member("clients_country", "br")
                json.memberObject("currencies_config") { json in json.memberObject("USD", V3Session.writeDollar) }
                json.member("site_status", status)
                json.memberArray("supported_languages") { $0.value("EN") }
            }
        }
    }

    private static func writeDollar(_ json: inout JSONWriter) {
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

    /// Opening and closing hours of a day, by market and submarket in the order of the catalogue.
    func tradingTimes(_ request: Request) throws(V3Error) {
        let day = try day(request.value["trading_times"]!.string!)
        var markets: [(name: String, submarkets: [(name: String, symbols: [MarketSymbol])])] = []
        for symbol in broker.markets {
            let group = symbol.group
            let market = markets.firstIndex { $0.name == group.marketName } ?? markets.endIndex
            if market == markets.endIndex { markets.append((group.marketName, [])) }
            let submarket = markets[market].submarkets.firstIndex { $0.name == group.submarketName } ?? markets[market].submarkets.endIndex
            if submarket == markets[market].submarkets.endIndex { markets[market].submarkets.append((group.submarketName, [])) }
            markets[market].submarkets[submarket].symbols.append(symbol)
        }
        answer(
            request.origin.message("trading_times") { json in
                json.object { json in
                    json.memberArray("markets") { json in
                        for market in markets {
                            json.object { json in
                                json.member("name", market.name)
                                json.memberArray("submarkets") { json in
                                    for submarket in market.submarkets {
                                        json.object { json in
                                            json.member("name", submarket.name)
                                            json.memberArray("symbols") { json in
                                                for symbol in submarket.symbols { json.object { V3Session.write(symbol, on: day, &$0) } }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            })
    }

    private func day(_ text: String) throws(V3Error) -> TradingDay {
        if text == "today" { return TradingDay(daysSince1970: Int32(desk.now.seconds / 86_400)) }
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, let day = TradingDay(year: parts[0], month: parts[1], day: parts[2]), day.daysSince1970 >= 0 else {
            throw V3Error("InputValidationFailed", "Input validation failed: trading_times", details: [("trading_times", "There is no such day.")])
        }
        return day
    }

    private static func write(_ symbol: MarketSymbol, on day: TradingDay, _ json: inout JSONWriter) {
        let isForex = symbol.hours == .forex
        json.memberArray("events") { json in
            guard isForex else { return }
            json.object {
                $0.member("dates", "Fridays"); $0.member("descrip", "Closes early (at 20:55, in winter at 21:00)")
            }
        }
        json.member("name", symbol.displayName)
        json.member("symbol", symbol.symbol.text)
        json.memberObject("times") { json in
            let times = symbol.hours.times(on: day)
            json.memberArray("close") { $0.value(times.map { clockText($0.close) } ?? "--") }
            json.memberArray("open") { $0.value(times.map { clockText($0.open) } ?? "--") }
            json.member("settlement", times.map { clockText($0.close) } ?? "--")
        }
        json.memberArray("trading_days") { json in
            for name in isForex ? ["Mon", "Tue", "Wed", "Thu", "Fri"] : ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] { json.value(name) }
        }
    }

    /// `20:55:00`
    private static func clockText(_ second: Int64) -> String {
        [second / 3_600, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
