import HTTPTypes
import Hummingbird
import PlainJSON
import SQLiteStore
import Testing
import TradingModel
import TradingPorts

@testable import People
@testable import TradingAPI

/// The way in: set-up, log in, visits, passwords, and what other sites cannot do.
@Suite struct PeopleTests {
    // MARK: Set-up

    @Test func theFirstAdminIsMadeWithTheCodeAndNobodyElse() async throws {
        let world = try PeopleWorld(), client = world.client
        let code = try #require(try await world.book.setUpCode()).reveal { $0 }
        func body(_ code: String, password: String = PeopleWorld.password) -> String {
            #"{"code":"\#(code)","email":"ada@example.org","name":"Ada","password":"\#(password)"}"#
        }
        #expect(await client.get("/api/v1/set-up").json["open"]?.bool == true)
        #expect(await client.post("/api/v1/set-up", body((code.first == "a" ? "b" : "a") + code.dropFirst())).line == "422 unknown_code code")
        #expect(await client.post("/api/v1/set-up", body(code, password: "short")).line == "422 password_refused password")
        #expect(await client.post("/api/v1/set-up", body(code)).status == 201)
        #expect(await client.post("/api/v1/set-up", body(code)).line == "422 unknown_code code")
        #expect(await client.get("/api/v1/set-up").json["open"]?.bool == false)
        #expect(try await world.book.setUpCode() == nil)
        let browser = try await world.browser("ada")
        #expect(await browser.get("/api/v1/me").json["person"]?["role"]?.string == "admin")
    }

    @Test func theSetUpCodeEndsAfterAQuarterOfAnHour() async throws {
        let world = try PeopleWorld(), code = try #require(try await world.book.setUpCode()).reveal { $0 }
        world.turn(bySeconds: 900)
        let body = #"{"code":"\#(code)","email":"ada@example.org","name":"Ada","password":"\#(PeopleWorld.password)"}"#
        #expect(await world.client.post("/api/v1/set-up", body).line == "422 unknown_code code")
    }

    // MARK: Log in and out

    @Test func aPersonComesInAndGoes() async throws {
        let world = try PeopleWorld(), ada = try await world.person("ada")
        let browser = try await world.browser("ada"), me = await browser.get("/api/v1/me")
        #expect(me.json["owner"]?.integer == ada.id.rawValue)
        #expect(me.json["way"]?.string == "visit")
        #expect(await browser.get("/api/v1/sessions").status == 200)
        let bye = await browser.send(.post, "/api/v1/log-out")
        #expect(bye.status == 204)
        #expect(bye.headers[.setCookie] == "sid=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
        #expect(await browser.get("/api/v1/sessions").line == "401 unauthorized")
    }

    @Test func theCookieIsForThisHostAndNoScript() async throws {
        for isSecure in [false, true] {
            let world = try PeopleWorld(isSecure: isSecure)
            try await world.person("ada")
            let answer = await world.client.post("/api/v1/log-in", #"{"email":"ada@example.org","password":"\#(PeopleWorld.password)"}"#)
            let parts = try #require(answer.headers[.setCookie]).split(separator: ";").map { $0.filter { $0 != " " } }
            #expect(parts[0].hasPrefix(isSecure ? "__Host-sid=" : "sid="))
            #expect(Set(parts.dropFirst()) == Set(["Path=/", "HttpOnly", "SameSite=Strict"] + (isSecure ? ["Secure"] : [])))
            // Under the other name it is no cookie of ours.
            let other = (isSecure ? "sid=" : "__Host-sid=") + parts[0].split(separator: "=")[1]
            #expect(await world.client.send(.get, "/api/v1/me", headers: [.cookie: other]).status == 401)
            #expect(await world.client.send(.get, "/api/v1/me", headers: [.cookie: parts[0]]).status == 200)
            #expect(await world.client.send(.get, "/api/v1/me", headers: [.cookie: parts[0] + "; " + parts[0]]).status == 401, "two are none")
        }
    }

    @Test(arguments: ["ada@example.org", "nobody@example.org", "later@example.org", "gone@example.org", "no address"])
    func whoIsNotLetInLearnsNothing(_ email: String) async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        try await world.person("later", password: nil)
        let gone = try await world.person("gone")
        _ = try await world.book.change(gone.id, PersonChange(isDisabled: true), by: .host)
        let right = email == "ada@example.org" ? "wrong horse battery" : PeopleWorld.password
        let answer = await world.client.post("/api/v1/log-in", #"{"email":"\#(email)","password":"\#(right)"}"#)
        #expect(answer.line == "401 log_in_refused")
        #expect(answer.headers[.setCookie] == nil)
        #expect(answer.json["detail"] == nil)
    }

    @Test func aVisitEndsWhenNothingIsAskedOrADayHasPassed() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        let idle = try await world.browser("ada"), busy = try await world.browser("ada")
        for _ in 0..<48 {
            world.turn(bySeconds: 1_790)
            #expect(await busy.get("/api/v1/me").status == 200)
        }
        #expect(await idle.get("/api/v1/me").status == 401)
        world.turn(bySeconds: 86_400 - 48 * 1_790)
        #expect(await busy.get("/api/v1/me").status == 401)
    }

