import HTTPTypes
import People
import PlainJSON
import Synchronization
import Testing
import TradingEngine
import TradingModel
import TradingPorts

@testable import TradingAPI

/// What operators do with everybody's trading, over HTTP.
@Suite struct OperateTests {
    private let nothing = #""ending":{"sessions":0,"openContracts":0,"unresolvedBuys":0}}"#

    @Test func operatorsStopEverybodyAndLiftItWithThePassword() async throws {
        let desk = FakeDesk(), world = try PeopleWorld(desk: desk)
        let olga = try await world.person("olga", .operator), browser = try await world.browser("olga")
        let none = #"{"stopped":false,"since":null,"by":null,"reason":null,"# + nothing
        #expect(await browser.get("/api/v1/operate/emergency-stop").text == none)
        for (body, line) in [
            (nil, "400 missing_field reason"), ("{}", "400 missing_field reason"), (#"{"reason":""}"#, "400 invalid_field reason"),
            (#"{"reason":"  "}"#, "400 invalid_field reason"), (#"{"reason":7}"#, "400 invalid_field reason"),
            (#"{"reason":"a\nb"}"#, "400 invalid_field reason"),
            (#"{"reason":"\#(String(repeating: "x", count: 501))"}"#, "400 invalid_field reason"), (#"{"reason":"x","all":true}"#, "400 unknown_field all"),
        ] {
            let answer = await browser.send(.post, "/api/v1/operate/emergency-stop", body)
            #expect(body == nil ? answer.status == 400 || answer.status == 415 : answer.line == line, "\(body ?? "no body"): \(answer.line)")
        }
        #expect(desk.asked.isEmpty && desk.state.withLock(\.entered).isEmpty)

        let by = "operator \(olga.id)", stopped = await browser.send(.post, "/api/v1/operate/emergency-stop", #"{"reason":"prices look wrong"}"#)
        let shown = #"{"stopped":true,"since":"2026-11-22T10:15:30.250Z","by":"\#(by)","reason":"prices look wrong","# + nothing
        #expect(stopped.text == shown)
        #expect(await browser.send(.post, "/api/v1/operate/emergency-stop", #"{"reason":"another"}"#).text == shown, "the first reason stays")
        #expect(await browser.get("/api/v1/emergency-stop").json["operators"]?["reason"]?.string == "prices look wrong", "owners read why")
        #expect(await browser.get("/api/v1/emergency-stop").json["stopped"]?.bool == false, "it is not their own")

        world.turn(bySeconds: 3_000)
        let later = try await world.browser("olga")
        world.turn(bySeconds: 601)
        #expect(await later.send(.delete, "/api/v1/operate/emergency-stop").line == "403 password_needed")
        #expect(await later.get("/api/v1/operate/emergency-stop").json["stopped"]?.bool == true)
        #expect(await later.send(.post, "/api/v1/operate/emergency-stop", #"{"reason":"needs none"}"#).status == 200, "to stop takes no password")
        let proven = try await world.browser("olga")
        #expect(await proven.send(.delete, "/api/v1/operate/emergency-stop").text == none)
        #expect(desk.asked.last == .liftOperatorsStop(by: Label(by)!))
        let entered = desk.state.withLock(\.entered)
        #expect(entered.count == 4 && entered.first == "person \(olga.id) at 127.0.0.1 | operators stop | everybody's trading")
        #expect(entered.last == "person \(olga.id) at 127.0.0.1 | operators stop lift | everybody's trading")
    }

    @Test(arguments: [Role.viewer, .trader, .auditor]) func nobodyElseStopsEverybody(_ role: Role) async throws {
        let desk = FakeDesk(), world = try PeopleWorld(desk: desk)
        try await world.person("root", .admin)
        try await world.person("ada", role)
        let ada = try await world.browser("ada")
        for (method, path) in [
            (.get, "/api/v1/operate/emergency-stop"), (.post, "/api/v1/operate/emergency-stop"), (.delete, "/api/v1/operate/emergency-stop"),
            (.get, "/api/v1/operate/trades"), (.get, "/api/v1/operate/trades/10.00000000000000000000000000000005/candidates"),
            (.post, "/api/v1/operate/trades/10.00000000000000000000000000000005/resolve"),
        ] as [(HTTPRequest.Method, String)] { #expect(await ada.send(method, path, method == .post ? "{}" : nil).line == "403 forbidden", "\(method) \(path)") }
        #expect(desk.asked.isEmpty)
    }

    @Test func whatStillRunsIsToldWithTheStop() async throws {
        let desk = FakeDesk(), world = try PeopleWorld(desk: desk)
        try await world.person("olga", .operator)
        let browser = try await world.browser("olga")
        desk.state.withLock { state in
            var session = SessionRow.fixture(30, owner: 2, phase: .stopping)
            (session.openContracts, session.unresolved) = (3, 2)
            state.sessions.append(session)
        }
        let answer = await browser.send(.post, "/api/v1/operate/emergency-stop", #"{"reason":"x"}"#).text
        #expect(answer.hasSuffix(#""ending":{"sessions":1,"openContracts":3,"unresolvedBuys":2}}"#))
    }

    @Test func anOperatorResolvesADoubtOfAnybodys() async throws {
        let desk = FakeDesk(), world = try PeopleWorld(desk: desk)
        let olga = try await world.person("olga", .operator), browser = try await world.browser("olga")
        #expect(await browser.get("/api/v1/operate/trades").text == #"{"items":[],"next":null}"#)
        desk.state.withLock { state in
            for (index, what) in [TradeState.inDoubt, .ambiguous].enumerated() {
                (state.trades[index].state, state.trades[index].contract, state.trades[index].settlement) = (what, nil, nil)
            }
        }
        func owners(_ query: String) async -> [Int64] {
            await browser.get("/api/v1/operate/trades\(query)").json["items"]?.array?.compactMap { $0["owner"]?.integer } ?? []
        }
        #expect(await owners("") == [1, 2])
        #expect(await owners("?state=in_doubt") == [1])
        #expect(await owners("?state=ambiguous") == [2])
        #expect(await browser.get("/api/v1/operate/trades?state=settled").line == "400 invalid_field state")

        let id = try #require(IntentID("20.00000000000000000000000000000006")), path = "/api/v1/operate/trades/\(id)"
        let candidate = Contract(
            id: ContractID(rawValue: 77), transaction: TransactionID(rawValue: 78), price: .usd(100), payout: .usd(195), purchasedAt: .fixture)
        desk.script(.success(.candidates([candidate])))
        #expect(await browser.get("\(path)/candidates").json["items"]?.array?.first?["id"]?.string == "77")
        #expect(desk.asked.last == .askCandidates(id, owner: OwnerID(rawValue: 2)))
        #expect(await browser.send(.post, "\(path)/resolve", "{}").line == "400 missing_field contract")
        let answer = await browser.send(.post, "\(path)/resolve", #"{"contract":"77"}"#)
        #expect(answer.status == 200 && answer.json["owner"]?.integer == 2 && answer.json["trade"]?["id"]?.string == id.text)
        #expect(
            desk.asked.last == .resolveDoubt(id, owner: OwnerID(rawValue: 2), contract: ContractID(rawValue: 77), by: Label("operator \(olga.id)")!))
        desk.script(.success(.declined(.intentNotFound)))
        #expect(await browser.send(.post, "\(path)/resolve", #"{"contract":null}"#).line == "409 intent_not_ambiguous")
        #expect(
            desk.state.withLock(\.entered) == ["person \(olga.id) at 127.0.0.1 | trade resolve | trade \(id) of owner 2, contract 77"], "once, when it was done"
        )
        let unknown = "/api/v1/operate/trades/20.00000000000000000000000000000099"
        #expect(await browser.get("\(unknown)/candidates").line == "404 intent_not_found")
        #expect(await browser.send(.post, "\(unknown)/resolve", #"{"contract":null}"#).line == "404 intent_not_found")
    }
}
