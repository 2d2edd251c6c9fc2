import PlainJSON
import SimulatedMarket
import Testing
import TradingModel

@testable import DerivSimulator

@Suite struct SessionTests {
    @Test func anAnswerRepeatsWhatItBelongsTo() throws {
        let talk = try Conversation()
        let answer = talk.say(#"{"ping":1,"req_id":9,"passthrough":{"a":[1,null,{"b":1.50}]}}"#)
        #expect(answer.count == 1)
        #expect(answer[0]["ping"]?.string == "pong")
        #expect(answer[0].type == "ping")
        #expect(answer[0]["req_id"]?.integer == 9)
        #expect(answer[0]["passthrough"] == answer[0].at("echo_req.passthrough"))
        #expect(talk.say(#"{"time":1}"#)[0]["time"]?.integer == BrokerDesk.opening.seconds)
        #expect(talk.say(#"{"time":1}"#)[0]["req_id"] == nil)
    }

    @Test func whatIsNoRequestIsToldSo() throws {
        let talk = try Conversation()
        for text in ["", "{", "[1]", "7", #"{"ping":1,"ping":1}"#] {
            let answer = talk.say(text)
            #expect(answer.first?.at("error.code")?.string == "BadRequest" && answer.first?.type == "error")
        }
        #expect(talk.say(#"{"hello":1,"req_id":3}"#)[0]["req_id"]?.integer == 3)
        #expect(talk.code(#"{"hello":1}"#) == "UnrecognisedRequest")
        let long = String(repeating: "y", count: 70_000)
        for text in [#"{"ping":1,"passthrough":{"x":"\#(long)"}}"#, #"{"ticks":"\#(long.prefix(301))"}"#, #"{"ticks":"R_100é"}"#, #"{"a b":1}"#, #"{"":1}"#] {
            let answer = talk.say(text)
            #expect(answer.first?.at("error.code")?.string == "SanityCheckFailed" && answer.first?.type == "sanity_check")
        }
        #expect(talk.code(#"{"ping":1,"passthrough":{"x y":"é"}}"#) == nil, "what a client attaches for itself may be anything")
    }

    /// Numbers as programs write them, texts cut in the middle of a sign, nesting: what a client attaches comes back as it came.
    @Test(arguments: [
        "0.0012345678901234567", "1e21", "5e-324", "-1.10E+400", #""\ud83d""#, String(repeating: "[", count: 140) + String(repeating: "]", count: 140),
        #"{"a":1,"a":[true,false,null,"\"\u00e9"]}"#,
    ]) func whatIsAttachedMayBeAnyJSON(_ value: String) throws {
        let desk = try BrokerDesk.fixture(), session = desk.join()
        var answers: [String] = []
        session.deliver = { for case .frame(let bytes) in $0 { answers.append(String(decoding: bytes, as: UTF8.self)) } }
        session.receive(Array(#"{"ping":1, "passthrough" : {"a": \#(value)} ,"req_id":4}"#.utf8))
        let attached = #""passthrough":{"a": \#(value)}"#
        // One that is understood is written anew, without the space.
        let answer = answers.first?.replacing(#"{"a":\#(value)}"#, with: #"{"a": \#(value)}"#)
        #expect(answer == #"{"echo_req":{"ping":1,\#(attached),"req_id":4},"ping":"pong","msg_type":"ping","req_id":4,\#(attached)}"#)
        // Where it matters to the call it is refused, and whoever waits hears of it.
        answers = []
        session.receive(Array(#"{"buy":\#(value),"passthrough":{"a":1},"req_id":5}"#.utf8))
        if !value.hasPrefix("{") {
            #expect(answers.count == 1 && answers[0].contains(#""code":"BadRequest""#) && answers[0].hasSuffix(#""req_id":5,"passthrough":{"a":1}}"#))
        }
        for broken in ["{", "[1}", "01", "1.", "tru", #""\x""#, #""\u12g4""#, "1 2"] {
            answers = []
            session.receive(Array(#"{"ping":1,"passthrough":{"a":\#(broken)},"req_id":4}"#.utf8))
            #expect(answers.count == 1 && answers[0].contains(#""code":"BadRequest""#))
        }
    }

    @Test(arguments: [
        (#"{"ping":2}"#, "ping"), (#"{"ping":1,"subscribe":1}"#, "subscribe"), (#"{"ping":1,"req_id":"1"}"#, "req_id"),
        (#"{"ping":1,"passthrough":3}"#, "passthrough"),
        (#"{"authorize":""}"#, "authorize"), (#"{"ticks":"R-100"}"#, "ticks"), (#"{"ticks_history":"R_100"}"#, "end"),
        (#"{"ticks_history":"R_100","end":"now"}"#, "end"),
        (#"{"ticks_history":"R_100","end":"latest","granularity":61}"#, "granularity"), (#"{"proposal":1,"currency":"USD","symbol":"R_100"}"#, "contract_type"),
        (#"{"proposal":1,\#(rise),"duration_unit":"w"}"#, ""), (#"{"buy":"1"}"#, "price"), (#"{"buy":"2","price":1}"#, "buy"),
        (#"{"buy":"1","price":-1}"#, "price"),
        (#"{"buy":"1","price":1,"parameters":{"symbol":"R_100"}}"#, "parameters"), (#"{"transaction":1}"#, "subscribe"),
        (#"{"statement":1,"limit":1000}"#, "limit"),
        (#"{"forget":"1"}"#, "forget"), (#"{"forget_all":"tick"}"#, "forget_all"), (#"{"balance":1,"account":"x"}"#, "account"),
        (#"{"profit_table":1,"sort":"asc"}"#, "sort"),
    ]) func aRequestThatBreaksItsSchemaNamesTheField(_ text: String, _ field: String) throws {
        let answer = try Conversation().say(text)[0]
        if field.isEmpty { #expect(answer.at("error.code")?.string == "BadRequest"); return }
        #expect(answer.at("error.code")?.string == "InputValidationFailed")
        #expect(answer.at("error.details")?[field] != nil)
    }

    @Test func aTokenOpensItsOwnAccountAndIsNeverRepeated() throws {
        let talk = try Conversation()
        #expect(talk.code(#"{"balance":1}"#) == "AuthorizationRequired")
        let answer = talk.say(#"{"authorize":"a-secret-token","tokens":["another"]}"#)[0]
        #expect(answer.at("echo_req.authorize")?.string == "<not shown>")
        #expect(answer.at("echo_req.tokens")?.array == [.string("<not shown>")])
        #expect(answer.cents("authorize.balance") == 1_000_000)
        let login = try #require(answer.at("authorize.loginid")?.string)
        #expect(login.hasPrefix("VRTC"))
        #expect(talk.say(#"{"authorize":"another"}"#)[0].at("authorize.loginid")?.string != login)
        #expect(talk.say(#"{"authorize":"a-secret-token"}"#)[0].at("authorize.loginid")?.string == login)
        #expect(talk.say(#"{"logout":1}"#)[0]["logout"]?.integer == 1)
        #expect(talk.code(#"{"balance":1}"#) == "AuthorizationRequired")
        let real = try Conversation {
            $0.realAccount = true; $0.knownTokens = ["good", "readonly-good"]
        }
        #expect(real.code(#"{"authorize":"bad"}"#) == "InvalidToken")
        #expect(real.say(#"{"authorize":"good"}"#)[0].at("authorize.is_virtual")?.integer == 0)
        #expect(real.say(#"{"balance":1}"#)[0].at("balance.loginid")?.string?.hasPrefix("CR") == true)
        real.say(#"{"authorize":"readonly-good"}"#)
        #expect(real.code(#"{"balance":1}"#) == nil)
        #expect(real.code(#"{"buy":"1","price":10,"parameters":{\#(rise)}}"#) == "PermissionDenied")
    }

    @Test func ticksStreamWithTheRequestsOwnIds() throws {
        let talk = try Conversation()
        let history = talk.say(#"{"ticks_history":"R_100","end":"latest","count":3,"subscribe":1,"req_id":5,"passthrough":{"k":1}}"#)[0]
        #expect(history.at("history.times")?.array?.compactMap(\.integer) == [1_789_999_996, 1_789_999_998, 1_790_000_000])
        #expect(history["pip_size"]?.integer == 2)
        let ticks = talk.pass(seconds: 4)
        #expect(ticks.map(\.type) == ["tick", "tick"])
        #expect(ticks.map { $0.at("tick.epoch")?.integer } == [1_790_000_002, 1_790_000_004])
        #expect(ticks.allSatisfy { $0["req_id"]?.integer == 5 && $0["passthrough"] == history["passthrough"] && $0["subscription"] == history["subscription"] })
        #expect(talk.code(#"{"ticks":"R_100"}"#) == "AlreadySubscribed")
        #expect(talk.code(#"{"ticks":"R_999"}"#) == "InvalidSymbol")
        #expect(talk.say(#"{"ticks":["R_10","R_25"]}"#).count == 2)
        #expect(talk.say(#"{"forget":"\#(history.at("subscription.id")!.string!)"}"#)[0]["forget"]?.integer == 1)
        #expect(talk.pass(seconds: 2).count == 2)
        #expect(talk.say(#"{"forget_all":"ticks"}"#)[0]["forget_all"]?.array?.count == 2)
        #expect(talk.pass(seconds: 4).isEmpty)
    }

    @Test func candlesAreMadeOfTheTicks() throws {
        let talk = try Conversation()
        let candles = try #require(
            talk.say(#"{"ticks_history":"1HZ100V","end":"latest","style":"candles","granularity":60,"count":2,"subscribe":1}"#)[0]["candles"]?.array)
        let ticks = talk.desk.broker.history(of: Symbol("1HZ100V")!)!
        let epoch = try #require(candles[0]["epoch"]?.integer),
            minute = ticks.filter { $0.time.seconds >= epoch && $0.time.seconds < epoch + 60 }.map(\.price.pips)
        #expect(epoch % 60 == 0 && minute.count == 60)
        #expect(candles[0].cents("high") == minute.max() && candles[0].cents("low") == minute.min())
        #expect(candles[0].cents("open") == minute.first && candles[0].cents("close") == minute.last)
        let update = try #require(talk.pass(seconds: 1).first)
        #expect(update.type == "ohlc")
        #expect(update.at("ohlc.open_time")?.integer == BrokerDesk.opening.seconds / 60 * 60)
        #expect(update.at("ohlc.close")?.string == Decimals.text(talk.desk.broker.spot(of: Symbol("1HZ100V")!)!.price.pips, decimals: 2))
    }

    @Test func aCandleGrowsByItsTicksAndTheNextOneBegins() throws {
        let talk = try Conversation(), symbol = Symbol("1HZ100V")!
        talk.say(#"{"ticks_history":"1HZ100V","end":"latest","style":"candles","granularity":60,"count":1,"subscribe":1}"#)
        for update in talk.pass(seconds: 130) {
            let open = try #require(update.at("ohlc.open_time")?.integer), epoch = try #require(update.at("ohlc.epoch")?.integer)
            let ticks = talk.desk.broker.history(of: symbol)!.filter { $0.time.seconds >= open && $0.time.seconds <= epoch }.map(\.price.pips)
            let seen = ["open", "high", "low", "close"].map { update.at("ohlc.\($0)")?.string }
            #expect(seen == [ticks.first!, ticks.max()!, ticks.min()!, ticks.last!].map { Decimals.text($0, decimals: 2) })
            #expect(open % 60 == 0 && update.at("ohlc.granularity")?.integer == 60 && update.at("ohlc.id") == update.at("subscription.id"))
        }
        #expect(talk.say(#"{"forget_all":"candles"}"#)[0]["forget_all"]?.array?.count == 1)
    }

    @Test func anIdleSessionIsClosedAfterTwoMinutes() throws {
        let talk = try Conversation()
        talk.desk.run(seconds: 119)
        talk.desk.closeIdle()
        #expect(!talk.isClosed)
        talk.desk.run(seconds: 2)
        talk.desk.closeIdle()
        #expect(talk.isClosed)
    }

    @Test func anIdleMinuteIsTheClientsOwn() throws {
        let talk = Conversation(
            on: try BrokerDesk(DerivSimulatorConfiguration(), clock: SimulatorClock(start: Timestamp(seconds: 1), speed: 20), opening: BrokerDesk.opening))
        talk.desk.run(seconds: 2_390)
        talk.desk.closeIdle()
        #expect(!talk.isClosed, "a client pings by its own clock")
        talk.desk.run(seconds: 20)
        talk.desk.closeIdle()
        #expect(talk.isClosed)
    }
}
