// Scripts of a line: logging in, buying, streams, silence, noise.
import PlainJSON
import Testing
import TradingEngine
import TradingModel

@testable import DerivWire

struct LineScripts {
    @Test func aLineLogsInSubscribesAndThenIsUp() {
        var s = LineScript.ready()
        #expect(s.line.state == .ready)
        #expect(s.takeEvents() == [.lineUp(balance: Money(minorUnits: 1_000_000, currency: .usd), newest: TransactionID(rawValue: 500))])
        #expect(s.takeOther().prefix(2) == ["connect after nothing", "login 1"])
        #expect(s.sent.first?["transaction"]?.integer == 1, "bookings first, so that nothing is missed between the rows and the stream")
    }

    @Test func theBuyIsOneFrameWithItsCapAndItsName() {
        var s = LineScript.ready()
        s.command(.buy(LineScript.account, LineScript.intent))
        let buy = s.sent.last!
        #expect(buy["buy"]?.string == "1" && buy["price"]?.number == JSONNumber(mantissa: 1_000, scale: 2) && buy["subscribe"]?.integer == 1)
        #expect(buy["passthrough"]?["intent"]?.string == LineScript.intent.id.text)
        #expect(
            buy["parameters"]?["contract_type"]?.string == "DIGITEVEN" && buy["parameters"]?["basis"]?.string == "stake"
                && buy["parameters"]?["duration_unit"]?.string == "t")
        _ = s.takeEvents()
        s.frame(s.receipt())
        let contract = Contract(
            id: ContractID(rawValue: 77), transaction: TransactionID(rawValue: 501), price: Money(minorUnits: 1_000, currency: .usd),
            payout: Money(minorUnits: 1_960, currency: .usd), purchasedAt: Timestamp(seconds: 1_790_000_003))
        #expect(s.takeEvents() == [.bought(LineScript.intent.id, contract, balance: Money(minorUnits: 999_000, currency: .usd))])
        s.frame(s.receipt())
        #expect(s.takeEvents() == [], "an answer is taken once")
    }

    @Test(arguments: [
        ("\"10\"", true), ("10.001", false), ("1e3", true), ("-10", false), ("1e30", false), ("null", false), ("true", false), ("0", false),
        ("999999999999999", false),
    ])
    func aReceiptThatCannotBeReadIsADoubtNeverARefusal(price: String, readable: Bool) {
        var s = LineScript.ready()
        s.command(.buy(LineScript.account, LineScript.intent))
        _ = s.takeEvents()
        s.frame(s.receipt(price: price))
        switch s.takeEvents().first {
        case .bought: #expect(readable, "\(price)")
        case .buyUnclear: #expect(!readable, "\(price)")
        // Not even JSON that we can hold: the line falls, and with it the buy is in doubt.
        case .lineDown: #expect(!readable)
        case let event: Issue.record("\(String(describing: event))")
        }
    }

    @Test func aReceiptWithAnothersNameProvesNothing() {
        var s = LineScript.ready()
        s.command(.buy(LineScript.account, LineScript.intent))
        _ = s.takeEvents()
        s.frame(s.receipt(passthrough: "9.00000000000000000000000000000000"))
        #expect(s.takeEvents() == [.buyUnclear(LineScript.intent.id, code: Label("echo differs")!)])
    }

    @Test(arguments: [("InsufficientBalance", true), ("PriceMoved", true), ("RateLimit", false), ("InternalServerError", false), ("SomethingNew", false)])
    func onlyKnownErrorsAreRejections(code: String, definitive: Bool) {
        var s = LineScript.ready()
        s.command(.buy(LineScript.account, LineScript.intent))
        _ = s.takeEvents()
        s.frame(
            #"{"echo_req":{"passthrough":{"intent":"\#(LineScript.intent.id.text)"}},"msg_type":"buy","req_id":\#(s.request("buy")),"error":{"code":"\#(code)","message":"m"}}"#
        )
        #expect(
            s.takeEvents().filter { if case .circuitOpened = $0 { false } else { true } } == [
                definitive ? .buyRejected(LineScript.intent.id, Rejection(code: Label(code)!)) : .buyUnclear(LineScript.intent.id, code: Label(code)!)
            ])
    }

    @Test func aBuyThatWaitedTooLongIsNotSent() {
        var s = LineScript.ready()
        _ = s.takeEvents()
        let before = s.sent.count
        s.now = s.now.adding(seconds: 3_600)
        s.command(.buy(LineScript.account, LineScript.intent))
        #expect(s.takeEvents() == [.notSent(LineScript.intent.id)] && s.sent.count == before)
    }

    /// By its intent's moment its purchase would be looked for later than the broker booked it.
    @Test func nothingIsBoughtWhileOurTimeMayBeAhead() {
        var s = LineScript.ready()
        func intent(at now: Timestamp) -> BuyIntent {
            let other = LineScript.intent
            return BuyIntent(id: other.id, account: other.account, terms: other.terms, stake: other.stake, intendedAt: now, day: other.day)
        }
        func answerTime(_ seconds: Int64) {
            s.wait(5)
            s.frame(#"{"echo_req":{},"msg_type":"time","req_id":\#(s.request("time")),"time":\#(seconds)}"#)
        }
        s.wait(14)
        s.frame(#"{"echo_req":{},"msg_type":"ping","req_id":999999,"ping":"pong"}"#)
        s.wait(14)
        s.frame(#"{"echo_req":{},"msg_type":"ping","req_id":999999,"ping":"pong"}"#)
        s.wait(14)
        s.frame(#"{"echo_req":{},"msg_type":"ping","req_id":999999,"ping":"pong"}"#)
        s.wait(14)
        s.frame(#"{"echo_req":{},"msg_type":"ping","req_id":999999,"ping":"pong"}"#)
        s.wait(4)
        let asked = s.request("time")
        s.frame(#"{"echo_req":{},"msg_type":"time","req_id":\#(asked),"time":\#(s.now.seconds - 4)}"#)
        #expect(s.line.isClockKnown, "one answer of three")
        s.line.clockAnswered(s.now.seconds - 4, heard: s.now)
        #expect(!s.line.isClockKnown)
        s.command(.buy(LineScript.account, intent(at: s.now)))
        #expect(s.takeEvents().last == .notSent(LineScript.intent.id))
        answerTime(s.now.seconds + 5)
        answerTime(s.now.seconds + 5)
        #expect(s.line.isClockKnown, "asked again soon, and right again")
        s.command(.buy(LineScript.account, intent(at: s.now)))
        #expect(s.sent.last?["buy"] != nil)
    }

    @Test func oneAnswerAloneTellsNoTime() {
        var line = LineScript.ready().line
        line.clockAhead = []
        line.clockAnswered(1_800_000_000, heard: Timestamp(seconds: 1_800_000_000))
        #expect(!line.isClockKnown)
        line.clockAnswered(1_800_000_000, heard: Timestamp(seconds: 1_800_000_004))
        #expect(!line.isClockKnown, "of two the greater counts")
        line.clockAnswered(1_800_000_000, heard: Timestamp(seconds: 1_800_000_001))
        #expect(line.isClockKnown)
    }

    @Test func nothingIsBoughtOnAConnectionThatWasNotLookedInto() {
        var s = LineScript.ready()
        s.command(.hangUp(LineScript.account))
        s.line.connecting(at: s.now)
        s.line.opened(at: s.now)
        s.drain()
        s.frame(LineScript.authorized.replacingOccurrence(of: "\"req_id\":1,", with: "\"req_id\":\(s.loginID),"))
        s.frame(#"{"echo_req":{},"msg_type":"transaction","req_id":\#(s.request("transaction")),"transaction":{"id":"t1"}}"#)
        s.frame(#"{"echo_req":{},"msg_type":"statement","req_id":\#(s.request("statement")),"statement":{"count":0,"transactions":[]}}"#)
        s.frame(#"{"echo_req":{},"msg_type":"balance","req_id":\#(s.request("balance")),"balance":{"balance":10000,"currency":"USD","loginid":"VRTC1"}}"#)
        #expect(s.line.state == .ready, "an account without a single booking can log in")
        _ = s.takeEvents()
        s.command(.buy(LineScript.account, LineScript.intent))
        #expect(s.takeEvents() == [.notSent(LineScript.intent.id)])
    }

    @Test(arguments: ["9223372036854775807", "1000000000000000", "-1", "1.5", "\"now\""]) func aTimeThatCannotBeEndsTheLineNotTheProcess(time: String) {
        var s = LineScript.ready()
        _ = s.takeOther()
        s.wait(14)
        s.frame(#"{"echo_req":{},"msg_type":"ping","req_id":999999,"ping":"pong"}"#)
        for _ in 0..<4 {
            s.wait(14); if s.sent.last?["ping"] != nil { s.frame(#"{"echo_req":{},"msg_type":"ping","req_id":\#(s.request("ping")),"ping":"pong"}"#) }
        }
        s.frame(#"{"echo_req":{},"msg_type":"time","req_id":\#(s.request("time")),"time":\#(time)}"#)
        #expect(!s.takeOther().contains("clock"))
    }

    @Test func whatCannotBeSentIsSaidAtOnce() {
        var s = LineScript()
        s.command(.buy(LineScript.account, LineScript.intent))
        #expect(s.takeEvents() == [.notSent(LineScript.intent.id)] && s.sent.isEmpty)
    }

    @Test func silenceIsPingedThenGivenUp() {
        var s = LineScript.ready()
        _ = (s.takeEvents(), s.takeOther())
        s.frame(#"{"echo_req":{},"msg_type":"time","req_id":\#(s.request("time")),"time":1790000000}"#)
        s.wait(16)
        #expect(s.sent.last?["ping"]?.integer == 1)
        s.frame(#"{"echo_req":{},"msg_type":"ping","req_id":\#(s.request("ping")),"ping":"pong"}"#)
        s.wait(16)
        s.wait(11)
        #expect(s.takeEvents() == [.lineDown(cause: Label("silence")!, clean: false)], "a network that swallows is not a clean close")
        #expect(s.takeOther().suffix(2) == ["close", "connect after a pause"])
    }

    @Test func aRequestWithoutAnAnswerEndsTheLine() {
        var s = LineScript.ready()
        s.command(.offers(LineScript.account, Symbol("R_100")!))
        _ = s.takeEvents()
        s.now = s.now.adding(seconds: 14)
        s.frame(#"{"echo_req":{},"msg_type":"time","req_id":\#(s.request("time")),"time":1790000000}"#)
        s.wait(2)
        #expect(s.takeEvents() == [.lineDown(cause: Label("contracts_for unanswered")!, clean: false)])
    }

    @Test func pausesGrowAndAreCapped() {
        var backoff = Backoff(seed: 1), pauses: [Int64] = []
        for _ in 0..<12 { pauses.append(backoff.next()) }
        for (index, pause) in pauses.enumerated() {
            let full: Int64 = min(30_000, 500 << Int64(min(index, 8)))
            #expect(full / 2 <= pause && pause <= full, "pause \(index): \(pause)")
        }
        #expect(Set(pauses.suffix(4)).count > 1, "jittered")
    }

    /// The pause before the next try, after a connection that was up for so long.
    private func pause(_ s: inout LineScript, afterUp seconds: Int64) -> Int64 {
        s.now = s.now.adding(seconds: seconds)
        s.line.closed(cause: "gone", clean: true, at: s.now)
        defer { s.drain() }
        for case .connect(let pause) in s.line.actions { return pause }
        return -1
    }

    @Test(arguments: [(59 as Int64, false), (60, true)])
    func onlyAConnectionThatLastedMakesPausesShortAgain(upSeconds: Int64, isShort: Bool) {
        var s = LineScript()
        s.command(.open(LineScript.account, LineScript.profile))
        for _ in 0..<8 {
            s.line.connecting(at: s.now)
            s.line.closed(cause: "refused", clean: true, at: s.now)
        }
        s.logIn()
        let pause = pause(&s, afterUp: upSeconds)
        #expect(isShort ? (250...500).contains(pause) : pause >= 15_000, "\(pause)")
    }

    @Test(arguments: [("InvalidSymbol", true), ("InternalServerError", false), ("SomethingNew", false)])
    func onlyASymbolThatIsNoneIsSoldNothing(code: String, isNone: Bool) {
        var s = LineScript.ready()
        _ = (s.takeEvents(), s.takeOther())
        let symbol = Symbol("R_1000")!
        s.command(.offers(LineScript.account, symbol))
        s.frame(
            #"{"echo_req":{},"msg_type":"contracts_for","req_id":\#(s.request("contracts_for")),"error":{"code":"\#(code)","message":"m"}}"#)
        let events = s.takeEvents()
        if isNone {
            #expect(events == [.offers(symbol, [])])
        } else {
            #expect(!events.contains(.offers(symbol, [])), "nobody knows yet: it is asked again on the next connection")
            #expect(s.takeOther().contains("hanging up: contracts_for: \(code)"))
        }
    }

    @Test(arguments: [("InvalidToken", true), ("RateLimit", false)])
    func aRefusedTokenIsNotTriedAgainAtOnce(code: String, final: Bool) {
        var s = LineScript()
        s.command(.open(LineScript.account, LineScript.profile))
        s.line.connecting(at: s.now)
        s.line.opened(at: s.now)
        s.drain()
        s.frame(#"{"echo_req":{},"msg_type":"authorize","req_id":1,"error":{"code":"\#(code)","message":"m"}}"#)
        if final {
            #expect(s.takeEvents() == [.loginRefused(code: Label(code)!)])
            s.wait(60)
            let meanwhile = s.takeOther()
            #expect(!meanwhile.contains("connect after a pause"))
            s.wait(600)
            #expect(s.takeOther() == ["connect after nothing"])
        } else {
            #expect(s.takeOther().last == "connect after a pause")
        }
    }

    @Test func anotherAccountsTokenIsRefused() {
        var s = LineScript()
        s.command(.open(LineScript.account, LineScript.profile))
        s.line.connecting(at: s.now)
        s.line.opened(at: s.now)
        s.drain()
        s.frame(LineScript.authorized.replacingOccurrence(of: "VRTC1", with: "CR9"))
        #expect(s.takeEvents() == [.loginRefused(code: Label("wrong account")!)])
    }

    @Test func aContractsEndComesFromItsOwnStreamOrTheBookings() {
        var s = LineScript.ready()
        _ = s.takeEvents()
        s.frame(#"{"echo_req":{},"msg_type":"proposal_open_contract","req_id":99,"proposal_open_contract":{"contract_id":77,"is_sold":0,"status":"open"}}"#)
        #expect(s.takeEvents() == [])
        s.frame(
            #"{"echo_req":{},"msg_type":"proposal_open_contract","req_id":99,"proposal_open_contract":{"contract_id":77,"is_sold":1,"status":"won","sell_price":19.6,"sell_time":1790000010,"transaction_ids":{"buy":501,"sell":502}}}"#
        )
        s.frame(
            #"{"echo_req":{},"msg_type":"transaction","req_id":2,"transaction":{"id":"t1","action":"sell","amount":0,"balance":9990,"contract_id":78,"transaction_id":503,"transaction_time":1790000011,"currency":"USD"}}"#
        )
        let settlement = Settlement(
            contract: ContractID(rawValue: 77), transaction: TransactionID(rawValue: 502), payout: Money(minorUnits: 1_960, currency: .usd),
            settledAt: Timestamp(seconds: 1_790_000_010))
        #expect(
            s.takeEvents() == [
                .contractSeen(ContractID(rawValue: 77), settlement: settlement),
                .booked(
                    Booking(
                        transaction: TransactionID(rawValue: 503), action: .sell, contract: ContractID(rawValue: 78),
                        amount: Money(minorUnits: 0, currency: .usd),
                        balanceAfter: Money(minorUnits: 999_000, currency: .usd), at: Timestamp(seconds: 1_790_000_011))),
            ])
    }

    @Test func ticksComePastFirstThenLiveEachOnce() {
        var s = LineScript.ready()
        _ = s.takeOther()
        s.line.follow([Symbol("1HZ100V")!], past: 3, fresh: [Symbol("1HZ100V")!], at: s.now)
        s.drain()
        #expect(s.sent.last?["ticks_history"]?.string == "1HZ100V" && s.sent.last?["count"]?.integer == 3)
        let id = s.request("ticks_history")
        s.frame(
            #"{"echo_req":{},"msg_type":"history","req_id":\#(id),"pip_size":2,"history":{"prices":[100.1,100.25,100],"times":[10,11,12]},"subscription":{"id":"a"}}"#
        )
        func tick(_ epoch: Int, _ quote: String) -> String {
            #"{"echo_req":{},"msg_type":"tick","req_id":\#(id),"tick":{"ask":1,"bid":1,"epoch":\#(epoch),"id":"a","pip_size":2,"quote":\#(quote),"symbol":"1HZ100V"},"subscription":{"id":"a"}}"#
        }
        s.frame(tick(12, "100.00"))
        s.frame(tick(13, "100.30"))
        s.frame(tick(13, "100.30"))
        for absurd in ["0", "-5", "1e12", "100.301", "\"100\""] { s.frame(tick(14, absurd)) }
        s.frame(tick(11_790_000_000, "100.40"))
        s.frame(tick(15, "99.9"))
        #expect(s.takeOther() == ["past 10010 10025 10000", "tick 10030", "tick 9990"])
        s.line.follow([Symbol("1HZ100V")!], past: 5, fresh: [Symbol("1HZ100V")!], at: s.now)
        s.drain()
        #expect(s.sent.last?["count"]?.integer == 5 && s.sent.last?["subscribe"] == nil, "a new listener of a running stream gets its past")
        s.frame(#"{"echo_req":{},"msg_type":"history","req_id":\#(s.request("ticks_history")),"pip_size":2,"history":{"prices":[99.8,99.9],"times":[14,15]}}"#)
        #expect(s.takeOther() == ["past 9980 9990"])
        s.line.follow([], past: 0, fresh: [], at: s.now)
        s.drain()
        #expect(s.sent.last?["forget"]?.string == "a")
    }

    @Test func noiseClosesTheLineAndNothingElse() {
        for noise in ["", "{", "[]", "7", "{\"msg_type\":7}", "{\"msg_type\":\"buy\",\"req_id\":12345}", "\u{0}", String(repeating: "[", count: 5_000)] {
            var s = LineScript.ready()
            _ = s.takeEvents()
            s.frame(noise)
            #expect(s.takeEvents().allSatisfy { if case .lineDown = $0 { true } else { false } }, "\(noise.prefix(20))")
        }
    }

    @Test func aLineWithTooManyUnansweredRequestsTakesNoBuyAndLosesNone() {
        var s = LineScript.ready()
        s.command(.buy(LineScript.account, LineScript.intent))
        s.askUntilFull()
        _ = s.takeEvents()
        let first = LineScript.intent
        let second = BuyIntent(
            id: IntentID(session: first.id.session, signal: SignalID(high: 9, low: 9)), account: first.account, terms: first.terms, stake: first.stake,
            intendedAt: first.intendedAt, day: first.day)
        let sent = s.sent.count
        s.command(.buy(LineScript.account, second))
        #expect(s.takeEvents() == [.notSent(second.id)] && s.sent.count == sent, "not a byte of it left")
        s.frame(s.receipt())
        guard case .bought(LineScript.intent.id, _, _)? = s.takeEvents().first else { Issue.record("the first buy's answer was not known again"); return }
    }

    @Test func aLineWithTooManyUnansweredRequestsIsGivenUp() {
        var s = LineScript.ready()
        _ = s.takeEvents()
        s.askUntilFull()
        let sent = s.sent.count
        s.command(.offers(LineScript.account, Symbol("LAST")!))
        #expect(s.sent.count == sent && s.line.state == .waiting)
        guard case .lineDown(_, clean: false)? = s.takeEvents().first else { Issue.record("the line is not down"); return }
    }
}

extension String {
    fileprivate func replacingOccurrence(of word: String, with other: String) -> String {
        guard let range = firstRange(of: word) else { return self }
        return replacingCharacters(in: range, with: other)
    }
    private func replacingCharacters(in range: Range<String.Index>, with other: String) -> String {
        String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}