    @Test func whenAVisitWasSeenSurvivesARestart() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        let browser = try await world.browser("ada")
        world.turn(bySeconds: 1_700)
        #expect(await browser.get("/api/v1/me").status == 200)
        try await world.book.writeDown()
        let book = PeopleBook(
            store: world.store, everybody: try world.store.everybody(), keys: [], instance: [], now: { [world] in world.now })
        let again = Client(people: book)
        world.turn(bySeconds: 1_700)
        let other = Browser(
            client: {
                var client = again; client.key = nil; return client
            }(), cookie: browser.cookie)
        #expect(await other.get("/api/v1/me").status == 200)
    }

    @Test func anEleventhVisitEndsTheFirst() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        var browsers: [Browser] = []
        for _ in 0..<11 {
            browsers.append(try await world.browser("ada"))
            world.turn(bySeconds: 1)
        }
        #expect(await browsers[0].get("/api/v1/me").status == 401)
        for browser in browsers.dropFirst() { #expect(await browser.get("/api/v1/me").status == 200) }
        #expect(await browsers[10].get("/api/v1/visits").json["items"]?.array?.count == 10)
    }

    @Test func aVisitIsListedAndEndedByItsPersonAlone() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        try await world.person("ben")
        let first = try await world.browser("ada"), second = try await world.browser("ada"), his = try await world.browser("ben")
        let items = try #require(await second.get("/api/v1/visits").json["items"]?.array)
        #expect(items.count == 2 && items.count { $0["current"]?.bool == true } == 1)
        let other = try #require(items.first { $0["current"]?.bool == false }?["id"]?.string)
        #expect(await his.send(.delete, "/api/v1/visits/\(other)").line == "404 not_found")
        #expect(await first.get("/api/v1/me").status == 200)
        #expect(await second.send(.delete, "/api/v1/visits/\(other)").status == 204)
        #expect(await first.get("/api/v1/me").status == 401)
        #expect(await second.send(.delete, "/api/v1/visits/\(other)").line == "404 not_found")
        #expect(await his.get("/api/v1/visits").json["items"]?.array?.count == 1)
    }

    // MARK: Passwords

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
        #expect(answer.status == 500 && answer.headers[.setCookie] == nil)
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

    // MARK: Tries

    @Test func anAddressHasSoManyTriesAMinute() async throws {
        let world = try PeopleWorld { $0.logInsPerMinute = 5 }
        try await world.person("ada")
        func log(from peer: String, _ name: String) async -> Client.Answer {
            await world.client.send(
                .post, "/api/v1/log-in", bytes: Array(#"{"email":"\#(name)@example.org","password":"\#(PeopleWorld.password)"}"#.utf8), from: peer)
        }
        for number in 0..<5 { #expect(await log(from: "192.0.2.1", "nobody\(number)").status == 401) }
        let sixth = await log(from: "192.0.2.1", "ada")
        #expect(sixth.line == "429 rate_limited")
        #expect(sixth.headers[.retryAfter].flatMap { Int($0) } ?? 0 >= 12)
        #expect(await log(from: "192.0.2.2", "ada").status == 200)
        world.turn(bySeconds: 13)
        #expect(await log(from: "192.0.2.1", "ada").status == 200)
        // A household of IPv6 counts as one.
        for number in 0..<5 { #expect(await log(from: "2001:db8::\(number + 1)", "nobody\(number)").status == 401) }
        #expect(await log(from: "2001:db8::99", "ada").status == 429)
        #expect(await log(from: "2001:db8:1::1", "ada").status == 200)
    }

    @Test func anAccountRestsLongerAfterEachFailure() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        try await world.person("ben")
        func log(_ password: String) async -> Client.Answer {
            await world.client.post("/api/v1/log-in", #"{"email":"ADA@example.org","password":"\#(password)"}"#)
        }
        var pauses: [Int64] = []
        for _ in 0..<16 {
            var answer = await log("wrong horse battery")
            if answer.status == 429 {
                pauses.append(answer.headers[.retryAfter].flatMap { Int64($0) } ?? 0)
                #expect(await log(PeopleWorld.password).status == 429, "the right one has to wait, too")
                world.turn(bySeconds: pauses.last!)
                answer = await log("wrong horse battery")
            }
            #expect(answer.line == "401 log_in_refused")
        }
        #expect(pauses.last == 360, "\(pauses)")
        #expect(Array(pauses.prefix(4)) == [1, 2, 4, 8] && zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 }, "\(pauses)")
        _ = try await world.browser("ben")
        world.turn(bySeconds: 360)
        #expect(await log(PeopleWorld.password).status == 200, "nobody is locked out for good")
    }

    /// From anywhere in the world the account can be tried; where its person comes from, that changes nothing.
    @Test func outsidersCannotHoldTheDoorClosed() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        func log(_ peer: String, _ password: String = PeopleWorld.password) async -> Client.Answer {
            await world.client.send(
                .post, "/api/v1/log-in", bytes: Array(#"{"email":"ada@example.org","password":"\#(password)"}"#.utf8), from: peer)
        }
        let home = await log("192.0.2.7")
        #expect(home.status == 200)
        var refused = 0, held = 0
        for number in 1...40 {
            let answer = await log("198.51.\(number).1", "wrong horse battery")
            if answer.status == 401 { refused += 1 } else if answer.status == 429 { held += 1 }
        }
        #expect(refused == 10 && held == 30, "ten at once, from however many places")
        #expect(await log("203.0.113.9").status == 429, "a new place has to wait, too")
        #expect(await log("192.0.2.99").status == 200, "a neighbour of an address that was there before")
        let browser = Browser(client: world.client, cookie: try #require(Browser.cookie(home)))
        #expect(await browser.send(.post, "/api/v1/me/proof", #"{"password":"\#(PeopleWorld.password)"}"#).status == 204, "nor who is in")
        world.turn(bySeconds: 360)
        #expect(await log("203.0.113.9").status == 200)
        #expect(await log("203.0.113.9").status == 200, "it is known now")
    }

    @Test func ofTriesAtOnceEachCounts() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        let answers = await withTaskGroup(of: Int.self) { tasks in
            for _ in 0..<7 {
                tasks.addTask { await world.client.post("/api/v1/log-in", #"{"email":"ada@example.org","password":"wrong horse battery"}"#).status }
            }
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0 == 401 } == 3 && answers.count { $0 == 429 } == 4, "\(answers)")
    }

    // MARK: Other sites

    @Test(
        arguments: [
            ([:], "403 cross_site X-Requested-By"), ([.requestedBy: "dashboard"], "403 cross_site Origin"),
            ([.requestedBy: "form", .site: "same-origin"], "403 cross_site X-Requested-By"),
            ([.requestedBy: "dashboard", .site: "cross-site"], "403 cross_site Sec-Fetch-Site"),
            ([.requestedBy: "dashboard", .site: "same-site"], "403 cross_site Sec-Fetch-Site"),
            ([.requestedBy: "dashboard", .site: "none"], "403 cross_site Sec-Fetch-Site"),
            ([.requestedBy: "dashboard", .origin: "http://evil.example"], "403 cross_site Origin"),
            ([.requestedBy: "dashboard", .origin: "https://127.0.0.1:8080"], "403 cross_site Origin"),
            ([.requestedBy: "dashboard", .origin: "null"], "403 cross_site Origin"),
            ([.requestedBy: "dashboard", .site: "cross-site", .origin: "http://127.0.0.1:8080"], "403 cross_site Sec-Fetch-Site"),
            ([.requestedBy: "dashboard", .origin: "http://127.0.0.1:8080"], "204"), ([.requestedBy: "dashboard", .site: "same-origin"], "204"),
        ] as [([HTTPField.Name: String], String)])
    func whatAnotherSiteMakesABrowserSendIsRefused(_ given: [HTTPField.Name: String], _ line: String) async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        let browser = try await world.browser("ada")
        var headers: HTTPFields = [.cookie: browser.cookie]
        for (name, value) in given { headers[name] = value }
        #expect(await world.client.send(.post, "/api/v1/log-out", headers: headers).line == line)
        // To look is harmless: another site cannot read the answer.
        #expect(await world.client.send(.get, "/api/v1/me", headers: [.cookie: browser.cookie]).status == (line == "204" ? 401 : 200))
    }

    @Test func nobodyIsLoggedInFromAnotherSite() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        let body = #"{"email":"ada@example.org","password":"\#(PeopleWorld.password)"}"#
        #expect(await world.client.send(.post, "/api/v1/log-in", body, headers: [.site: "cross-site"]).line == "403 cross_site Sec-Fetch-Site")
        #expect(await world.client.send(.post, "/api/v1/log-in", body, headers: [.contentType: "text/plain"]).status == 415)
        #expect(await world.client.send(.post, "/api/v1/log-in", body, headers: [.site: "same-origin"]).status == 200)
    }

    @Test func aKeyNeedsNoneOfThat() async throws {
        var client = Client()
        client.key = "key-of-1"
        #expect(await client.send(.post, "/api/v1/emergency-stop", headers: [.site: "cross-site", .origin: "http://evil.example"]).status == 200)
    }

    // MARK: Looking after people

    @Test func anAdminAddsChangesAndDisables() async throws {
        let world = try PeopleWorld()
        let root = try await world.person("root", .admin), admin = try await world.browser("root")
        let made = await admin.send(.post, "/api/v1/people", #"{"email":"ada@example.org","name":"Ada","role":"viewer"}"#)
        #expect(made.status == 201)
        let id = try #require(made.json["id"]?.integer)
        #expect(made.headers[.location] == "/api/v1/people/\(id)")
        #expect(await admin.send(.post, "/api/v1/people", #"{"email":"ADA@example.org","name":"Ada","role":"viewer"}"#).line == "409 email_taken email")
        #expect(await admin.send(.post, "/api/v1/people", #"{"email":"ben@example.org","name":"Ben","role":"owner"}"#).line == "400 invalid_field role")
        #expect(await admin.send(.post, "/api/v1/people", #"{"email":"ben","name":"Ben","role":"viewer"}"#).line == "400 invalid_field email")
        #expect(await admin.get("/api/v1/people").json["items"]?.array?.count == 2)

        let code = try #require(await admin.send(.post, "/api/v1/people/\(id)/password-code").json["code"]?.string)
        #expect(await world.client.post("/api/v1/set-password", #"{"code":"\#(code)","password":"\#(PeopleWorld.password)"}"#).status == 204)
        let ada = try await world.browser("ada")
        #expect(await ada.send(.post, "/api/v1/signals", #"{"symbol":"R_100","kind":"rise"}"#).line == "403 forbidden")
        #expect(await admin.send(.put, "/api/v1/people/\(id)", #"{"role":"trader"}"#).json["role"]?.string == "trader")
        #expect(await ada.send(.post, "/api/v1/signals", #"{"symbol":"R_100","kind":"rise"}"#).status == 202, "at once")
        #expect(await ada.get("/api/v1/people").line == "403 forbidden")
        #expect(await admin.send(.put, "/api/v1/people/\(id)", #"{"disabled":true}"#).json["disabledAt"]?.string != nil)
        #expect(await ada.get("/api/v1/me").status == 401)
        await #expect(throws: PeopleWorld.NotLoggedIn.self) { try await world.browser("ada") }
        #expect(await admin.send(.put, "/api/v1/people/\(id)", #"{"disabled":false}"#).json["disabledAt"] == .null)
        _ = try await world.browser("ada")

        for change in [#"{"role":"trader"}"#, #"{"disabled":true}"#] {
            #expect(await admin.send(.put, "/api/v1/people/\(root.id)", change).line == "409 last_admin")
        }
        #expect(await admin.send(.put, "/api/v1/people/99", #"{"role":"trader"}"#).line == "404 not_found")
    }

    @Test func whoIsDisabledHasNoKeysEither() async throws {
        let world = try PeopleWorld()
        // The fixture's key belongs to owner 1.
        try await world.person("root", .admin)
        try await world.person("other", .admin)
        var client = world.client
        client.key = "key-of-1"
        #expect(await client.get("/api/v1/sessions").status == 200)
        #expect(await client.get("/api/v1/visits").line == "403 forbidden", "a key has no visits")
        #expect(await client.get("/api/v1/people").line == "403 forbidden", "and is no admin, whoever's it is")
        _ = try await world.book.change(OwnerID(rawValue: 1), PersonChange(role: .viewer), by: .host)
        #expect(await client.get("/api/v1/sessions").status == 200)
        #expect(await client.post("/api/v1/emergency-stop").line == "403 forbidden")
        _ = try await world.book.change(OwnerID(rawValue: 1), PersonChange(isDisabled: true), by: .host)
        #expect(await client.get("/api/v1/sessions").status == 401)
    }
}
