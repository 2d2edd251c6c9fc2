import HTTPTypes
import Hummingbird
import PlainJSON
import SQLiteStore
import Testing
import TradingModel
import TradingPorts

@testable import People
@testable import TradingAPI

/// Other passwords, how they are stored, and what ends with the one before.
@Suite struct PasswordChangeTests {
    @Test func aChangedPasswordEndsEveryOtherVisitAndTheOldCookie() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        let other = try await world.browser("ada")
        var browser = try await world.browser("ada")
        func change(_ before: String, _ after: String) async -> Client.Answer {
            await browser.send(.put, "/api/v1/me/password", #"{"password":"\#(before)","newPassword":"\#(after)"}"#)
        }
        #expect(await change("wrong horse battery", "another horse battery").line == "403 password_wrong password")
        #expect(await change(PeopleWorld.password, "password1234").line == "422 password_refused newPassword")
        #expect(await other.get("/api/v1/me").status == 200)
        let done = await change(PeopleWorld.password, "another horse battery")
        #expect(done.status == 204)
        #expect(await other.get("/api/v1/me").status == 401)
        #expect(await browser.get("/api/v1/me").status == 401, "the cookie of before is none any more")
        browser.cookie = try #require(Browser.cookie(done))
        #expect(await browser.get("/api/v1/me").status == 200)
        await #expect(throws: PeopleWorld.NotLoggedIn.self) { try await world.browser("ada") }
        _ = try await world.browser("ada", password: "another horse battery")
    }

