import HTTPTypes
import Hummingbird
import People
import PlainJSON
import SQLiteStore
import Synchronization
import Testing
import TradingModel
import TradingPorts

@testable import TradingAPI
@testable import TradingEngine

/// Who may raise, and what the answers say of what waits.
@Suite struct PromiseTests {
    static let raises: [(HTTPRequest.Method, String, String?)] = [
        (.put, "/api/v1/limits", #"{"openContracts":3}"#), (.put, "/api/v1/accounts/3/limits", #"{"openContracts":3}"#),
        (.put, "/api/v1/promise-lock", #"{"waitSeconds":60}"#), (.delete, "/api/v1/emergency-stop", nil),
        (.post, "/api/v1/sessions/30/resume", #"{"acceptDrawdown":true}"#),
        (.put, "/api/v1/sessions/30/plan", #"{"name":"x","stake":{"fixed":"1.00"}}"#),
        (.post, "/api/v1/sessions", #"{"account":3,"name":"x","stake":{"fixed":"1.00"}}"#),
    ]

    private func world() async throws -> (PeopleWorld, OwnerID) {
        let world = try PeopleWorld(), ada = try await world.person("ada")
        world.client.desk.state.withLock { state in
            state.accounts.append(.fixture(3, owner: ada.id.rawValue))
            state.sessions.append(.fixture(30, owner: ada.id.rawValue, account: AccountID(rawValue: 3)))
        }
        return (world, ada.id)
    }

    @Test func onlyWhoTypedThePasswordLatelyMayRaise() async throws {
        let (world, _) = try await world(), browser = try await world.browser("ada")
        func asked() async -> [Bool] {
            world.client.desk.state.withLock { ($0.asked, $0.mayRaise) = ([], []) }
            for (method, target, body) in PromiseTests.raises {
                let answer = await browser.send(method, target, body)
                #expect((200...201).contains(answer.status), "\(target): \(answer.text)")
            }
            return world.client.desk.state.withLock { $0.mayRaise }
        }
        #expect(await asked() == Array(repeating: true, count: PromiseTests.raises.count))
        world.turn(bySeconds: 301)
        #expect(await asked() == Array(repeating: false, count: PromiseTests.raises.count))
        // And what the engine then says is what the dashboard asks the password for.
        world.client.desk.script(.success(.declined(.personNeeded)))
        #expect(await browser.send(.put, "/api/v1/limits", #"{}"#).line == "403 password_needed")
    }

    @Test func aKeyOfAPersonMayNotRaise() async throws {
        let (world, ada) = try await world()
        _ = try await world.browser("ada")
        let visit = try #require(try await world.store.visits(ada).first)
        guard
            case .done(_, let text) = try await world.book.makeKey(
                visit, name: Label("k")!, scopes: [.readTrades, .controlSessions], sessions: [], addresses: [], validDays: 1, by: .host)
        else { throw PeopleWorld.NotAdded() }
        var client = world.client
        client.key = text.reveal { $0 }
        #expect(await client.delete("/api/v1/emergency-stop").status == 200)
        #expect(await client.put("/api/v1/sessions/30/plan", #"{"name":"x","stake":{"fixed":"1.00"}}"#).status == 200)
        client.desk.script(.success(.declined(.personNeeded)))
        #expect(await client.delete("/api/v1/emergency-stop").line == "403 person_needed")
        // A key of `signalist owner` whose owner is a person is no better; one whose owner is none is all there is.
        client.key = "key-of-1"
        #expect(await client.delete("/api/v1/emergency-stop").status == 200)
        client.key = "key-of-2"
        #expect(await client.delete("/api/v1/emergency-stop").status == 200)
        #expect(ada == OwnerID(rawValue: 1), "the fixture's first key is of the first person")
        #expect(client.desk.state.withLock { $0.mayRaise } == [false, false, false, false, true])
    }

    @Test func makingAndWideningAHookNeedsThePassword() async throws {
        let (world, _) = try await world(), browser = try await world.browser("ada")
        let body = #"{"name":"a","format":"signed","addresses":["192.0.2.0/24"],"alertsPerMinute":10}"#
        let made = await browser.send(.post, "/api/v1/hooks", body), hook = "/api/v1/hooks/\(made.json["id"]?.string ?? "")"
        #expect(made.status == 201)
        world.turn(bySeconds: 301)
        #expect(await browser.send(.post, "/api/v1/hooks", body).line == "403 password_needed")
        #expect(await browser.send(.post, hook + "/secrets").line == "403 password_needed")
        for (change, status) in [
            (#"{"name":"b","addresses":["192.0.2.0/24"],"alertsPerMinute":10}"#, 200), (#"{"name":"b","addresses":["192.0.2.7"],"alertsPerMinute":5}"#, 200),
            (#"{"name":"b","addresses":["192.0.2.0/24"],"alertsPerMinute":5}"#, 403), (#"{"name":"b","addresses":[],"alertsPerMinute":5}"#, 403),
            (#"{"name":"b","addresses":["192.0.2.7"],"alertsPerMinute":6}"#, 403),
            (#"{"name":"b","addresses":["192.0.2.7"],"alertsPerMinute":5,"session":30}"#, 403),
            (#"{"name":"b","addresses":["192.0.2.7"],"alertsPerMinute":5,"ageSeconds":61}"#, 403),
            (#"{"name":"b","addresses":["192.0.2.7"],"alertsPerMinute":5,"template":{"symbol":"R_100","kind":"rise"}}"#, 403),
        ] {
            #expect(await browser.send(.put, hook, change).status == status, "\(change)")
        }
        #expect(await browser.send(.delete, hook).status == 204, "less needs no password")
        // Not by a key either, where there is a person.
        var client = world.client
        client.key = "key-of-1"
        #expect(await client.post("/api/v1/hooks", body).line == "403 person_needed")
        client.key = "key-of-2"
        #expect(await client.post("/api/v1/hooks", body).status == 201)
    }

    @Test func whatWaitsIsToldAndTakenBack() async {
        let client = Client(), due = Timestamp.fixture.adding(seconds: 3_600)
        func raise(_ id: Int64, _ change: Raise.Change) -> Raise {
            Raise(id: id, change: change, requestedAt: .fixture, dueAt: due, by: Label("person 1")!)
        }
        client.desk.state.withLock { state in
            state.promises[OwnerID(rawValue: 1)] = PromiseStanding(
                seconds: 3_600,
                raises: [
                    .init(raise(4, .ownerLimits(ExposureLimits(lossPerDay: .usd(9_000)))), isHeld: true),
                    .init(raise(5, .accountLimits(AccountID(rawValue: 1), .none)), isHeld: false),
                    .init(raise(6, .plan(SessionID(rawValue: 10), SessionPlan(name: Label("x")!, stakeRule: .fixed(.usd(1))))), isHeld: false),
                    .init(raise(7, .acceptDrawdown(SessionID(rawValue: 10))), isHeld: false), .init(raise(8, .liftEmergencyStop), isHeld: false),
                    .init(raise(9, .promise(seconds: 0)), isHeld: false),
                ])
        }
        func ids(_ answer: Client.Answer) -> [Int64?]? { answer.json["pending"]?.array?.map { $0["id"]?.integer } }
        #expect(await ids(client.get("/api/v1/limits")) == [4])
        #expect(await ids(client.put("/api/v1/accounts/1/limits", "{}")) == [5])
        #expect(await ids(client.put("/api/v1/sessions/10/plan", #"{"name":"x","stake":{"fixed":"1.00"}}"#)) == [6, 7])
        #expect(await ids(client.delete("/api/v1/emergency-stop")) == [8])
        let lock = await client.get("/api/v1/promise-lock")
        #expect(ids(lock) == [9] && lock.json["waitSeconds"]?.integer == 3_600)
        let all = await client.get("/api/v1/limits/pending").json["items"]?.array ?? []
        #expect(all.map { $0["change"]?.string } == ["owner_limits", "account_limits", "plan", "accept_drawdown", "emergency_stop_lift", "promise_lock"])
        #expect(all.first?["heldByLoss"]?.bool == true && all.first?["limits"]?["lossPerDay"]?.string == "90.00")
        #expect(all.first?["dueAt"]?.string == due.description && all.first?["by"]?.string == "person 1")
        #expect(await client.delete("/api/v1/limits/pending/4").status == 204)
        #expect(client.desk.asked.last == .takeBackRaise(OwnerID(rawValue: 1), 4, by: Label("api")!))
        for wrong in ["0", "-1", "x", "1.5"] { #expect(await client.delete("/api/v1/limits/pending/\(wrong)").line == "400 invalid_field raise") }
    }

    @Test(arguments: [
        ("{}", "400 missing_field waitSeconds"), (#"{"waitSeconds":-1}"#, "400 invalid_field waitSeconds"),
        (#"{"waitSeconds":2592001}"#, "400 invalid_field waitSeconds"), (#"{"waitSeconds":"1"}"#, "400 invalid_field waitSeconds"),
        (#"{"waitSeconds":1,"x":1}"#, "400 unknown_field x"),
    ])
    func aWrongPromiseSaysWhatIsWrong(_ body: String, _ line: String) async {
        let client = Client()
        #expect(await client.put("/api/v1/promise-lock", body).line == line)
        #expect(client.desk.asked == [])
    }
}
