// The market's line as scripts: what is asked, what the broker says, what time brings.
import PlainJSON
import Testing
import TradingModel

@testable import DerivWire

/// Drives a `MarketLine` and plays the broker by hand. Lines of text say what it did.
struct MarketScript {
    var line: MarketLine
    var now = Timestamp(seconds: 1_000)
    private(set) var sent: [JSONValue] = []
    private var seen: [String] = []

    init(_ change: (inout MarketLineLimits) -> Void = { _ in }) {
        var limits = MarketLineLimits()
        change(&limits)
        line = MarketLine(limits: limits, seed: 3)
    }

    mutating func did() -> [String] {
        defer { seen = [] }
        return seen
    }

    private mutating func drain() {
        for action in line.actions {
            switch action {
            case .connect(let pause): seen.append("connect after \(pause == 0 ? "nothing" : "a pause")")
            case .send(let bytes):
                let request = try! JSONValue.parse(bytes)
                sent.append(request)
                seen.append("send \(request.members!.first!.key)")
            case .close: seen.append("close")
            case .answer(let number, .success(.candles(let candles))):
                seen.append("answer \(number): \(candles.candles.map { "\($0.open) \($0.high) \($0.low) \($0.close)" }) of \(candles.decimals) decimals")
            case .answer(let number, .success(.symbols(let rows))):
                seen.append("answer \(number): \(rows.map { "\($0.symbol) \($0.isOpen ? "open" : "closed")\($0.isSuspended ? " suspended" : "")" })")
            case .answer(let number, .success(.hours(let rows))):
                seen.append("answer \(number): \(rows.map { "\($0.opens.seconds % 86_400)-\($0.closes.seconds % 86_400)" })")
            case .answer(let number, .failure(let error)): seen.append("answer \(number): \(error)")
            case .reading(_, .tick(let tick, _)): seen.append("tick \(tick.price.pips)")
            case .reading(_, .candle(let candle, _, _, _)): seen.append("candle \(candle.close)")
            case .ended(let topic, let error): seen.append("ended \(topic.symbol) \(error)")
            case .began(let topic): seen.append("began \(topic.symbol)")
            case .remark(let text): seen.append(text)
            }
        }
        line.actions = []
    }

    mutating func act(_ change: (inout MarketLine, Timestamp) -> Void) -> [String] {
        change(&line, now)
        drain()
        return did()
    }
    mutating func connected() {
        _ = act { line, now in
            line.connecting(at: now); line.opened(at: now)
        }
    }
    mutating func wait(_ seconds: Int64) -> [String] {
        now = now.adding(seconds: seconds)
        return act { $0.passTime(at: $1) }
    }
    mutating func frame(_ text: String) -> [String] { act { line, now in Array(text.utf8).withUnsafeBytes { line.received($0, at: now) } } }
    /// The number of the newest request.
    var last: Int64 { sent.last?["req_id"]?.integer ?? -1 }
}

struct MarketScripts {
    static let symbol = Symbol("R_100")!
    static let candles = MarketQuestion.candles(symbol, seconds: 60, count: 2)

