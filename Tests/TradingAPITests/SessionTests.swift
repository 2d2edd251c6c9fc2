import HTTPTypes
import PlainJSON
import Synchronization
import Testing
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

@testable import TradingAPI

/// Sessions, accounts, trades and the emergency stop over HTTP.
@Suite struct SessionTests {
    let client = Client()
    var desk: FakeDesk { client.desk }
    let whole = """
        {"account":1,"name":"first","criteria":{"symbols":["1HZ100V"],"sources":["api"],"strategies":["even-odd"]},\
        "strategies":[{"name":"even-odd","parameters":{"streak":4}}],"stake":{"percentOfBalance":1.5},\
        "limits":{"tradesPerDay":10,"lossPerDay":"50","greatestStake":2.5,"riskPerTrade":0.75,"drawdown":10.5,"lossesInARow":0},\
        "duration":"3t","openContracts":2,"zone":"Asia/Kolkata"}
        """

    private var plan: SessionPlan {
        SessionPlan(
            name: Label("first")!, criteria: SignalCriteria(symbols: [Symbol("1HZ100V")!], sources: [Label("api")!], strategies: [Label("even-odd")!]),
            strategies: [StrategyChoice(name: Label("even-odd")!, parameters: [StrategyParameter(name: Label("streak")!, value: 4)])],
            stakeRule: .shareOfBalance(basisPoints: 150),
            limits: RiskLimits(tradesPerDay: 10, lossPerDay: .usd(5_000), greatestStake: .usd(250), riskPerTradeBasisPoints: 75, drawdownBasisPoints: 1_050),
            duration: .ticks(3), openContracts: 2, zone: Label("Asia/Kolkata")!)
    }

