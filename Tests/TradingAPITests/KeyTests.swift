import Crypto
import HTTPTypes
import People
import PlainJSON
import Synchronization
import Testing
import TradingModel
import TradingPorts

@testable import SQLiteStore
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

    /// The key of the first start, or of `signalist owner key`: this person's owner had it before there was a person.
    private func operatorsKey(_ world: PeopleWorld, of person: Person, _ text: String) throws -> (hash: [UInt8], client: Client) {
        let hash = Array(SHA256.hash(data: Array(text.utf8)))
        try world.store.addKey(person.id, hash: hash, name: "first key")
        world.client.desk.state.withLock { $0.keys[hash] = person.id }
        var client = world.client
        client.key = text
        return (hash, client)
    }

    @Test func keysOfTheOperatorAreListedAndTakenAwayLikeAnyOther() async throws {
        let world = try PeopleWorld(), store = world.store, ada = try await world.person("ada"), ben = try await world.person("ben")
        let (hash, client) = try operatorsKey(world, of: ada, "sk_first"), other = try operatorsKey(world, of: ben, "sk_other").hash
        let browser = try await world.browser("ada")
        #expect(await client.get("/api/v1/me").status == 200)
        #expect(await client.post("/api/v1/accounts", #"{"token":"abcdefghijklmno"}"#).line == "403 person_needed", "no key types a password")
        let listed = try #require(await browser.get("/api/v1/keys").json["items"]?.array?.first), id = try #require(listed["id"]?.string)
        #expect(listed["kind"]?.string == "operator" && listed["name"]?.string == "first key" && listed["expiresAt"]?.string == nil)
        #expect(await browser.send(.delete, "/api/v1/keys/\(try store.ownerKeys(of: ben.id)[0].id)").status == 404, "nobody else's")
        let caller = Caller(owner: ada.id, scopes: PeopleBook.ownerKeyScopes, way: .ownerKey(hash: hash))
        #expect(try await store.owner(keyHash: hash) == ada.id && world.book.isStillIn(caller))
        #expect(await browser.send(.delete, "/api/v1/keys/\(id)").status == 204)
        #expect(try await store.owner(keyHash: hash) == nil && !world.book.isStillIn(caller))
        #expect(await browser.get("/api/v1/keys").json["items"]?.array?.isEmpty == true)
        #expect(try await store.owner(keyHash: other) == ben.id)
        #expect(try store.removeOwnerKey("00000000") == nil)
        #expect(try store.removeOwnerKey(store.ownerKeys(of: nil)[0].id)?.owner == ben.id)
        #expect(try await store.owner(keyHash: other) == nil)
        let log = try world.audit()
        #expect(log.contains { $0.contains("api key remove | key \(id) of owner \(ada.id)") }, "\(log)")
    }

    @Test func keysOfTheOperatorEndWithAPasswordThatIsSetAnew() async throws {
        let world = try PeopleWorld(), ada = try await world.person("ada"), hash = try operatorsKey(world, of: ada, "sk_first").hash
        #expect(try await world.store.owner(keyHash: hash) == ada.id)
        let code = try await world.book.passwordCode(ada.id, by: .host).reveal { $0 }
        #expect(await world.client.post("/api/v1/set-password", #"{"code":"\#(code)","password":"another phrase of mine 8"}"#).status == 204)
        #expect(try await world.store.owner(keyHash: hash) == nil)
        #expect(!world.book.isStillIn(Caller(owner: ada.id, scopes: PeopleBook.ownerKeyScopes, way: .ownerKey(hash: hash))))
        #expect(try world.store.ownerKeys(of: nil) == [])
    }

    /// A look-up that began before the key was taken away ends after it.
    @Test func whatWasReadBeforeAKeyWasTakenAwayIsNotRemembered() {
        var known = KeyOwners()
        let before = known.generation
        known.forget()
        known.found(OwnerID(rawValue: 1), [1], generation: before)
        #expect(known[[1]] == nil)
        known.found(OwnerID(rawValue: 1), [1], generation: known.generation)
        #expect(known[[1]] == OwnerID(rawValue: 1))
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
        // After a restart, too.
        let again = PeopleBook(
            store: world.store, everybody: try world.store.everybody(), keys: try world.store.everyAccessKey(), instance: world.store.instanceID,
            now: { [world] in world.now })
        #expect(again.caller(key: long.key!) != nil)
        var back = try await world.browser("ada")
        #expect(await back.send(.delete, "/api/v1/keys/\(id)").status == 204)
        #expect(await back.send(.delete, "/api/v1/keys/\(id)").line == "404 not_found")
        #expect(await long.get("/api/v1/me").status == 401)

        let (_, last) = try await key(world, back, #""scopes":["read:trades"]"#), owners = [UInt8](repeating: 7, count: 32)
        try world.store.addKey(ada.id, hash: owners, name: "of the operator")
        #expect(try await world.store.owner(keyHash: owners) == ada.id)
        _ = try await world.book.change(ada.id, PersonChange(isDisabled: true), by: .host)
        #expect(await last.get("/api/v1/me").status == 401)
        _ = try await world.book.change(ada.id, PersonChange(isDisabled: false), by: .host)
        #expect(await last.get("/api/v1/me").status == 401, "to be enabled again brings no key back")
        #expect(try await world.store.owner(keyHash: owners) == nil)
        back = try await world.browser("ada")
        #expect(await back.get("/api/v1/keys").json["items"]?.array?.isEmpty == true)
    }

    @Test func aKeyEndsWithAPasswordThatACodeSetsAndStaysWithOneThatIsChanged() async throws {
        let world = try PeopleWorld()
        try await world.person("root", .admin)
        let ada = try await world.person("ada"), admin = try await world.browser("root")
        var browser = try await world.browser("ada")
        func change(_ before: String, _ after: String, _ more: String = "") async throws -> Browser {
            let done = await browser.send(.put, "/api/v1/me/password", #"{"password":"\#(before)","newPassword":"\#(after)"\#(more)}"#)
            #expect(done.status == 204)
            return Browser(client: world.client, cookie: try #require(Browser.cookie(done)))
        }
        let (_, first) = try await key(world, browser, #""scopes":["read:trades"]"#)
        browser = try await change(PeopleWorld.password, "another horse battery")
        #expect(await first.get("/api/v1/me").status == 200)
        #expect(await browser.send(.put, "/api/v1/me/password", #"{"password":"a","newPassword":"b","revokeKeys":1}"#).line == "400 invalid_field revokeKeys")
        browser = try await change("another horse battery", "a third horse battery", #","revokeKeys":true"#)
        #expect(await first.get("/api/v1/me").status == 401)

        let (_, second) = try await key(world, browser, #""scopes":["read:trades"]"#)
        let code = try #require(await admin.send(.post, "/api/v1/people/\(ada.id)/password-code").json["code"]?.string)
        #expect(await second.get("/api/v1/me").status == 200)
        #expect(await world.client.post("/api/v1/set-password", #"{"code":"\#(code)","password":"a fourth horse battery"}"#).status == 204)
        #expect(await second.get("/api/v1/me").status == 401)
        #expect(try world.store.everyAccessKey() == [])
    }

    @Test func aKeyThatIsAskedForInAVisitThatHasEndedIsNotMade() async throws {
        let world = try PeopleWorld()
        let ada = try await world.person("ada"), browser = try await world.browser("ada")
        let visit = try #require(try await world.store.visits(ada.id).first)
        #expect(await browser.send(.post, "/api/v1/log-out").status == 204)
        // As if it had been let in a moment before.
        let made = try await world.book.makeKey(
            visit, name: Label("late")!, scopes: [.readTrades], sessions: [], addresses: [], validDays: 1, by: .host)
        guard case .visitEnded = made else { Issue.record("\(made)"); return }
        #expect(try world.store.everyAccessKey() == [])
    }

    @Test func aKeyHasNoMoreThanItsPerson() async throws {
        let world = try PeopleWorld()
        let ada = try await world.person("ada"), browser = try await world.browser("ada")
        #expect(await browser.send(.post, "/api/v1/keys", #"{"name":"bot","scopes":["admin"]}"#).line == "400 invalid_field scopes[0]")
        let (_, client) = try await key(world, browser, #""scopes":["session:control"]"#)
        #expect(await client.post("/api/v1/emergency-stop").status == 200)
        _ = try await world.book.change(ada.id, PersonChange(role: .viewer), by: .host)
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

    /// Who could reset any password without typing the own one would have everything.
    @Test func noKeyLooksAfterPeople() async throws {
        let world = try PeopleWorld()
        try await world.person("root", .admin)
        let admin = try await world.browser("root")
        #expect(await admin.send(.post, "/api/v1/keys", #"{"name":"bot","scopes":["admin"]}"#).line == "400 invalid_field scopes[0]")
        // One that was made while keys could have it.
        let (id, client) = try await key(world, admin, #""scopes":["read:trades"]"#)
        let stored = try #require(try world.store.everyAccessKey().first { $0.id == id })
        var old = stored
        old.scopes = ["read:trades", "admin"]
        let book = PeopleBook(
            store: world.store, everybody: try world.store.everybody(), keys: [old], instance: world.store.instanceID, now: { [world] in world.now })
        #expect(book.caller(key: client.key!)?.scopes.list == [.readTrades])
        for target in ["/api/v1/people", "/api/v1/people/1"] { #expect(await client.get(target).line == "403 forbidden") }
        #expect(await client.post("/api/v1/people/1/password-code").line == "403 forbidden")
    }

    @Test func aKeyIsUsedFromItsAddressesOnly() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        let (_, client) = try await key(world, try await world.browser("ada"), #""scopes":["read:trades"],"addresses":["192.0.2.0/24","::1"]"#)
        for (peer, status) in [("192.0.2.7", 200), ("::1", 200), ("192.0.3.7", 403), ("127.0.0.1", 403), ("::2", 403)] {
            #expect(await client.send(.get, "/api/v1/me", bytes: [], from: peer).status == status, "\(peer)")
        }
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
