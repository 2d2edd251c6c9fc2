import HTTPTypes
import Hummingbird
import People
import PlainJSON
import Synchronization
import Testing
import TradingModel
import TradingPorts

@testable import TradingAPI

/// What nobody who is not known can make the server do.
@Suite struct StrangerTests {
    private func client(unknownPerMinute: Int) -> Client {
        var configuration = APIConfiguration()
        configuration.limits.unknownPerMinute = unknownPerMinute
        return Client(configuration: configuration)
    }

    @Test func wrongKeysMakeTheStoreLookOnlySoOften() async {
        var client = client(unknownPerMinute: 5)
        #expect(await client.get("/api/v1/sessions").status == 200)
        #expect(client.desk.state.withLock(\.keysLookedUp) == 1)
        var lines: [String] = []
        for number in 0..<20 {
            client.key = "wrong-\(number)"
            lines.append(await client.get("/api/v1/sessions").line)
        }
        #expect(lines == Array(repeating: "401 unauthorized", count: 5) + Array(repeating: "429 rate_limited", count: 15))
        #expect(client.desk.state.withLock(\.keysLookedUp) == 6)
        client.key = "key-of-2"
        #expect(await client.get("/api/v1/sessions").line == "429 rate_limited", "it was never shown before, so it has to wait, too")
        client.key = "key-of-1"
        #expect(await client.get("/api/v1/sessions").status == 200, "who is known is not held up")
    }

    @Test func theSameWrongKeyIsLookedUpOnce() async {
        var client = client(unknownPerMinute: 100)
        client.key = "wrong"
        for _ in 0..<10 { #expect(await client.get("/api/v1/sessions").line == "401 unauthorized") }
        #expect(client.desk.state.withLock(\.keysLookedUp) == 1)
    }

    @Test func aRightKeyUsesNothingUp() async {
        var client = client(unknownPerMinute: 1)
        for key in ["key-of-1", "key-of-2", "key-of-1"] {
            client.key = key
            #expect(await client.get("/api/v1/sessions").status == 200)
        }
        client.key = "wrong"
        #expect(await client.get("/api/v1/sessions").line == "401 unauthorized")
        #expect(await client.get("/api/v1/sessions").line == "429 rate_limited")
    }

    @Test func wrongCookiesAreCountedToo() async throws {
        var limits = RequestLimits()
        limits.unknownPerMinute = 3
        let world = try PeopleWorld(limits: limits)
        try await world.person("ada")
        let ada = try await world.browser("ada")
        #expect(await ada.get("/api/v1/me").status == 200)
        var lines: [String] = []
        for number in 0..<5 {
            let wrong = Browser(client: world.client, cookie: "sid=" + String(repeating: "\(number)", count: 64))
            lines.append(await wrong.get("/api/v1/me").line)
        }
        #expect(lines == ["401 unauthorized", "401 unauthorized", "401 unauthorized", "429 rate_limited", "429 rate_limited"])
        #expect(await ada.get("/api/v1/me").status == 200)
        world.turn(bySeconds: 20)
        #expect(await Browser(client: world.client, cookie: "sid=" + String(repeating: "9", count: 64)).get("/api/v1/me").line == "401 unauthorized")
    }

    @Test func theSetUpIsAskedForOnlySoOften() async throws {
        var limits = RequestLimits()
        limits.unknownPerMinute = 2
        let world = try PeopleWorld(limits: limits)
        for status in [200, 200, 429] { #expect(await world.client.get("/api/v1/set-up").status == status) }
        #expect(await world.client.get("/api/v1/health/live").status == 200)
    }

    @Test func wrongAlertsMakeTheStoreLookOnlySoOften() async throws {
        let client = client(unknownPerMinute: 4), hook = await HookTests.make(client, HookTests.tradingView)
        #expect(await HookTests.send(client, hook, HookTests.alert(), signature: nil).status == 202)
        let wrong = HookTests.Made(id: "", secret: "", path: "/hooks/\(hook.id)/" + String(repeating: "a", count: 64))
        var statuses: [Int] = []
        for _ in 0..<8 { statuses.append(await HookTests.send(client, wrong, HookTests.alert(), signature: nil).status) }
        // From where the right one came lately a wrong one costs a look and a try all the same.
        #expect(statuses == [404, 404, 404, 404, 429, 429, 429, 429])
        #expect(await HookTests.send(client, hook, HookTests.alert(), signature: nil).status == 202, "the right one goes on")
        #expect(await HookTests.send(client, wrong, HookTests.alert(), signature: nil, from: "192.0.2.1").status == 404)
    }

    @Test func addressesOfOneHouseholdCountAsOne() async {
        let client = client(unknownPerMinute: 2)
        let wrong = HookTests.Made(id: "", secret: "", path: "/hooks/" + String(repeating: "a", count: 32) + "/b")
        var statuses: [Int] = []
        for peer in ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1"] {
            statuses.append(await HookTests.send(client, wrong, "{}", signature: nil, from: peer).status)
        }
        #expect(statuses == [404, 404, 429, 404])
        #expect(client.desk.state.withLock(\.hooksLookedUp) == 3)
    }

    @Test func ofAnAlertNoMoreIsReadThanItMayHave() async {
        let client = Client(), asked = Mutex<[Int]>([])
        for (path, key) in [("/hooks/abc", nil), ("/hooks/abc/def", nil), ("/api/v1/signals", "key-of-1")] as [(String, String?)] {
            var headers: HTTPFields = [.contentType: "application/json"]
            if let key { headers[.authorization] = "Bearer \(key)" }
            let request = APIRequest(
                method: .post, path: path, query: nil, headers: headers, authority: "localhost", peer: NetworkAddress("127.0.0.1"),
                body: { most in
                    asked.withLock { $0.append(most) }
                    return nil
                })
            #expect(await client.api.answer(request).reply.status == .contentTooLarge)
        }
        #expect(asked.withLock(\.self) == [8_192, 8_192, 65_536])
    }

    // MARK: What is remembered has a limit

    @Test func namesAreForgottenInTime() {
        let lately = Lately(most: 2, seconds: 30), at = Timestamp.fixture
        lately.note([1], at: at)
        lately.note([2], at: at.adding(seconds: 20))
        #expect(lately.holds([1], at: at.adding(seconds: 29)) && !lately.holds([1], at: at.adding(seconds: 30)))
        // Full: whose time is over goes, then all.
        lately.note([3], at: at.adding(seconds: 40))
        #expect(lately.holds([2], at: at.adding(seconds: 40)) && lately.holds([3], at: at.adding(seconds: 40)))
        lately.note([4], at: at.adding(seconds: 41))
        #expect(!lately.holds([2], at: at.adding(seconds: 41)) && lately.holds([4], at: at.adding(seconds: 41)))
    }
}
