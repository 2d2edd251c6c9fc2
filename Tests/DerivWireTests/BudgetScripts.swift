// What a line may ask and when, and when it is trusted with a buy, as scripts.
import PlainJSON
import Testing
import TradingEngine
import TradingModel

@testable import DerivWire

struct SlidingCountTests {
    @Test func whatHappenedIsRememberedForTheWholeTimeAndNotForMuchLonger() {
        var count = SlidingCount(slots: 60, ofSeconds: 1)
        let start = Timestamp(milliseconds: 1_790_000_000_900)
        count.add(3, at: start)
        count.add(2, at: start.adding(seconds: 10))
        #expect(count.total == 5)
        count.turn(to: start.adding(seconds: 60))
        #expect(count.total == 5, "sixty seconds on, the first three count still")
        #expect(count.falls(to: 4) == Timestamp(seconds: 1_790_000_061) && count.falls(to: 1) == Timestamp(seconds: 1_790_000_071))
        count.turn(to: count.falls(to: 4))
        #expect(count.total == 2)
        count.turn(to: start.adding(seconds: 10_000))
        #expect(count.total == 0)
    }

    /// Against a list of moments.
    @Test(arguments: [1, 2, 3] as [UInt64]) func itAgreesWithAList(seed: UInt64) {
        var count = SlidingCount(slots: 60, ofSeconds: 1), random = SeededRandom(seed: seed), list: [Timestamp] = [], now = Timestamp(seconds: 1_790_000_000)
        for _ in 0..<2_000 {
            now = now.adding(milliseconds: random.pick(0...(random.chance(percent: 2) ? 90_000 : 1_500)))
            count.add(at: now)
            list.append(now)
            list.removeAll { now.milliseconds / 1_000 - $0.milliseconds / 1_000 > 60 }
            #expect(count.total == list.count)
            let most = Int(random.pick(0...Int64(list.count - 1))), falls = count.falls(to: most)
            #expect(list.count { falls.milliseconds / 1_000 - $0.milliseconds / 1_000 <= 60 } <= most)
            #expect(list.count { falls.milliseconds / 1_000 - 1 - $0.milliseconds / 1_000 <= 60 } > most, "not a second too late")
        }
    }
}

struct RequestBudgetTests {
    static let start = Timestamp(seconds: 1_790_000_000)