    @Test func everyFieldOfAPlanArrivesAndComesBack() async throws {
        let answer = await client.post("/api/v1/sessions", whole)
        #expect(answer.status == 201)
        #expect(answer.headers[.location] == "/api/v1/sessions/101")
        guard case .createSession(let id, let owner, let account, let plan, let by)? = desk.asked.first else { Issue.record("nothing was created"); return }
        #expect((id.rawValue, owner.rawValue, account.rawValue, by) == (101, 1, 1, Label("api")!))
        #expect(plan == self.plan)
        #expect(answer.json["phase"]?.string == "idle")
        #expect(answer.json["limitsOff"]?.array == [.string("lossesInARow")], "0 is off, and the answer says so")
        // What comes back can be sent again.
        let text = try #require(answer.text.firstRange(of: "\"plan\":").map { answer.text[$0.upperBound...] }).prefix { $0 != "\n" }
        let shown = String(text[..<(try #require(text.firstRange(of: ",\"limitsOff\"")).lowerBound)])
        #expect(await client.put("/api/v1/sessions/101/plan", shown).status == 200)
        guard case .changePlan(_, _, let again, _)? = desk.asked.last else { Issue.record("nothing was changed"); return }
        #expect(again == self.plan)
    }

    @Test func theLeastPlanHasEveryLimitOff() async {
        let answer = await client.post("/api/v1/sessions", #"{"account":1,"name":"a","stake":{"fixed":1}}"#)
        #expect(answer.json["limitsOff"]?.array?.count == 6)
        #expect(answer.json["plan"]?["zone"]?.string == "UTC")
        #expect(answer.json["plan"]?["stake"]?["fixed"]?.string == "1.00")
    }

    @Test func aSessionShowsEveryFigure() async throws {
        desk.state.withLock {
            $0.refusals = [RefusalCount(strategy: Label("even-odd")!, refusal: Refusal(.accountBusy, waitingHelps: true), count: 4, lastAt: .fixture)]
        }
        let json = await client.get("/api/v1/sessions/10").json
        let texts = [
            "phase": "active", "startBalance": "1000.00", "currentBalance": "987.50", "profit": "-12.50", "currency": "USD",
            "lastTradeAt": "2026-11-22T10:15:30.250Z",
        ]
        for (name, text) in texts { #expect(json[name]?.string == text, "\(name)") }
        let numbers: [String: Int64] = ["trades": 3, "wins": 1, "losses": 2, "lossesInARow": 2, "openContracts": 0]
        for (name, number) in numbers { #expect(json[name]?.integer == number, "\(name)") }
        #expect(json["currentDrawdown"]?.number == JSONNumber(mantissa: 125, scale: 2))
        #expect(json["greatestDrawdown"]?.number == JSONNumber(mantissa: 300, scale: 2))
        #expect(json["winRate"]?.number == JSONNumber(mantissa: 3_333, scale: 2))
        #expect(json["breakEvenRate"]?.number == JSONNumber(mantissa: 5_128, scale: 2))
        #expect(json["today"]?["profit"]?.string == "-12.50")
        #expect(json["endBalance"] == .null)
        #expect(json["refusals"]?.array?.first?["count"]?.integer == 4)
    }

    @Test func aPauseSaysWhatEndsIt() async {
        desk.state.withLock { $0.sessions[0].phase = .paused(.limitOfTheDay(.tradesPerDayReached)) }
        let json = await client.get("/api/v1/sessions/10").json
        #expect(json["paused"]?["cause"]?.string == "trades_per_day_reached")
        #expect(json["paused"]?["until"]?.string == "next trading day")
    }

    @Test func aStoppedSessionHasAnEndBalance() async {
        desk.state.withLock { $0.sessions[0].phase = .stopped }
        #expect(await client.get("/api/v1/sessions/10").json["endBalance"]?.string == "987.50")
    }

    @Test func everyTurnReachesTheLoopAsWhatItIs() async {
        let id = SessionID(rawValue: 10), owner = OwnerID(rawValue: 1), by = Label("api")!
        for turn in ["start", "pause", "resume", "stop"] { #expect(await client.post("/api/v1/sessions/10/\(turn)").status == 200) }
        #expect(await client.post("/api/v1/sessions/10/resume", #"{"acceptDrawdown":true}"#).status == 200)
        #expect(
            desk.asked == [
                .startSession(id, owner: owner, by: by), .pauseSession(id, owner: owner, by: by),
                .resumeSession(id, owner: owner, acceptDrawdown: false, by: by), .stopSession(id, owner: owner, by: by),
                .resumeSession(id, owner: owner, acceptDrawdown: true, by: by),
            ])
    }

    @Test func theFourQuestionsAreAsked() async throws {
        let terms = ContractTerms(symbol: Symbol("R_100")!, kind: .odd, duration: .ticks(3))
        let answer = await client.get("/api/v1/sessions/10/can-execute-trade?stake=2.50&symbol=R_100&kind=odd&duration=3t")
        for path in ["daily-limits", "drawdown", "consecutive-losses"] { #expect(await client.get("/api/v1/sessions/10/\(path)").status == 200) }
        let questions: [RiskQuestion] = desk.asked.compactMap { if case .ask(_, _, let question) = $0 { question } else { nil } }
        #expect(questions == [.canExecuteTrade(stake: .usd(250), terms: terms), .dailyLimits, .drawdown, .consecutiveLosses])
        #expect(answer.json["allowed"]?.bool == false)
        #expect(answer.json["refusals"]?.array?.first?["code"]?.string == "drawdown_reached")
        #expect(answer.json["refusals"]?.array?.first?["compared"]?["value"]?.string == "10.00")
        #expect(answer.json["figures"]?["profitToday"]?.string == "-12.50")
    }

    @Test func aListIsPagedToItsEnd() async throws {
        desk.state.withLock { $0.sessions += (30..<37).map { .fixture($0, owner: 1, phase: .stopped) } }
        var seen: [Int64] = [], target = "/api/v1/sessions?limit=3", pages = 0
        while pages < 10 {
            let page = await client.get(target).json
            seen += try #require(page["items"]?.array).compactMap { $0["id"]?.integer }
            pages += 1
            guard let next = page["next"]?.string else { break }
            target = "/api/v1/sessions?limit=3&after=\(next)"
        }
        #expect(seen == [10] + (30..<37))
        #expect(pages == 3)
        #expect(await client.get("/api/v1/sessions?phase=stopped").json["items"]?.array?.count == 7)
    }

    // MARK: The same request twice

    @Test func aRepeatedRequestIsDoneOnce() async {
        let first = await client.post("/api/v1/sessions", whole, key: "s1"), again = await client.post("/api/v1/sessions", whole, key: "s1")
        #expect((again.status, again.text) == (first.status, first.text))
        #expect(again.headers[Idempotency.replayed] == "true")
        #expect(desk.asked.count == 1)
        #expect(await client.post("/api/v1/sessions", whole.replacing("first", with: "other"), key: "s1").line == "422 idempotency_key_reused Idempotency-Key")
        #expect(await client.post("/api/v1/sessions/10/start", key: "s1").line == "422 idempotency_key_reused Idempotency-Key")
        #expect(await client.post("/api/v1/sessions", whole, key: "s2").status == 201)
    }

    @Test func aSessionThatWasCreatedButNotRememberedIsNotCreatedAgain() async {
        desk.state.withLock { $0.isForgetful = true }
        let first = await client.post("/api/v1/sessions", whole, key: "s1"), again = await client.post("/api/v1/sessions", whole, key: "s1")
        #expect((again.status, again.text) == (first.status, first.text))
        #expect(desk.asked.count == 1 && desk.state.withLock { $0.sessions.count { $0.owner == OwnerID(rawValue: 1) } } == 2)
        #expect(await client.post("/api/v1/sessions", whole, key: "s2").headers[.location] != first.headers[.location])
    }

    @Test func whatWasRefusedMayBeTriedAgain() async {
        desk.script(.success(.declined(.emergencyStopped)), .failure(.overloaded))
        for line in ["409 emergency_stopped", "503 overloaded", "200"] { #expect(await client.post("/api/v1/sessions/10/start", key: "s1").line == line) }
        #expect(desk.asked.count == 3)
    }

    @Test func aKeyInUseHasToWait() {
        let keys = KeysInUse(), one = OwnerID(rawValue: 1)
        #expect(keys.take(one, "k") && !keys.take(one, "k") && keys.take(OwnerID(rawValue: 2), "k"))
        keys.give(back: "k", of: one)
        #expect(keys.take(one, "k"))
    }

    // MARK: Accounts, trades, emergency

    @Test func anAccountIsShownWithoutItsToken() async {
        let answer = await client.post("/api/v1/accounts", #"{"token":"tok-en_1"}"#)
        #expect(answer.status == 201)
        #expect(answer.json["loginId"]?.string == "VRTC903")
        #expect(answer.json["available"]?.string == "999.00")
        #expect(answer.json["virtual"]?.bool == true)
        #expect(await client.post("/api/v1/accounts/1/check").json["scopes"]?.array == [.string("read"), .string("trade")])
        #expect(await client.delete("/api/v1/accounts/1").status == 204)
    }

    @Test func limitsOfAnAccountAreSet() async {
        #expect(await client.put("/api/v1/accounts/1/limits", #"{"lossPerDay":"100","openExposure":0,"openContracts":5}"#).status == 200)
        #expect(
            desk.asked == [
                .setAccountLimits(
                    AccountID(rawValue: 1), owner: OwnerID(rawValue: 1), ExposureLimits(lossPerDay: .usd(10_000), openContracts: 5), by: Label("api")!)
            ])
    }

    @Test func aTradeShowsHowItEnded() async {
        let json = await client.get("/api/v1/trades/10.00000000000000000000000000000005").json
        #expect(json["state"]?.string == "settled")
        #expect(json["profit"]?.string == "0.95")
        #expect(json["settlement"]?["payout"]?.string == "1.95")
    }

    @Test func aPersonResolvesAnAmbiguousBuy() async throws {
        let id = try #require(IntentID("10.00000000000000000000000000000005")), owner = OwnerID(rawValue: 1), by = Label("api")!
        #expect(await client.post("/api/v1/trades/\(id)/resolve", #"{"contract":"77"}"#).status == 200)
        #expect(await client.post("/api/v1/trades/\(id)/resolve", #"{"contract":null}"#).status == 200)
        #expect(
            desk.asked == [.resolveDoubt(id, owner: owner, contract: ContractID(rawValue: 77), by: by), .resolveDoubt(id, owner: owner, contract: nil, by: by)])
    }

    @Test func theEmergencyStopIsSetAndLifted() async {
        let rest = #""pending":[],"operators":null,"ending":{"sessions":0,"openContracts":0,"unresolvedBuys":0}}"#
        #expect(await client.get("/api/v1/emergency-stop").text == #"{"stopped":false,"# + rest)
        #expect(await client.post("/api/v1/emergency-stop").text == #"{"stopped":true,"# + rest)
        #expect(await client.get("/api/v1/emergency-stop").text == #"{"stopped":true,"# + rest)
        #expect(await client.delete("/api/v1/emergency-stop").text == #"{"stopped":false,"# + rest)
    }

    @Test func ownerLimitsAreSetAndShown() async {
        #expect(await client.get("/api/v1/limits").text == #"{"currency":null,"lossPerDay":null,"openExposure":null,"openContracts":null,"pending":[]}"#)
        let set = #"{"currency":"USD","lossPerDay":"50.00","openExposure":null,"openContracts":4,"pending":[]}"#
        #expect(await client.put("/api/v1/limits", #"{"lossPerDay":50,"openExposure":0,"openContracts":4}"#).text == set)
        #expect(await client.get("/api/v1/limits").text == set)
        for (body, line) in [
            (#"{"lossPerDay":-1}"#, "400 invalid_field lossPerDay"), (#"{"lossPerDay":"x"}"#, "400 invalid_field lossPerDay"),
            (#"{"openContracts":10001}"#, "400 invalid_field openContracts"), (#"{"currency":"EUR","lossPerDay":1}"#, "400 invalid_field currency"),
            (#"{"lossPerWeek":1}"#, "400 unknown_field lossPerWeek"),
        ] { #expect(await client.put("/api/v1/limits", body).line == line, "\(body)") }
        #expect(await client.get("/api/v1/limits").text == set, "nothing of it was taken")
    }

    @Test func aLeastPayoutIsAPercentageAboveAHundred() async {
        func create(_ payout: String) async -> String {
            await client.post("/api/v1/sessions", #"{"account":1,"name":"n","stake":{"fixed":1},"leastPayout":\#(payout)}"#).line
        }
        for good in ["190", "100.01", "0", "null", "10000"] { #expect(await create(good) == "201", "\(good)") }
        for bad in ["100", "99.5", "-1", "10000.01", "190.001", "\"190\"", "true"] { #expect(await create(bad) == "400 invalid_field leastPayout", "\(bad)") }
    }

    @Test func healthTellsTheTruth() async {
        #expect(await client.get("/api/v1/health").json["parts"]?.array?.first?["name"]?.string == "journal")
        desk.state.withLock { $0.isReady = false }
        #expect(await client.get("/api/v1/health/ready").status == 503)
        #expect(await client.get("/api/v1/health/live").status == 200)
    }

    @Test func theStrategiesAreListed() async {
        let items = await client.get("/api/v1/strategies").json["items"]?.array ?? []
        #expect(items.contains { $0["name"]?.string == "even-odd" && $0["parameters"]?.array?.isEmpty == false })
    }
}
