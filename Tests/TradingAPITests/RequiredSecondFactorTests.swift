import HTTPTypes
import Hummingbird
import PlainJSON
import SQLiteStore
import Testing
import TradingModel
import TradingPorts

@testable import People
@testable import TradingAPI

/// Where a second factor is required, nothing is done without one.
@Suite struct RequiredSecondFactorTests {
    func world(_ roles: [Role] = Role.allCases) throws -> PeopleWorld { try PeopleWorld { $0.secondFactorOf = Set(roles) } }

    /// Sets one up, as somebody who is in; gives what the cookie says from then on.
    func setUp(_ world: PeopleWorld, _ browser: Browser) async throws -> Browser {
        let begun = await browser.send(.post, "/api/v1/me/second-factor"), secret = SecondFactorTests.bytes(try #require(begun.json["secret"]?.string))
        let code = TimeCode.code(secret, step: TimeCode.step(at: world.now))
        let done = await browser.send(.post, "/api/v1/me/second-factor/confirm", #"{"code":"\#(code)"}"#)
        return Browser(client: world.client, cookie: try #require(Browser.cookie(done)))
    }

    @Test func withoutOneAVisitSetsItUpAndDoesNothingElse() async throws {
        let world = try world()
        try await world.person("ada", .admin)
        var browser = try await world.browser("ada")
        #expect(await browser.get("/api/v1/me").json["mustSetUpSecondFactor"]?.bool == true)
        let open = Route.all.filter(\.isOnTheWayToASecondFactor).map { "\($0.method) \($0.path)" }
        #expect(
            open.sorted() == [
                "GET /api/v1/me", "POST /api/v1/log-out", "POST /api/v1/me/proof", "POST /api/v1/me/second-factor", "POST /api/v1/me/second-factor/confirm",
            ])
        for route in Route.all + Route.previous where route.needsKey && !route.isOnTheWayToASecondFactor {
            let answer = await browser.send(route.method, route.path)
            #expect(answer.status == 403, "\(route.method) \(route.path)")
            if route.path.hasPrefix("/api/v1") { #expect(answer.line == "403 second_factor_required", "\(route.method) \(route.path)") }
        }
        #expect(world.client.desk.asked == [])
        // The password is typed again when that was long ago.
        world.turn(bySeconds: 301)
        #expect(await browser.send(.post, "/api/v1/me/second-factor").line == "403 password_needed")
        browser.cookie = try #require(Browser.cookie(await browser.send(.post, "/api/v1/me/proof", #"{"password":"\#(PeopleWorld.password)"}"#)))
        browser = try await setUp(world, browser)
        #expect(await browser.get("/api/v1/me").json["mustSetUpSecondFactor"]?.bool == false)
        #expect(await browser.get("/api/v1/sessions").status == 200)
        #expect(await browser.get("/api/v1/people").status == 200)
        #expect(await browser.send(.delete, "/api/v1/me/second-factor").line == "403 second_factor_required", "it stays")
        #expect(await browser.get("/api/v1/sessions").status == 200)
        #expect(await browser.send(.post, "/api/v1/log-out").status == 204)
    }

    @Test func whoLeavesWithoutOneMayLogOut() async throws {
        let world = try world()
        try await world.person("ada")
        let browser = try await world.browser("ada")
        #expect(await browser.send(.post, "/api/v1/log-out").status == 204)
        #expect(await browser.get("/api/v1/me").status == 401)
    }

    @Test func theFirstAdminComesInByTheCodeAndThenSetsItUp() async throws {
        let world = try world(), code = try #require(try await world.book.setUpCode()).reveal { $0 }
        let body = #"{"code":"\#(code)","email":"root@example.org","name":"R","password":"\#(PeopleWorld.password)"}"#
        #expect(await world.client.post("/api/v1/set-up", body).status == 201)
        let browser = try await world.browser("root")
        #expect(await browser.send(.post, "/api/v1/people", #"{"email":"a@example.org","name":"A","role":"viewer"}"#).line == "403 second_factor_required")
        let after = try await setUp(world, browser)
        #expect(await after.send(.post, "/api/v1/people", #"{"email":"a@example.org","name":"A","role":"viewer"}"#).status == 201)
    }

    /// A key that was made before is no way round it, and works again afterwards.
    @Test func keysRestUntilTheirPersonHasOne() async throws {
        let before = try PeopleWorld()
        let ada = try await before.person("ada"), browser = try await before.browser("ada")
        let text = try #require(await browser.send(.post, "/api/v1/keys", #"{"name":"bot","scopes":["read:trades","signal:send"]}"#).json["key"]?.string)
        // The server starts again with the setting.
        var settings = PeopleSettings()
        settings.secondFactorOf = Set(Role.allCases)
        let book = PeopleBook(
            store: before.store, everybody: try before.store.everybody(), keys: try before.store.everyAccessKey(), instance: before.store.instanceID,
            settings: settings, box: before.book.box, passwordBox: before.book.passwordBox, now: { [before] in before.now })
        let client = Client(people: book)
        var key = client, owners = client, none = client
        (key.key, none.key) = (text, nil)
        let visit = Browser(client: none, cookie: browser.cookie)
        #expect(await key.get("/api/v1/sessions").line == "403 second_factor_required")
        #expect(await key.post("/api/v1/signals", #"{"symbol":"R_100","kind":"rise"}"#).line == "403 second_factor_required")
        #expect(await visit.get("/api/v1/sessions").line == "403 second_factor_required", "a visit that began before")
        owners.key = "key-of-1"
        #expect(ada.id.rawValue == 1)
        #expect(await owners.get("/api/v1/sessions").status == 200, "a key of the machine's operator is none of a person's ways")
        let caller = try #require(book.caller(key: text))
        #expect(caller.needsSecondFactor && !book.isStillIn(caller))

        let begun = await visit.send(.post, "/api/v1/me/second-factor"), secret = SecondFactorTests.bytes(try #require(begun.json["secret"]?.string))
        let code = TimeCode.code(secret, step: TimeCode.step(at: before.now))
        #expect(await visit.send(.post, "/api/v1/me/second-factor/confirm", #"{"code":"\#(code)"}"#).status == 200)
        #expect(await key.get("/api/v1/sessions").status == 200)
    }

    @Test func aRoleThatAsksForOneAsksAtOnce() async throws {
        let world = try world([.operator, .admin])
        try await world.person("root", .admin)
        let ada = try await world.person("ada"), browser = try await world.browser("ada"), admin = try await setUp(world, try await world.browser("root"))
        #expect(await browser.get("/api/v1/sessions").status == 200)
        let stream = try #require(try world.book.caller(cookie: String(browser.cookie.dropFirst(4))))
        #expect(await admin.send(.put, "/api/v1/people/\(ada.id)", #"{"role":"operator"}"#).status == 200)
        #expect(await browser.get("/api/v1/sessions").line == "403 second_factor_required")
        #expect(!world.book.isStillIn(stream), "its live stream ends")
        #expect(await admin.get("/api/v1/people").json["items"]?.array?.compactMap { $0["secondFactor"]?.bool } == [true, false])
        #expect(await admin.send(.put, "/api/v1/people/\(ada.id)", #"{"role":"trader"}"#).status == 200)
        #expect(await browser.get("/api/v1/sessions").status == 200)
        // Whose role does not ask for one takes it away; whose does, not.
        let with = try await setUp(world, browser)
        #expect(await with.send(.delete, "/api/v1/me/second-factor").status == 204)
        #expect(await admin.send(.delete, "/api/v1/me/second-factor").line == "403 second_factor_required")
    }

    @Test(
        arguments: [
            ("offered", true, 0), ("real-money", false, 0), ("real-money", true, 5), ("required", false, 5), ("admin,operator", false, 2), ("auditor", true, 1),
        ])
    func theSettingSaysWho(_ text: String, allowsRealMoney: Bool, count: Int) {
        #expect(SecondFactorRule(text)?.roles(allowsRealMoney: allowsRealMoney).count == count)
    }

    @Test(arguments: ["", "none", "admin,", "admin,admin", "king", "Required", "admin, operator"])
    func whatIsNoRuleIsNone(_ text: String) { #expect(SecondFactorRule(text) == nil) }
}
