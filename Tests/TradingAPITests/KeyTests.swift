import HTTPTypes
import People
import PlainJSON
import SQLiteStore
import Testing
import TradingModel
import TradingPorts

@testable import TradingAPI

/// Keys that people make for programs: what they open, what not, and when they end.
@Suite struct KeyTests {
    /// A key of this person, as its program holds it.
    func key(_ world: PeopleWorld, _ browser: Browser, _ more: String) async throws -> (id: String, client: Client) {
        let made = await browser.send(.post, "/api/v1/keys", #"{"name":"bot",\#(more)}"#)
        guard made.status == 201 else { throw NotMade(line: made.line) }
        var client = world.client
        client.key = made.json["key"]?.string
        return (made.json["id"]!.string!, client)
    }
    struct NotMade: Error, Equatable { let line: String }

    @Test func aKeyOpensItsScopesAndIsShownOnce() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        let browser = try await world.browser("ada"), (id, client) = try await key(world, browser, #""scopes":["read:trades","signal:send"]"#)
        let text = try #require(client.key)
        #expect(text.hasPrefix("sgk_" + id) && text.utf8.count == 70)
        #expect(await client.get("/api/v1/sessions").status == 200)
        #expect(await client.post("/api/v1/signals", #"{"symbol":"R_100","kind":"rise"}"#).status == 202)
        #expect(await client.post("/api/v1/emergency-stop").line == "403 forbidden")
        #expect(await client.get("/api/v1/strategies").line == "403 forbidden")
        for target in ["/api/v1/keys", "/api/v1/visits", "/api/v1/people"] { #expect(await client.get(target).line == "403 forbidden") }
        #expect(await client.get("/api/v1/me").json["scopes"]?.array?.compactMap(\.string) == ["read:trades", "signal:send"])
        let list = await browser.get("/api/v1/keys")
        #expect(list.json["items"]?.array?.count == 1)
        #expect(!list.text.contains(text) && !list.text.contains(text.dropFirst(12)))
        #expect(list.json["items"]?.array?.first?["usedAt"]?.string != nil)
    }

    @Test func aKeyThatDiffersAnywhereIsNone() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        var (_, client) = try await key(world, try await world.browser("ada"), #""scopes":["read:trades"]"#)
        let text = Array(client.key!.utf8)
        for place in text.indices {
            var other = text
            other[place] = other[place] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
            if other == text { continue }
            client.key = String(decoding: other, as: UTF8.self)
            #expect(await client.get("/api/v1/me").status == 401, "\(place)")
        }
        for other in [
            String(decoding: text.dropLast(), as: UTF8.self), String(decoding: text, as: UTF8.self) + "a", String(decoding: text, as: UTF8.self).uppercased(),
        ] {
            client.key = other
            #expect(await client.get("/api/v1/me").status == 401)
        }
        client.key = String(decoding: text, as: UTF8.self)
        #expect(await client.get("/api/v1/me").status == 200)
    }

    @Test func aKeyEndsWithItsDayItsPersonAndWhenItIsTakenAway() async throws {
        let world = try PeopleWorld()
        let ada = try await world.person("ada")
        try await world.person("ben")
        let browser = try await world.browser("ada"), his = try await world.browser("ben")
        let (_, short) = try await key(world, browser, #""scopes":["read:trades"],"validDays":1"#)
        let (id, long) = try await key(world, browser, #""scopes":["read:trades"],"validDays":365"#)
        #expect(await his.send(.delete, "/api/v1/keys/\(id)").line == "404 not_found")
        world.turn(bySeconds: 86_399)
        #expect(await short.get("/api/v1/me").status == 200)
        world.turn(bySeconds: 1)
        #expect(await short.get("/api/v1/me").status == 401)
        #expect(await long.get("/api/v1/me").status == 200)
        _ = try await world.book.change(ada.id, PersonChange(isDisabled: true))
        #expect(await long.get("/api/v1/me").status == 401)
        _ = try await world.book.change(ada.id, PersonChange(isDisabled: false))
        #expect(await long.get("/api/v1/me").status == 200)
        // After a restart, too.
        let again = PeopleBook(
            store: world.store, everybody: try world.store.everybody(), keys: try world.store.everyAccessKey(), instance: world.store.instanceID,
            now: { [world] in world.now })
        #expect(again.caller(key: long.key!) != nil)
        let back = try await world.browser("ada")
        #expect(await back.send(.delete, "/api/v1/keys/\(id)").status == 204)
        #expect(await back.send(.delete, "/api/v1/keys/\(id)").line == "404 not_found")
        #expect(await long.get("/api/v1/me").status == 401)
    }

    @Test func aKeyHasNoMoreThanItsPerson() async throws {
        let world = try PeopleWorld()
        let ada = try await world.person("ada"), browser = try await world.browser("ada")
        #expect(await browser.send(.post, "/api/v1/keys", #"{"name":"bot","scopes":["admin"]}"#).line == "403 forbidden scopes")
        let (_, client) = try await key(world, browser, #""scopes":["session:control"]"#)
        #expect(await client.post("/api/v1/emergency-stop").status == 200)
        _ = try await world.book.change(ada.id, PersonChange(role: .viewer))
        #expect(await client.post("/api/v1/emergency-stop").line == "403 forbidden")
    }

    @Test(arguments: [
        (#"{"scopes":["read:trades"]}"#, "400 missing_field name"), (#"{"name":"bot"}"#, "400 missing_field scopes"),
        (#"{"name":"bot","scopes":[]}"#, "400 invalid_field scopes"), (#"{"name":"bot","scopes":["own"]}"#, "400 invalid_field scopes[0]"),
        (#"{"name":"bot","scopes":["account:manage"]}"#, "400 invalid_field scopes[0]"),
        (#"{"name":"bot","scopes":["read:trades","read:trades"]}"#, "400 invalid_field scopes[1]"),
        (#"{"name":"bot","scopes":["read:trades"],"validDays":366}"#, "400 invalid_field validDays"),
        (#"{"name":"bot","scopes":["read:trades"],"validDays":0}"#, "400 invalid_field validDays"),
        (#"{"name":"bot","scopes":["read:trades"],"addresses":["192.0.2.1/24"]}"#, "400 invalid_field addresses[0]"),
        (#"{"name":"bot","scopes":["signal:send"],"sessions":[20]}"#, "422 session_not_found sessions"),
    ])
    func whatIsNoKeyIsNotMade(_ body: String, _ line: String) async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        let browser = try await world.browser("ada")
        #expect(await browser.send(.post, "/api/v1/keys", body).line == line)
    }

    @Test func aKeyIsUsedFromItsAddressesOnly() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        let (_, client) = try await key(world, try await world.browser("ada"), #""scopes":["read:trades"],"addresses":["192.0.2.0/24","::1"]"#)
        for (peer, status) in [("192.0.2.7", 200), ("::1", 200), ("192.0.3.7", 403), ("127.0.0.1", 403), ("::2", 403)] {
            #expect(await client.send(.get, "/api/v1/me", bytes: [], from: peer).status == status, "\(peer)")
        }
    }

    /// The fixture's owner 1 has session 10.
    @Test func aKeyForASessionSignalsToNoOther() async throws {
        let world = try PeopleWorld()
        let ada = try await world.person("ada")
        #expect(ada.id.rawValue == 1)
        let (_, client) = try await key(world, try await world.browser("ada"), #""scopes":["signal:send"],"sessions":[10]"#)
        #expect(await client.post("/api/v1/signals", #"{"symbol":"R_100","kind":"rise","session":10}"#).status == 202)
        for body in [#"{"symbol":"R_100","kind":"rise"}"#, #"{"symbol":"R_100","kind":"rise","session":11}"#] {
            #expect(await client.post("/api/v1/signals", body).line == "403 forbidden session")
        }
        #expect(await client.post("/api/v1/signals/00000000000000000000000000000005/cancel").line == "403 forbidden session")
    }

    @Test func aPersonAndEachKeyHaveSoMuchAMinute() async throws {
        var limits = RequestLimits()
        (limits.readsPerMinute, limits.writesPerMinute, limits.signalsPerMinute) = (5, 3, 2)
        let world = try PeopleWorld(limits: limits)
        try await world.person("ada")
        let browser = try await world.browser("ada")
        let (_, one) = try await key(world, browser, #""scopes":["read:trades","signal:send"]"#)
        let (_, other) = try await key(world, browser, #""scopes":["read:trades"]"#)
        for _ in 0..<5 { #expect(await one.get("/api/v1/me").status == 200) }
        #expect(await one.get("/api/v1/me").line == "429 rate_limited")
        for _ in 0..<2 { #expect(await one.post("/api/v1/signals", #"{"symbol":"R_100","kind":"rise"}"#).status == 202) }
        #expect(await one.post("/api/v1/signals", #"{"symbol":"R_100","kind":"rise"}"#).line == "429 rate_limited")
        #expect(await other.get("/api/v1/me").status == 200)
        #expect(await browser.get("/api/v1/me").status == 200)
        #expect(await browser.send(.post, "/api/v1/emergency-stop").status == 200)
        #expect(await browser.send(.post, "/api/v1/emergency-stop").line == "429 rate_limited", "two keys and this")
        world.turn(bySeconds: 30)
        #expect(await one.get("/api/v1/me").status == 200)
        #expect(await browser.send(.post, "/api/v1/emergency-stop").status == 200)
    }

    @Test func fiftyKeysAreEnough() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        let browser = try await world.browser("ada")
        for _ in 0..<50 { _ = try await key(world, browser, #""scopes":["read:trades"]"#) }
        await #expect(throws: NotMade(line: "409 too_many_keys")) { try await key(world, browser, #""scopes":["read:trades"]"#) }
    }
}
