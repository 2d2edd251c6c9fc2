// What is asked of the market, and how the broker's answers are read.

import PlainJSON
public import TradingModel

public enum MarketQuestion: Hashable, Sendable {
    case candles(Symbol, seconds: Int64, count: Int)
    /// Which symbols there are and whether they are traded now.
    case symbols
    /// When a symbol is traded on a day (UTC).
    case hours(Symbol, TradingDay)
}

public enum MarketAnswer: Hashable, Sendable {
    case candles(Candles)
    case symbols([MarketSymbolRow])
    /// Openings and closings of the day, in order; empty on a day off.
    case hours([MarketHoursRow])
}

/// A symbol as the broker lists it.
public struct MarketSymbolRow: Hashable, Sendable {
    public var symbol: Symbol
    public var displayName: String
    public var market: String
    public var isOpen: Bool
    public var isSuspended: Bool
}

public struct MarketHoursRow: Hashable, Sendable {
    public var opens: Timestamp
    public var closes: Timestamp
}

extension MarketQuestion {
    func frame(_ id: Int64) -> [UInt8] {
        switch self {
        case .candles(let symbol, let seconds, let count): Requests.candles(id, symbol: symbol, seconds: seconds, count: count, subscribe: false)
        case .symbols: Requests.activeSymbols(id)
        case .hours(_, let day): Requests.tradingTimes(id, day)
        }
    }

    func answer(_ message: MarketMessage) -> Result<MarketAnswer, MarketError> {
        if let code = message.errorCode { return .failure(.refused(code: code)) }
        do throws(Unreadable) {
            switch self {
            case .candles: return .success(.candles(try message.candles()))
            case .symbols: return .success(.symbols(try message.symbols()))
            case .hours(let symbol, let day): return .success(.hours(try message.hours(of: symbol, on: day)))
            }
        } catch { return .failure(.unusable) }
    }
}

extension MarketTopic {
    func frame(_ id: Int64) -> [UInt8] {
        switch self {
        case .ticks(let symbol): Requests.ticks(id, symbol: symbol, past: 1, subscribe: true)
        case .candles(let symbol, let seconds): Requests.candles(id, symbol: symbol, seconds: seconds, count: 1, subscribe: true)
        }
    }
}

extension Requests {
    static func candles(_ id: Int64, symbol: Symbol, seconds: Int64, count: Int, subscribe: Bool) -> [UInt8] {
        frame(id) { json in
            json.member("ticks_history", symbol.text)
            json.member("count", count)
            json.member("end", "latest")
            json.member("granularity", seconds)
            json.member("style", "candles")
            if subscribe { json.member("subscribe", 1) }
        }
    }

    static func activeSymbols(_ id: Int64) -> [UInt8] {
        frame(id) {
            $0.member("active_symbols", "brief"); $0.member("product_type", "basic")
        }
    }

    static func tradingTimes(_ id: Int64, _ day: TradingDay) -> [UInt8] { frame(id) { $0.member("trading_times", "\(day)") } }
}

/// One message of the broker about its market.
struct MarketMessage {
    private let message: IncomingMessage
    var requestID: Int64? { message.requestID }
    var errorCode: String? { message.error?.code }
    var subscription: String? { message.root["subscription"]?["id"]?.string }

    /// Nil when it is no JSON.
    init?(_ bytes: UnsafeRawBufferPointer) throws(Unreadable) {
        let root: JSONValue
        do { root = try JSONValue.parse(bytes) } catch { return nil }
        message = try IncomingMessage(root)
    }

    // MARK: Answers

    func candles() throws(Unreadable) -> Candles {
        guard message.type == "candles", let rows = message.payload?.array, let decimals = message.root["pip_size"]?.integer, (0...8).contains(decimals) else {
            throw Unreadable("candles")
        }
        var candles: [Candles.Candle] = []
        for row in rows {
            let candle = try MarketMessage.candle(row, start: "epoch", decimals: Int(decimals))
            guard candles.last.map({ $0.start < candle.start }) ?? true else { throw Unreadable("epoch") }
            candles.append(candle)
        }
        return Candles(candles: candles, decimals: Int(decimals))
    }