    @Test func aCodeSetsAPasswordAndEndsVisits() async throws {
        let world = try PeopleWorld()
        try await world.person("root", .admin)
        let ada = try await world.person("ada"), admin = try await world.browser("root"), browser = try await world.browser("ada")
        let made = await admin.send(.post, "/api/v1/people/\(ada.id)/password-code")
        #expect(made.status == 201)
        let code = try #require(made.json["code"]?.string)
        func set(_ code: String, _ password: String) async -> String {
            await world.client.post("/api/v1/set-password", #"{"code":"\#(code)","password":"\#(password)"}"#).line
        }
        #expect(await set("x", "another horse battery") == "422 unknown_code code")
        #expect(await set(code, "ada@example.org") == "422 password_refused password")
        #expect(await browser.get("/api/v1/me").status == 200)
        #expect(await set(code, "another horse battery") == "204")
        #expect(await browser.get("/api/v1/me").status == 401)
        #expect(await set(code, "a third horse battery") == "422 unknown_code code")
        _ = try await world.browser("ada", password: "another horse battery")
    }

    @Test func anOldHashIsMadeAnewAtTheLogIn() async throws {
        let world = try PeopleWorld { $0.hash = PasswordHash(memory: 128, passes: 1) }
        let ada = try await world.person("ada")
        #expect(ada.password?.contains("m=64,") == true)
        _ = try await world.browser("ada")
        let fresh = try #require(try await world.store.person(ada.id)?.password)
        #expect(try world.book.opened(fresh, of: ada.id).contains("m=128,"))
        _ = try await world.browser("ada")
        #expect(try await world.store.person(ada.id)?.password == fresh, "once is enough")
    }

    /// With the database alone no password can be tried.
    @Test func whatIsStoredOfAPasswordIsSealedForItsPerson() async throws {
        let world = try PeopleWorld(), store = world.store
        let ada = try await world.person("ada"), ben = try await world.person("ben")
        #expect(SealedPassword.bytes(ada.password ?? "") == nil, "as it was stored before there was a key for it")
        try await world.book.sealPasswords()
        let hers = try #require(try await store.person(ada.id)?.password), his = try #require(try await store.person(ben.id)?.password)
        #expect(SealedPassword.bytes(hers) != nil && !hers.contains("argon2"))
        #expect(try world.book.opened(hers, of: ada.id) == ada.password)
        _ = try await world.browser("ada")
        // A row that is moved to another person opens nothing.
        #expect(try await store.rewritePassword(hers, of: ben.id, whileIs: his))
        let answer = await world.client.post("/api/v1/log-in", #"{"email":"ben@example.org","password":"\#(PeopleWorld.password)"}"#)
        #expect(answer.line == "401 log_in_refused" && answer.headers[.setCookie] == nil)
        #expect(try await store.rewritePassword(his, of: ben.id, whileIs: hers))
        var browser = try await world.browser("ben")

        let changed = await browser.send(.put, "/api/v1/me/password", #"{"password":"\#(PeopleWorld.password)","newPassword":"another horse battery"}"#)
        browser.cookie = try #require(Browser.cookie(changed))
        let code = try await world.book.passwordCode(ada.id, by: .host).reveal { $0 }
        #expect(await world.client.post("/api/v1/set-password", #"{"code":"\#(code)","password":"a third horse battery"}"#).status == 204)
        for person in try await store.people() { #expect(SealedPassword.bytes(person.password ?? "") != nil, "\(person.email)") }
        let first = try PeopleWorld(), setUp = try #require(try await first.book.setUpCode()).reveal { $0 }
        let body = #"{"code":"\#(setUp)","email":"root@example.org","name":"R","password":"\#(PeopleWorld.password)"}"#
        #expect(await first.client.post("/api/v1/set-up", body).status == 201)
        #expect(SealedPassword.bytes(try await first.store.people().first?.password ?? "") != nil)
        _ = try await first.browser("root")
    }

    @Test(arguments: ["", "sealed:", "sealed:0", "sealed:0g", "sealed", "$argon2id$v=19$m=64,t=1,p=1$a$b"])
    func whatIsNoSealedPasswordIsNone(_ text: String) { #expect(SealedPassword.bytes(text) == nil) }

    /// A log in takes a tenth of a second. What changes meanwhile counts.
    @Test func whatWasShownMustStillHoldWhenTheVisitBegins() async throws {
        let world = try PeopleWorld(), store = world.store
        let ada = try await world.person("ada"), now = world.now
        func begin(_ shown: ShownAtLogIn, _ id: Int) async throws -> Bool {
            let visit = Visit(
                id: "000000000000000\(id)", hash: [UInt8](repeating: UInt8(id), count: 32), person: ada.id, beganAt: now, seenAt: now, provedAt: now,
                address: "a", agent: "b")
            return try await store.begin(visit, shown, atMost: 10, since: now.adding(seconds: -9), by: .host) != nil
        }
        let before = ShownAtLogIn(passwordNumber: ada.passwordNumber, hasShownCode: false, network: "n")
        #expect(try await begin(before, 1))
        let code = OneTimeCode.hash(ofGiven: try await world.book.passwordCode(ada.id, by: .host).reveal { $0 })!
        guard case .done(let redeemed) = try await store.redeem(hash: code, settingPassword: "$argon2id$x", from: "192.0.2.1") else {
            Issue.record("the code was not taken")
            return
        }
        #expect(redeemed.ended.visits.count == 1)
        #expect(try await !begin(before, 2), "the password was reset meanwhile")
        var after = before
        after.passwordNumber = try #require(try await store.person(ada.id)).passwordNumber
        #expect(try await begin(after, 3))
        // The same password in another form is the same password.
        #expect(try await store.rewritePassword("$argon2id$y", of: ada.id, whileIs: "$argon2id$x"))
        #expect(try await !store.rewritePassword("$argon2id$z", of: ada.id, whileIs: "$argon2id$x"))
        #expect(try await begin(after, 4))

        let visit = try #require(try await store.visits(ada.id).first { $0.id.hasSuffix("4") })
        let kept = RenewedVisit(visit, to: [UInt8](repeating: 9, count: 32), provedAt: now)
        #expect(try await store.beginSecondFactor(ada.id, sealed: [1], by: .host))
        #expect(try await begin(after, 5), "nobody was asked for a code yet")
        let ended = try await store.confirmSecondFactor(ada.id, step: 1, recovery: [], at: now, keeping: kept, by: .host)
        #expect(ended?.visits.count == 2)
        #expect(
            try await store.changePassword("q", of: ada.id, number: after.passwordNumber, keeping: kept, revokingKeys: false, by: .host) == nil,
            "renewed already")
        #expect(try await !begin(after, 6), "a second factor was set up meanwhile")
        after.hasShownCode = true
        #expect(try await begin(after, 7))

        try await world.person("root", .admin)
        _ = try await world.book.change(ada.id, PersonChange(isDisabled: true), by: .host)
        #expect(try await !begin(after, 8))
        #expect(try await store.visits(ada.id).isEmpty)
    }

    /// Whoever knew the old password is out once the reset has been answered, however close together the two were.
    @Test func noLogInSurvivesAReset() async throws {
        let world = try PeopleWorld(), ada = try await world.person("ada")
        var password = PeopleWorld.password
        for round in 0..<40 {
            let code = try await world.book.passwordCode(ada.id, by: .host).reveal { $0 }, next = "horse battery number \(round)"
            async let coming = world.client.post("/api/v1/log-in", #"{"email":"ada@example.org","password":"\#(password)"}"#)
            async let reset = world.client.post("/api/v1/set-password", #"{"code":"\#(code)","password":"\#(next)"}"#)
            let (answer, done) = await (coming, reset)
            #expect(done.status == 204)
            if let cookie = Browser.cookie(answer) {
                #expect(await Browser(client: world.client, cookie: cookie).get("/api/v1/me").status == 401, "round \(round)")
            }
            password = next
            world.turn(bySeconds: 400)
        }
        #expect(try await world.store.visits(ada.id).isEmpty)
    }

    /// Two changes are committed one after the other; whose answer comes last is chance.
    @Test func ofChangesAtOnceMemoryKeepsWhatTheStoreKeeps() async throws {
        let world = try PeopleWorld()
        let ada = try await world.person("ada")
        guard case .changed(let first, _) = try await world.store.change(ada.id, PersonChange(role: .operator), by: .host),
            case .changed(let second, _) = try await world.store.change(ada.id, PersonChange(role: .viewer), by: .host)
        else { Issue.record("not changed"); return }
        world.book.note(second)
        world.book.note(first)
        #expect(world.book.scopes(of: ada.id) == Role.viewer.scopes)
        try await world.person("root", .admin)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for role in Role.allCases + Role.allCases {
                tasks.addTask { _ = try await world.book.change(ada.id, PersonChange(role: role), by: .host) }
            }
            try await tasks.waitForAll()
        }
        #expect(world.book.scopes(of: ada.id) == (try #require(try await world.store.person(ada.id))).role.scopes)
    }
}