    @Test func aQuestionOpensTheLineAndIsAnswered() {
        var s = MarketScript()
        #expect(s.act { $0.ask(1, Self.candles, at: $1) } == ["connect after nothing"])
        #expect(
            s.act { line, now in
                line.connecting(at: now); line.opened(at: now)
            } == ["send ticks_history"])
        let request = s.sent[0]
        #expect(request["style"]?.string == "candles" && request["granularity"]?.integer == 60 && request["count"]?.integer == 2 && request["subscribe"] == nil)
        let answer =
            #"{"msg_type":"candles","req_id":\#(s.last),"pip_size":2,"candles":[{"epoch":60,"open":1.5,"high":2,"low":1.25,"close":1.75},{"epoch":120,"open":1.75,"high":1.8,"low":1.7,"close":1.71}]}"#
        #expect(s.frame(answer) == [#"answer 1: ["150 200 125 175", "175 180 170 171"] of 2 decimals"#])
        #expect(s.frame(answer) == [], "an answer counts once")
    }

    @Test(arguments: [
        #""candles":[{"epoch":60,"open":1.555,"high":2,"low":1,"close":1.5}]"#, #""candles":[{"epoch":60,"open":1.5,"high":1,"low":1,"close":1.5}]"#,
        #""candles":[{"epoch":60,"open":1.5,"high":2,"low":1}]"#,
        #""candles":[{"epoch":60,"open":1,"high":1,"low":1,"close":1},{"epoch":60,"open":1,"high":1,"low":1,"close":1}]"#,
        #""candles":7"#, #""history":{}"#,
    ])
    func candlesThatMakeNoSenseAreNone(_ members: String) {
        var s = MarketScript()
        _ = s.act { $0.ask(1, Self.candles, at: $1) }
        s.connected()
        #expect(s.frame(#"{"msg_type":"candles","req_id":\#(s.last),"pip_size":2,\#(members)}"#) == ["answer 1: unusable"])
    }

    @Test func theBrokersNoIsGivenOn() {
        var s = MarketScript()
        _ = s.act { $0.ask(1, Self.candles, at: $1) }
        s.connected()
        #expect(
            s.frame(#"{"msg_type":"ticks_history","req_id":\#(s.last),"error":{"code":"InvalidSymbol","message":"x"}}"#) == [
                #"answer 1: refused(code: "InvalidSymbol")"#
            ])
    }

    @Test func whatIsNotAnsweredInTimeIsUnreachable() {
        var s = MarketScript()
        _ = s.act { $0.ask(1, Self.candles, at: $1) }
        #expect(s.wait(9) == [])
        #expect(s.line.nextDeadline == s.now.adding(seconds: 1))
        #expect(s.wait(1) == ["answer 1: unreachable"])
    }

    @Test func withoutAConnectionWhoWaitsIsToldAtOnce() {
        var s = MarketScript()
        _ = s.act { $0.ask(1, Self.candles, at: $1) }
        _ = s.act { $0.follow(.ticks(Self.symbol), at: $1) }
        #expect(
            s.act { line, now in
                line.connecting(at: now); line.closed(at: now)
            } == ["answer 1: unreachable", "ended R_100 unreachable"])
        #expect(s.act { $0.ask(2, Self.candles, at: $1) } == ["connect after nothing"], "the next question tries again")
    }

    @Test func aLostConnectionIsMadeAgainAndItsQuestionsWithIt() {
        var s = MarketScript()
        _ = s.act { $0.ask(1, Self.candles, at: $1) }
        s.connected()
        #expect(s.act { $0.closed(at: $1) } == ["connect after a pause"])
        #expect(
            s.act { line, now in
                line.connecting(at: now); line.opened(at: now)
            } == ["send ticks_history"])
        #expect(s.wait(10) == ["answer 1: unreachable"])
        #expect(s.act { $0.closed(at: $1) } == [], "nobody asks: it stays closed")
    }

    @Test func aLineThatNobodyUsesIsClosed() {
        var s = MarketScript()
        _ = s.act { $0.ask(1, .symbols, at: $1) }
        s.connected()
        let row = #"{"symbol":"R_100","exchange_is_open":1,"is_trading_suspended":0,"display_name":"Volatility 100","market":"synthetic_index"}"#
        #expect(s.frame(#"{"msg_type":"active_symbols","req_id":\#(s.last),"active_symbols":[\#(row)]}"#) == [#"answer 1: ["R_100 open"]"#])
        #expect(s.wait(15) == ["send ping"])
        #expect(s.frame(#"{"msg_type":"ping","ping":"pong"}"#) == [])
        #expect(s.wait(14) == [])
        #expect(s.frame(#"{"msg_type":"ping","ping":"pong"}"#) == [])
        _ = s.wait(20)
        #expect(s.frame(#"{"msg_type":"ping","ping":"pong"}"#) == [])
        #expect(s.wait(11) == ["hanging up: nobody asks", "close"])
    }

    @Test func ofTheSilentOneIsNothingExpected() {
        var s = MarketScript()
        _ = s.act { $0.follow(.ticks(Self.symbol), at: $1) }
        s.connected()
        _ = s.frame(#"{"msg_type":"history","req_id":\#(s.last),"subscription":{"id":"s1"},"pip_size":2,"history":{"prices":[],"times":[]}}"#)
        #expect(s.wait(15) == ["send ping"])
        #expect(s.wait(15) == ["hanging up: silence", "close", "connect after a pause"], "it is followed still")
    }

    @Test func ticksOfATopicComeOnceAndInOrder() {
        var s = MarketScript()
        _ = s.act { $0.follow(.ticks(Self.symbol), at: $1) }
        s.connected()
        let id = s.last
        #expect(
            s.frame(#"{"msg_type":"history","req_id":\#(id),"subscription":{"id":"s1"},"pip_size":2,"history":{"prices":[1.5],"times":[60]}}"#) == [
                "began R_100"
            ])
        func tick(_ quote: String, _ epoch: Int) -> String {
            #"{"msg_type":"tick","req_id":\#(id),"subscription":{"id":"s1"},"tick":{"symbol":"R_100","quote":\#(quote),"epoch":\#(epoch),"pip_size":2,"id":"s1"}}"#
        }
        #expect(s.frame(tick("1.51", 61)) == ["tick 151"])
        #expect(s.frame(tick("1.52", 61)) == [] && s.frame(tick("1.53", 60)) == [] && s.frame(tick("1.555", 62)) == [])
        #expect(s.frame(tick("1.54", 63)) == ["tick 154"])
        #expect(s.act { $0.unfollow(.ticks(Self.symbol), at: $1) } == ["send forget"])
        #expect(s.frame(tick("1.55", 64)) == [])
    }

    @Test func aCandleIsToldAgainAsItGrows() {
        var s = MarketScript()
        _ = s.act { $0.follow(.candles(Self.symbol, seconds: 60), at: $1) }
        s.connected()
        let id = s.last
        _ = s.frame(#"{"msg_type":"candles","req_id":\#(id),"subscription":{"id":"s1"},"pip_size":2,"candles":[]}"#)
        func candle(_ close: String, _ epoch: Int) -> String {
            #"{"msg_type":"ohlc","req_id":\#(id),"ohlc":{"symbol":"R_100","granularity":60,"open_time":60,"open":"1.50","high":"1.60","low":"1.50","close":"\#(close)","epoch":\#(epoch),"pip_size":2}}"#
        }
        #expect(s.frame(candle("1.51", 61)) == ["candle 151"] && s.frame(candle("1.52", 61)) == ["candle 152"] && s.frame(candle("1.50", 60)) == [])
    }

    @Test func aTopicThatTheBrokerRefusesOrNeverBeginsHasEnded() {
        var s = MarketScript()
        _ = s.act { $0.follow(.ticks(Self.symbol), at: $1) }
        s.connected()
        #expect(
            s.frame(#"{"msg_type":"ticks_history","req_id":\#(s.last),"error":{"code":"MarketIsClosed","message":""}}"#) == [
                "R_100: MarketIsClosed", #"ended R_100 refused(code: "MarketIsClosed")"#,
            ])
        _ = s.act { $0.follow(.ticks(Self.symbol), at: $1) }
        #expect(s.wait(10) == ["ended R_100 unreachable"])
    }

    @Test func whatIsAskedIsBounded() {
        var s = MarketScript { ($0.questionsMost, $0.topicsMost) = (1, 1) }
        _ = s.act { $0.ask(1, Self.candles, at: $1) }
        #expect(s.act { $0.ask(2, Self.candles, at: $1) } == ["answer 2: busy"])
        _ = s.act { $0.follow(.ticks(Self.symbol), at: $1) }
        #expect(s.act { $0.follow(.ticks(Symbol("R_10")!), at: $1) } == ["ended R_10 busy"])
    }

    @Test func callsAMinuteAreBounded() {
        var s = MarketScript { $0.callsPerMinute = 1 }
        _ = s.act { $0.ask(1, Self.candles, at: $1) }
        s.connected()
        #expect(s.act { $0.ask(2, Self.candles, at: $1) } == [], "it waits for room")
        #expect(s.wait(10) == ["answer 1: unreachable", "answer 2: unreachable"])
        _ = s.frame(#"{"msg_type":"ping","ping":"pong"}"#)
        #expect(s.act { $0.ask(3, Self.candles, at: $1) } == [])
    }

    @Test(arguments: ["{", "[]", #"{"req_id":1}"#])
    func whatIsNoMessageEndsTheConnection(_ text: String) {
        var s = MarketScript()
        _ = s.act { $0.ask(1, Self.candles, at: $1) }
        s.connected()
        #expect(s.frame(text).suffix(2) == ["close", "connect after a pause"])
    }

    @Test func openingHoursAreReadOfTheirSymbol() {
        var s = MarketScript()
        _ = s.act { $0.ask(1, .hours(Self.symbol, TradingDay(daysSince1970: 20_000)), at: $1) }
        s.connected()
        #expect(s.sent[0]["trading_times"]?.string == "2024-10-04")
        func day(_ open: String, _ close: String) -> String {
            #"{"msg_type":"trading_times","req_id":\#(s.last),"trading_times":{"markets":[{"name":"x","submarkets":[{"name":"y","symbols":[{"symbol":"R_10","times":{"open":["00:00:00"],"close":["1:0:0"]}},{"symbol":"R_100","times":{"open":[\#(open)],"close":[\#(close)]}}]}]}]}}"#
        }
        #expect(s.frame(day(#""00:00:00","13:30:00""#, #""12:00:00","23:59:59""#)) == [#"answer 1: ["0-43200", "48600-86399"]"#])
        _ = s.act { $0.ask(2, .hours(Self.symbol, TradingDay(daysSince1970: 20_001)), at: $1) }
        #expect(s.frame(day(#""--""#, #""--""#)) == ["answer 2: []"])
    }
}