    private static func candle(_ row: JSONValue, start: String, decimals: Int) throws(Unreadable) -> Candles.Candle {
        func pips(_ key: String) throws(Unreadable) -> Int64 {
            let units: Int64? =
                switch row[key] {
                case .number(let number): number.units(digits: decimals)
                // Streamed candles have their prices as texts.
                case .string(let text): Decimals.units(text, decimals: decimals)
                default: nil
                }
            guard let units, units > 0, units < 1_000_000_000_000 else { throw Unreadable(key) }
            return units
        }
        let candle = Candles.Candle(
            start: try row.needTime(start), open: try pips("open"), high: try pips("high"), low: try pips("low"), close: try pips("close"))
        guard candle.low <= min(candle.open, candle.close), max(candle.open, candle.close) <= candle.high else { throw Unreadable("high") }
        return candle
    }

    func symbols() throws(Unreadable) -> [MarketSymbolRow] {
        guard message.type == "active_symbols", let rows = message.payload?.array else { throw Unreadable("active_symbols") }
        var symbols: [MarketSymbolRow] = []
        for row in rows {
            // One with a name that we could not trade anyway is left out.
            guard let symbol = Symbol(try row.needString("symbol")) else { continue }
            symbols.append(
                MarketSymbolRow(
                    symbol: symbol, displayName: row["display_name"]?.string ?? symbol.text, market: row["market"]?.string ?? "",
                    isOpen: try row.needInteger("exchange_is_open") == 1, isSuspended: try row.needInteger("is_trading_suspended") == 1))
        }
        return symbols
    }

    /// The day's openings of one symbol.
    func hours(of symbol: Symbol, on day: TradingDay) throws(Unreadable) -> [MarketHoursRow] {
        guard message.type == "trading_times", let markets = message.payload?["markets"]?.array else { throw Unreadable("markets") }
        for market in markets {
            for submarket in market["submarkets"]?.array ?? [] {
                for row in submarket["symbols"]?.array ?? [] where row["symbol"]?.string == symbol.text {
                    guard let opens = row["times"]?["open"]?.array, let closes = row["times"]?["close"]?.array, opens.count == closes.count else {
                        throw Unreadable("times")
                    }
                    // A closed day shows "--".
                    return zip(opens, closes).compactMap { open, close in
                        guard let open = open.string.flatMap(MarketMessage.secondOfDay), let close = close.string.flatMap(MarketMessage.secondOfDay) else {
                            return nil
                        }
                        let midnight = Int64(day.daysSince1970) * 86_400
                        return MarketHoursRow(opens: Timestamp(seconds: midnight + open), closes: Timestamp(seconds: midnight + close))
                    }
                }
            }
        }
        return []
    }

    /// Of `HH:MM:SS`.
    private static func secondOfDay(_ text: String) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2], (0...24).contains(hour), (0...59).contains(minute),
            (0...59).contains(second)
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    // MARK: Streams

    /// What this message of a topic's stream tells; nil for its first answer and for what makes no sense.
    func reading(of topic: MarketTopic) -> MarketReading? {
        guard let payload = message.payload, let decimals = payload["pip_size"]?.integer, (0...8).contains(decimals) else { return nil }
        switch topic {
        case .ticks(let symbol):
            guard message.type == "tick", payload["symbol"]?.string == symbol.text, let quote = payload["quote"]?.number,
                let price = Price(quote, decimals: decimals), let time = try? payload.needTime("epoch")
            else { return nil }
            return .tick(Tick(symbol: symbol, time: time, price: price), decimals: Int(decimals))
        case .candles(let symbol, let seconds):
            guard message.type == "ohlc", payload["symbol"]?.string == symbol.text, payload["granularity"]?.integer == seconds,
                let candle = try? MarketMessage.candle(payload, start: "open_time", decimals: Int(decimals)), let time = try? payload.needTime("epoch")
            else { return nil }
            return .candle(candle, decimals: Int(decimals), at: time, symbol)
        }
    }
}
