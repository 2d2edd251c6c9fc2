import PlainJSON
import SimulatedMarket
import TradingModel

/// Ticks, their history, and candles made of them.
extension V3Session {
    /// Streams even without `subscribe`, as the broker does.
    func ticks(_ request: Request) throws(V3Error) {
        let wanted = request.value["ticks"]!
        let names = wanted.array?.compactMap(\.string) ?? [wanted.string!]
        guard !names.isEmpty else { throw V3Error("InvalidSymbol", "No symbol is named.") }
        var markets: [MarketSymbol] = []
        for name in names { markets.append(try known(name)) }
        guard Set(markets).count == markets.count, !markets.contains(where: { market in streams.contains { $0.topic == .ticks(market.symbol) } }) else {
            throw V3Error("AlreadySubscribed", "A stream of these ticks is already open.")
        }
        for market in markets { try refuseClosed(market) }
        for market in markets {
            let stream = try open(.ticks(market.symbol), for: request)
            answer(tickMessage(broker.spot(of: market.symbol)!, stream))
        }
    }

    func tickMessage(_ tick: Tick, _ stream: Stream) -> [UInt8] {
        let decimals = MarketSymbol.named(tick.symbol)!.decimals
        // Half the spread is a few pips, as recorded messages show.
        let half = tick.price.pips / 20_000 + 1
        return stream.origin.message("tick", subscription: stream.id) { json in
            json.object { json in
                json.member("ask", units: tick.price.pips + half, scale: decimals)
                json.member("bid", units: tick.price.pips - half, scale: decimals)
                json.member("epoch", tick.time.seconds)
                json.member("id", stream.id)
                json.member("pip_size", decimals)
                json.member("quote", units: tick.price.pips, scale: decimals)
                json.member("symbol", tick.symbol.text)
            }
        }
    }

    func ticksHistory(_ request: Request) throws(V3Error) {
        let market = try known(request.value["ticks_history"]?.string)
        let seconds = request.value["style"]?.string == "candles" ? request.value["granularity"]?.integer ?? 60 : nil
        let end = request.value["end"]?.string.flatMap { Int64($0) } ?? desk.now.seconds
        let start = request.value["start"]?.integer
        if let start, start > end { throw V3Error("InvalidStartEnd", "The start \(start) lies after the end \(end).") }
        // Above the cap a request is clipped, not refused. With start and count the newest count points win.
        let most = Int(min(max(request.value["count"]?.integer ?? (start == nil ? 1_000 : 5_000), 1), 5_000))
        let history = broker.history(of: market.symbol)!
        let upper = history.count(upTo: Timestamp(seconds: end))
        // A candle is whole: one in whose middle the span begins is made of the ticks before it, too.
        let first = start.map { $0 - $0 % (seconds ?? 1) }
        let lower = first.map { history.count(upTo: Timestamp(seconds: $0 - 1)) } ?? 0
        let ticks = history[lower..<max(lower, upper)]

        let topic = seconds.map { Topic.candles(market.symbol, seconds: $0) } ?? .ticks(market.symbol)
        if request.wantsStream { try refuseClosed(market) }
        let stream = request.wantsStream ? try open(topic, for: request) : nil
        if let seconds, stream != nil { streams[streams.count - 1].forming = formingCandle(of: market.symbol, seconds: seconds) }
        let pipSize: (inout JSONWriter) -> Void = { $0.member("pip_size", market.decimals) }
        if let seconds {
            var candles = Candle.made(of: ticks, seconds: seconds)[...]
            // The oldest, whose beginning is no longer kept, is told only where it is the newest as well: that one is forming.
            if candles.count > 1, lower == 0, history[0].time.seconds % seconds > 1 { candles.removeFirst() }
            candles = candles.suffix(most)
            answer(
                request.origin.message("candles", subscription: stream?.id, also: pipSize) { json in
                    json.array { json in for candle in candles { json.object { candle.write(decimals: market.decimals, &$0) } } }
                })
        } else {
            let newest = ticks.suffix(most)
            answer(
                request.origin.message("history", subscription: stream?.id, also: pipSize) { json in
                    json.object { json in
                        json.memberArray("prices") { json in for tick in newest { json.value(units: tick.price.pips, scale: market.decimals) } }
                        json.memberArray("times") { json in for tick in newest { json.value(tick.time.seconds) } }
                    }
                })
        }
    }

    /// There is no stream of a market that is closed; its history can be read all the same.
    private func refuseClosed(_ market: MarketSymbol) throws(V3Error) {
        let now = desk.now.seconds
        guard market.hours.isOpen(now) else {
            throw V3Error("MarketIsClosed", "The market is closed. It opens at \(market.hours.opening(atOrAfter: now)).")
        }
    }

    private func formingCandle(of symbol: Symbol, seconds: Int64) -> Candle? {
        guard let history = broker.history(of: symbol), let newest = history.last else { return nil }
        let opened = newest.time.seconds - newest.time.seconds % seconds
        return Candle.made(of: history[history.count(upTo: Timestamp(seconds: opened - 1))...], seconds: seconds).last
    }

    /// The candle that is forming; its prices are texts.
    func candleMessage(_ tick: Tick, seconds: Int64, _ stream: Stream) -> [UInt8] {
        let decimals = MarketSymbol.named(tick.symbol)!.decimals, candle = stream.forming!
        return stream.origin.message("ohlc", subscription: stream.id) { json in
            json.object { json in
                json.member("close", textOfUnits: candle.close, scale: decimals)
                json.member("epoch", tick.time.seconds)
                json.member("granularity", seconds)
                json.member("high", textOfUnits: candle.high, scale: decimals)
                json.member("id", stream.id)
                json.member("low", textOfUnits: candle.low, scale: decimals)
                json.member("open", textOfUnits: candle.open, scale: decimals)
                json.member("open_time", candle.epoch)
                json.member("pip_size", decimals)
                json.member("symbol", tick.symbol.text)
            }
        }
    }
}

/// Open, high, low and close of one span of time, in pips.
struct Candle {
    /// Its first second.
    let epoch: Int64
    let open: Int64
    private(set) var high: Int64
    private(set) var low: Int64
    private(set) var close: Int64

    /// Candles of ascending ticks.
    static func made(of ticks: some Collection<Tick>, seconds: Int64) -> [Candle] {
        var candles: [Candle] = []
        for tick in ticks {
            let epoch = tick.time.seconds - tick.time.seconds % seconds, pips = tick.price.pips
            if candles.last?.epoch == epoch {
                candles[candles.count - 1].take(pips)
            } else {
                candles.append(Candle(epoch: epoch, open: pips, high: pips, low: pips, close: pips))
            }
        }
        return candles
    }

    fileprivate mutating func take(_ pips: Int64) { (high, low, close) = (max(high, pips), min(low, pips), pips) }

    func write(decimals: Int, _ json: inout JSONWriter) {
        json.member("close", units: close, scale: decimals)
        json.member("epoch", epoch)
        json.member("high", units: high, scale: decimals)
        json.member("low", units: low, scale: decimals)
        json.member("open", units: open, scale: decimals)
    }
}

extension Stream {
    /// Takes a tick into the candle that is forming, or begins the next.
    mutating func grow(by tick: Tick, seconds: Int64) {
        let epoch = tick.time.seconds - tick.time.seconds % seconds, pips = tick.price.pips
        if forming?.epoch == epoch { forming?.take(pips) } else { forming = Candle(epoch: epoch, open: pips, high: pips, low: pips, close: pips) }
    }
}
