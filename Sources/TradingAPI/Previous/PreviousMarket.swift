// `/api/deriv/market-status` and `/api/deriv/market-data`: what the broker tells of prices, on its public line.

import HTTPTypes
import Hummingbird
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum PreviousMarket {
    static let statusSymbolUnlessGiven = "BOOM1000"
    static let symbolUnlessGiven = "BOOM500"
    static let noToken = "No valid Deriv API token found"

    // MARK: Is it open?

    /// At the top level, without `data`, as before.
    static func status(_ call: Call) async throws -> Reply {
        let symbol = try call.symbol(unlessGiven: statusSymbolUnlessGiven)
        let standing: MarketStanding
        do throws(MarketError) { standing = try await call.desk.market.standing(of: symbol) } catch {
            // Not known is not open: `isOpen` is left out.
            return .json(.serviceUnavailable, headers: [.retryAfter: "5"]) { json in
                json.object { json in
                    json.member("success", false)
                    json.member("error", text(error))
                    json.member("status", "unknown")
                }
            }
        }
        let (word, reason, nextOpen): (String, String?, Timestamp?) =
            switch standing.state {
            case .open: ("open", nil, nil)
            case .closed(let opens): ("closed", "The market is closed", opens)
            case .suspended: ("suspended", "Trading is suspended by the broker", nil)
            case .unknown: ("unknown", "The broker does not list this symbol", nil)
            }
        return .json { json in
            json.object { json in
                json.member("success", true)
                json.member("isOpen", standing.state == .open)
                json.member("status", word)
                json.member("symbol", symbol.text)
                json.member("isTradable", standing.state == .open)
                if let reason { json.member("reason", reason) }
                json.member("nextOpen", momentIfAny: nextOpen)
                json.member("checkedAt", call.desk.clock.now())
                json.member("source", "api")
                if standing.state != .unknown {
                    json.memberObject("metadata") {
                        $0.member("displayName", standing.displayName); $0.member("market", standing.market)
                    }
                }
            }
        }
    }

    // MARK: Candles

    /// The words of the previous system, minutes first.
    static let timeframes: [(String, Int64)] = [("1m", 60), ("5m", 300), ("15m", 900), ("30m", 1_800), ("1h", 3_600), ("4h", 14_400), ("1d", 86_400)]
    /// Its words for candles of a few seconds, which the broker does not have.
    static let tooShort = ["1t", "5t", "15t", "30t"]

    static func history(_ call: Call) async throws -> Reply {
        let query = try call.previousQuery(), symbol = try call.symbol(unlessGiven: symbolUnlessGiven)
        let asked = try query["timeframe"].ifGiven?.text() ?? "1m"
        if tooShort.contains(asked) { throw query["timeframe"].wrong("one of \(timeframes.map(\.0).joined(separator: ", "))") }
        // Words that are none meant minutes, and the answer says which candles these are.
        let (timeframe, seconds) = timeframes.first { $0.0 == asked } ?? timeframes[0]
        let count = try query["count"].ifGiven?.integer(1...Int64(Candles.most)) ?? 100
        guard try await call.usableAccount() != nil else { throw PreviousError(.notFound, noToken) }
        let found: Candles
        do throws(MarketError) { found = try await call.desk.market.candles(of: symbol, seconds: seconds, count: Int(count)) } catch {
            throw refusal(error, symbol)
        }
        return .json { json in
            json.object { json in
                json.member("success", true)
                json.memberArray("data") { json in
                    for candle in found.candles {
                        json.object { json in
                            json.member("time", candle.start.milliseconds)
                            json.prices(candle, found.decimals)
                            // The broker tells none.
                            json.member("volume", 0)
                        }
                    }
                }
                json.member("symbol", symbol.text)
                json.member("timeframe", timeframe)
                json.member("count", found.candles.count)
            }
        }
    }

    // MARK: Live

    static let heartbeat = Duration.seconds(30)

    static func stream(_ call: Call) async throws -> Reply {
        let query = try call.previousQuery(), symbol = try call.symbol(unlessGiven: symbolUnlessGiven)
        let isCandles: Bool = try query["type"].ifGiven?.word([("ticks", false), ("ohlc", true)]) ?? false
        let seconds = try query["granularity"].ifGiven?.integer(1...86_400) ?? 60
        guard !isCandles || Candles.lengths.contains(seconds) else {
            throw query["granularity"].wrong("one of \(Candles.lengths.map(String.init).joined(separator: ", "))")
        }
        guard try await call.usableAccount() != nil else {
            return Reply(status: .notFound, headers: [.contentType: "text/plain"], body: .bytes(Array(noToken.utf8)))
        }
        if let problem = call.noFurtherPreviousStream { throw problem }
        let readings: MarketReadings
        do throws(MarketError) { readings = try await call.desk.market.readings(of: isCandles ? .candles(symbol, seconds: seconds) : .ticks(symbol)) } catch {
            throw refusal(error, symbol)
        }
        return call.stream([.connection: "keep-alive"], ended: { readings.cancel() }) { writer in
            try await writer.write(
                PreviousStream.data { json in
                    json.member("type", "connected"); json.member("symbol", symbol.text)
                })
            try await follow(readings, call, granularity: seconds, &writer)
        }
    }

    private static func follow(_ readings: MarketReadings, _ call: Call, granularity: Int64, _ writer: inout any ResponseBodyWriter) async throws {
        // What a slow client misses is gone: the readings keep the newest.
        _ = try await PacedStream.run(every: heartbeat, while: { call.isStillIn }, next: { await readings.next() }) { item in
            switch item {
            case .over: return false
            case .new(let new): for reading in new { try await writer.write(frame(reading, granularity)) }
            case .beat:
                try await writer.write(
                    PreviousStream.data { json in
                        json.member("type", "heartbeat")
                        json.member("timestamp", call.desk.clock.now().milliseconds)
                    })
            }
            return true
        }
    }

    private static func frame(_ reading: MarketReading, _ granularity: Int64) -> ByteBuffer {
        PreviousStream.data { json in
            switch reading {
            case .tick(let tick, let decimals):
                json.member("type", "tick")
                json.memberObject("data") { json in
                    json.member("symbol", tick.symbol.text)
                    json.member("quote", units: tick.price.pips, scale: decimals)
                    json.member("timestamp", tick.time.milliseconds)
                    json.member("id", PreviousID.uuid("ticks \(tick.symbol)"))
                }
            case .candle(let candle, let decimals, let at, let symbol):
                json.member("type", "ohlc")
                json.memberObject("data") { json in
                    json.member("symbol", symbol.text)
                    json.prices(candle, decimals)
                    json.member("epoch", at.seconds)
                    json.member("granularity", granularity)
                }
            }
        }
    }

    // MARK: The broker's no

    private static func refusal(_ error: MarketError, _ symbol: Symbol) -> PreviousError {
        switch error {
        case .refused("InvalidSymbol"): PreviousError(.badRequest, "symbol is \"\(symbol)\"; the broker does not know it")
        case .refused("MarketIsClosed"): PreviousError(.conflict, "The market of \(symbol) is closed")
        case .refused, .unreachable, .busy, .unusable: PreviousError(.serviceUnavailable, text(error))
        }
    }

    private static func text(_ error: MarketError) -> String {
        switch error {
        case .unreachable: PreviousError.brokerNotReachable.text
        case .busy: "Too much is asked of the broker at once; try again in a moment"
        case .refused(let code): "The broker refuses: \(code)"
        case .unusable: "The broker's answer makes no sense"
        }
    }
}

extension Call {
    fileprivate func symbol(unlessGiven other: String) throws(Problem) -> Symbol { try previousQuery()["symbol"].ifGiven?.symbol() ?? Symbol(other)! }
}

extension JSONWriter {
    fileprivate mutating func prices(_ candle: Candles.Candle, _ decimals: Int) {
        member("open", units: candle.open, scale: decimals)
        member("high", units: candle.high, scale: decimals)
        member("low", units: candle.low, scale: decimals)
        member("close", units: candle.close, scale: decimals)
    }
}