    /// Asks as fast as it may for three hours, in every group and priority, and counts as the broker may count: by the
    /// minute that slides. Our clock is set forward now and then, three seconds a minute in all.
    @Test(arguments: [1, 2, 3, 4] as [UInt64], [0, 1_000, 3_000] as [Int64]) func noMinuteAndNoHourSeesMoreThanIsPublished(seed: UInt64, leap: Int64) {
        let limits = CallLimits(
            general: .init(minutely: 40, hourly: 900), outcome: .init(minutely: 25, hourly: 500), pricing: .init(minutely: 80, hourly: 3_600))
        var budget = RequestBudget(limits: limits, seed: seed), random = SeededRandom(seed: seed), now = Self.start
        var left: [[Timestamp]] = .init(repeating: [], count: 3), ahead: Int64 = 0, leapt = now
        while now < Self.start.adding(seconds: 3 * 3_600) {
            now = now.adding(milliseconds: random.pick(1...900))
            if leap > 0, now.milliseconds(since: leapt) > leap * 20 { (ahead, leapt) = (ahead + leap, now) }
            let ours = now.adding(milliseconds: ahead)
            let groups: [[CallLimits.Group]] = [[.general], [.outcome], [.pricing], [.outcome, .pricing]]
            let wanted = groups[Int(random.pick(0...3))], priority = RequestBudget.Priority.allCases[Int(random.pick(0...2))]
            guard budget.waits(wanted, priority, at: ours) == nil else { continue }
            budget.spend(wanted, at: ours)
            for group in wanted { left[group.rawValue].append(now) }
        }
        for group in CallLimits.Group.allCases {
            let moments = left[group.rawValue], rate = limits[group]
            for (seconds, most) in [(60 as Int64, rate.minutely), (3_600, rate.hourly)] {
                var first = 0, greatest = 0
                for (index, moment) in moments.enumerated() {
                    while moment.milliseconds(since: moments[first]) > seconds * 1_000 { first += 1 }
                    greatest = max(greatest, index - first + 1)
                }
                #expect(greatest <= most * 9 / 10, "\(group): \(greatest) of \(most) in \(seconds) s")
                if group == .general { #expect(greatest >= most * 7 / 10, "what is there is used: \(greatest) of \(most)") }
            }
        }
    }

    @Test func theBestOfALimitIsKeptForBuys() {
        var budget = RequestBudget(seed: 1), counts: [Int] = []
        for priority in RequestBudget.Priority.allCases.reversed() {
            var count = 0
            while budget.waits([.general], priority, at: Self.start) == nil { budget.spend([.general], at: Self.start); count += 1 }
            counts.append(count)
        }
        #expect(counts == [97, 32, 33], "of 180: quotes 54 %, status 72 %, buys 90 %")
        #expect(budget.waits([.general], .buy, at: Self.start) == Self.start.adding(seconds: 64))
    }

    @Test func whoIsToldTooMuchWaitsTriesOneAndGoesOn() {
        var budget = RequestBudget(seed: 3), now = Self.start, pauses: [Int64] = []
        for _ in 0..<10 {
            #expect(budget.waits([.outcome], .buy, at: now) == nil)
            budget.spend([.outcome], at: now)
            let isTrial = !pauses.isEmpty
            #expect(budget.waits([.outcome], .buy, at: now) == (isTrial ? .distantFuture : nil), "a trial goes alone")
            budget.limited([.outcome], at: now)
            budget.limited([.outcome], at: now)
            let until = budget.waits([.outcome], .buy, at: now)!
            pauses.append(until.milliseconds(since: now))
            budget.served([.outcome], at: now)
            #expect(budget.waits([.outcome], .buy, at: now) == until, "an answer to what left before tells nothing")
            #expect(budget.waits([.general], .buy, at: now) == nil, "the other groups go on")
            now = until
        }
        for (index, pause) in pauses.enumerated() {
            let full: Int64 = min(64_000, 1_000 << Int64(min(index, 6)))
            #expect((full / 2...full).contains(pause), "\(index): \(pause)")
        }
        budget.spend([.outcome], at: now)
        budget.served([.outcome], at: now)
        #expect(budget.waits([.outcome], .buy, at: now) == nil)
    }
}

struct BudgetScripts {
    static let quote = ContractTerms(symbol: Symbol("1HZ100V")!, kind: .even, duration: .ticks(1))

    private func buy(_ number: UInt64, at now: Timestamp) -> BuyIntent {
        let other = LineScript.intent
        return BuyIntent(
            id: IntentID(session: other.id.session, signal: SignalID(high: 7, low: number)), account: other.account, terms: other.terms, stake: other.stake,
            intendedAt: now, day: other.day)
    }

    private func error(_ call: String, _ id: Int64, _ code: String = "RateLimit") -> String {
        #"{"echo_req":{},"msg_type":"\#(call)","req_id":\#(id),"error":{"code":"\#(code)","message":"m"}}"#
    }

    @Test func questionsWaitForTheirTurnAndBuysDoNot() {
        var s = LineScript.ready()
        let before = s.sent.count
        for units in 1...40 { s.command(.quote(LineScript.account, Self.quote, stake: Money(minorUnits: Int64(units), currency: .usd))) }
        let asked = s.sent.count - before
        #expect((1...13).contains(asked), "of 25 a minute, a quarter of which may have been spent by the process before: \(asked)")
        #expect(s.line.queue.count == 40 - asked)
        // A look-up takes what quotes may not.
        s.command(.lookUp(LineScript.account, intents: [], anchor: nil, since: s.now))
        #expect(s.sent.last?["statement"]?.integer == 1)
        s.command(.buy(LineScript.account, LineScript.intent))
        #expect(s.sent.last?["buy"] != nil)
        // The same quote again waits only once.
        s.command(.quote(LineScript.account, Self.quote, stake: Money(minorUnits: 40, currency: .usd)))
        #expect(s.line.queue.count == 40 - asked)
    }

    @Test func whatWaitsLeavesWhenThereIsRoom() {
        var s = LineScript.ready()
        s.command(.lookUp(LineScript.account, intents: [], anchor: nil, since: s.now))
        for contract in 0..<70 { s.command(.watch(LineScript.account, ContractID(rawValue: Int64(1_000 + contract)))) }
        let waiting = s.line.queue.count
        #expect(waiting > 0)
        while s.line.state == .ready {
            var next = 0
            while next < s.sent.count {
                let request = s.sent[next], id = request["req_id"]!.integer!
                next += 1
                guard s.line.requests.purpose(id) != nil else { continue }
                if request["proposal_open_contract"] != nil {
                    let contract = request["contract_id"]!.integer!
                    s.frame(#"{"msg_type":"proposal_open_contract","req_id":\#(id),"proposal_open_contract":{"contract_id":\#(contract),"is_sold":0}}"#)
                } else if request["ping"] != nil {
                    s.frame(#"{"msg_type":"ping","req_id":\#(id),"ping":"pong"}"#)
                } else if request["time"] != nil {
                    s.frame(#"{"msg_type":"time","req_id":\#(id),"time":\#(s.now.seconds)}"#)
                } else if request["statement"] != nil {
                    s.frame(#"{"msg_type":"statement","req_id":\#(id),"statement":{"transactions":[]}}"#)
                } else if request["balance"] != nil {
                    s.frame(#"{"msg_type":"balance","req_id":\#(id),"balance":{"balance":10000.00}}"#)
                }
            }
            if s.line.queue.isEmpty { break }
            let due = s.line.nextDeadline!
            #expect(due > s.now)
            s.now = due
            s.line.passTime(at: s.now)
            s.drain()
        }
        #expect(s.line.state == .ready, "\(s.takeOther())")
        #expect(s.sent.count { $0["proposal_open_contract"] != nil } == 70)
        #expect(s.now.milliseconds(since: Timestamp(seconds: 1_790_000_000)) <= 64_000, "the minute that was spent in part is over")
    }

    @Test func aReadThatWasTooMuchIsAskedAgainOnTheSameLine() {
        var s = LineScript.ready()
        _ = (s.takeEvents(), s.takeOther())
        s.command(.offers(LineScript.account, Symbol("1HZ100V")!))
        s.command(.offers(LineScript.account, Symbol("R_100")!))
        let asked = s.sent.count { $0["contracts_for"] != nil }
        #expect(asked == 2)
        let ids = s.sent.filter { $0["contracts_for"] != nil }.map { $0["req_id"]!.integer! }
        for id in ids { s.frame(error("contracts_for", id)) }
        #expect(s.line.state == .ready && s.line.queue.count == 2, "no storm: nothing more is asked yet")
        #expect(s.takeEvents().contains { if case .circuitOpened(Label("rate limit"), _) = $0 { true } else { false } }, "buys count in the same group")
        s.command(.buy(LineScript.account, buy(1, at: s.now)))
        #expect(s.takeEvents() == [.notSent(buy(1, at: s.now).id)])
        s.wait(2)
        let trial = s.sent.last!["req_id"]!.integer!
        #expect(s.line.requests.purpose(trial) != nil && s.line.queue.count >= 1, "one is tried")
        s.frame(#"{"msg_type":"time","req_id":\#(trial),"time":\#(s.now.seconds)}"#)
        #expect(s.sent.count { $0["contracts_for"] != nil } == 4 && s.line.queue.isEmpty)
        #expect(s.takeEvents() == [.circuitClosed])
        s.command(.buy(LineScript.account, buy(2, at: s.now)))
        #expect(s.sent.last?["buy"] != nil)
    }

    @Test func aBuyThatWasTooMuchIsADoubtAndNeverAskedAgain() {
        var s = LineScript.ready()
        _ = s.takeEvents()
        s.command(.buy(LineScript.account, LineScript.intent))
        let id = s.request("buy")
        s.frame(
            #"{"echo_req":{"passthrough":{"intent":"\#(LineScript.intent.id.text)"}},"msg_type":"buy","req_id":\#(id),"error":{"code":"RateLimit","message":"m"}}"#
        )
        let events = s.takeEvents()
        #expect(events.contains(.buyUnclear(LineScript.intent.id, code: Label("RateLimit")!)))
        #expect(events.contains { if case .circuitOpened = $0 { true } else { false } })
        s.wait(60)
        #expect(s.sent.count { $0["buy"] != nil } == 1)
    }

    @Test func whenNoCallIsLeftTheEngineIsToldBeforeTheNextBuy() {
        var s = LineScript.ready()
        _ = s.takeEvents()
        var bought: UInt64 = 0, opened: Timestamp?
        while opened == nil, bought < 500 {
            bought += 1
            s.command(.buy(LineScript.account, buy(bought, at: s.now)))
            for event in s.takeEvents() {
                if case .circuitOpened(Label("request budget"), let until) = event { opened = until } else { Issue.record("\(event)") }
            }
        }
        #expect((90...120).contains(bought) && s.sent.count { $0["buy"] != nil } == Int(bought), "each of \(bought) left")
        #expect(opened.map { $0 > s.now && $0 <= s.now.adding(seconds: 65) } ?? false)
    }

    @Test func connectionsThatFailAgainAndAgainOpenTheCircuitAndAnAnswerClosesIt() {
        var s = LineScript.ready()
        for _ in 0..<4 {
            s.line.closed(cause: "gone", clean: true, at: s.now)
            s.drain()
            s.logIn()
        }
        #expect(!s.line.circuit.isOpen)
        _ = s.takeEvents()
        s.line.closed(cause: "gone", clean: true, at: s.now)
        s.drain()
        let until = s.now.adding(seconds: 60)
        #expect(s.takeEvents().last == .circuitOpened(cause: Label("repeated failures")!, until: until))
        s.logIn()
        #expect(s.takeEvents().contains(.circuitOpened(cause: Label("repeated failures")!, until: until)), "whoever has just started knows it, too")
        s.command(.buy(LineScript.account, buy(1, at: s.now)))
        #expect(s.takeEvents() == [.notSent(buy(1, at: s.now).id)])
        for _ in 0..<6 {
            s.wait(10)
            s.frame(#"{"msg_type":"ping","req_id":\#(s.request("ping")),"ping":"pong"}"#)
        }
        #expect(s.line.circuit.isProbed && s.takeEvents().isEmpty, "its time has passed; the broker has not answered yet")
        s.frame(#"{"msg_type":"time","req_id":\#(s.request("time")),"time":\#(s.now.seconds)}"#)
        #expect(s.takeEvents() == [.circuitClosed])
        s.command(.buy(LineScript.account, buy(2, at: s.now)))
        #expect(s.sent.last?["buy"] != nil)
        // One more soon after opens it again, for longer.
        s.line.closed(cause: "gone", clean: true, at: s.now)
        s.drain()
        #expect(s.takeEvents().last == .circuitOpened(cause: Label("repeated failures")!, until: s.now.adding(seconds: 120)))
    }

    @Test func aLineThatComesAndGoesAsksNoMoreThanOneThatStays() {
        var s = LineScript(), pauses: [Int64] = []
        s.command(.open(LineScript.account, LineScript.profile))
        for _ in 0..<40 {
            s.logIn()
            s.line.closed(cause: "gone", clean: true, at: s.now)
            for case .connect(let pause) in s.line.actions { pauses.append(pause); s.now = s.now.adding(milliseconds: pause) }
            s.drain()
        }
        #expect(pauses.count == 40)
        let minutes = s.now.milliseconds(since: Timestamp(seconds: 1_790_000_000)) / 60_000
        let reports = s.sent.count { $0["statement"] != nil }, all = s.sent.count + 40
        #expect(reports <= (Int(minutes) + 1) * 22 && all <= (Int(minutes) + 1) * 162, "\(reports) reports and \(all) calls in \(minutes) minutes")
    }

    @Test(arguments: ["{}", #"{"api_call_limits":{}}"#, #"{"api_call_limits":{"max_requestes_general":{"minutely":1,"hourly":1}}}"#, "[]"])
    func limitsThatCannotBeReadChangeNothing(status: String) {
        var s = LineScript.ready()
        let before = s.line.budget.limits
        s.line.send(.limits, at: s.now, Requests.limits)
        s.drain()
        s.frame(#"{"msg_type":"website_status","req_id":\#(s.request("website_status")),"website_status":\#(status)}"#)
        #expect(s.line.budget.limits == before && s.line.state == .ready)
    }

    @Test func whatTheBrokerPublishesIsHonoured() {
        var s = LineScript.ready()
        s.line.send(.limits, at: s.now, Requests.limits)
        s.drain()
        s.frame(LineScript.status(s.request("website_status"), general: 50, outcome: 20, pricing: 30))
        #expect(s.line.budget.limits.general.minutely == 50 && s.line.budget.limits.outcome.minutely == 20 && s.line.budget.limits.pricing.minutely == 30)
    }
}
