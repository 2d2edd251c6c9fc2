import HTTPTypes
import PlainJSON
import SQLiteStore
import Testing
import TradingModel
import TradingPorts

@testable import People
@testable import TradingAPI

/// What people do to people, keys and visits stands on the audit log, with who did it and from where.
@Suite struct PeopleAuditTests {
    @Test func everyActIsOnTheLog() async throws {
        let world = try PeopleWorld(), client = world.client
        let setUp = try #require(try await world.book.setUpCode()).reveal { $0 }
        #expect(
            await client.post("/api/v1/set-up", #"{"code":"\#(setUp)","email":"root@example.org","name":"R","password":"\#(PeopleWorld.password)"}"#).status
                == 201)
        var admin = try await world.browser("root")
        #expect(await admin.send(.post, "/api/v1/people", #"{"email":"ada@example.org","name":"Ada","role":"viewer"}"#).status == 201)
        #expect(await admin.send(.put, "/api/v1/people/2", #"{"role":"trader"}"#).status == 200)
        #expect(await admin.send(.put, "/api/v1/people/2", #"{"role":"trader"}"#).status == 200)
        let code = try #require(await admin.send(.post, "/api/v1/people/2/password-code").json["code"]?.string)
        #expect(await client.post("/api/v1/set-password", #"{"code":"\#(code)","password":"\#(PeopleWorld.password)"}"#).status == 204)
        let ada = try await world.browser("ada"), made = await ada.send(.post, "/api/v1/keys", #"{"name":"bot","scopes":["read:trades"]}"#)
        let key = try #require(made.json["id"]?.string)
        #expect(await ada.send(.delete, "/api/v1/keys/\(key)").status == 204)
        #expect(await ada.send(.post, "/api/v1/log-out").status == 204)
        let changed = await admin.send(
            .put, "/api/v1/me/password", #"{"password":"\#(PeopleWorld.password)","newPassword":"another horse battery"}"#)
        admin.cookie = try #require(Browser.cookie(changed))
        #expect(await admin.send(.put, "/api/v1/people/2", #"{"disabled":true}"#).status == 200)
        let log = try world.audit()
        let here = " at 127.0.0.1", until = world.now.adding(seconds: 90 * 86_400)
        let expected = [
            "host | set-up code | the first admin | done", "set-up code\(here) | person add | person 1, admin | done", "person 1\(here) | log in | visit ",
            "person 1\(here) | person add | person 2, viewer | done", "person 1\(here) | person change | person 2: role trader | done",
            "person 1\(here) | password code | person 2 | done", "password code\(here) | password set | person 2 | done",
            "person 2\(here) | log in | visit ", "person 2\(here) | access key add | key \(key) of person 2: read:trades, until \(until) | done",
            "person 2\(here) | access key remove | key \(key) of person 2 | done", "person 2\(here) | log out | visit ",
            "person 1\(here) | password change | person 1 | done", "person 1\(here) | person change | person 2: disabled | done",
        ]
        #expect(log.count == expected.count, "\(log)")
        for (line, start) in zip(log, expected) { #expect(line.hasPrefix(start), "\(line)") }
        for secret in [setUp, code, PeopleWorld.password, made.json["key"]!.string!] { #expect(!log.joined().contains(secret)) }
    }

    @Test func aSecondFactorIsOnTheLogFromItsBeginningToItsEnd() async throws {
        let world = try PeopleWorld(), (browser, _, codes) = try await SecondFactorTests().withFactor(world)
        let answer = await world.client.post(
            "/api/v1/log-in", #"{"email":"ada@example.org","password":"\#(PeopleWorld.password)","code":"\#(codes[0])"}"#)
        #expect(answer.status == 200)
        #expect(await browser.send(.delete, "/api/v1/me/second-factor").status == 204)
        let acts = try world.audit().filter { $0.contains("second factor") || $0.contains("recovery") }
        #expect(
            acts == [
                "person 1 at 127.0.0.1 | second factor begin | person 1 | done", "person 1 at 127.0.0.1 | second factor on | person 1 | done",
                "person 1 at 127.0.0.1 | recovery code use | person 1 | done",
                "person 1 at 127.0.0.1 | second factor off | person 1; ended 1 visits | done",
            ])
        let command = try PeopleWorld()
        _ = try await SecondFactorTests().withFactor(command)
        #expect(try await command.store.removeSecondFactor(OwnerID(rawValue: 1), keeping: nil, by: .host)?.visits.count == 1)
        #expect(try command.audit().last == "host | second factor off | person 1; ended 1 visits | done")
    }

    /// One entry a minute for each account and address, with their number; what was typed in place of an address is not kept.
    @Test func refusedTriesAreCounted() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        func log(_ email: String, _ peer: String, _ password: String = "wrong horse battery") async -> Int {
            await world.client.send(
                .post, "/api/v1/log-in", bytes: Array(#"{"email":"\#(email)","password":"\#(password)"}"#.utf8), from: peer
            ).status
        }
        for _ in 0..<3 { #expect(await log("ada@example.org", "192.0.2.7") == 401) }
        #expect(await log("my secret password", "2001:db8::7") == 401)
        #expect(await log("nobody@example.org", "2001:db8::7") == 401)
        let first = [
            "somebody at 192.0.2.7 | log in | person 1 | refused 1", "somebody at 2001:db8::7 | log in | nobody | refused 1",
        ]
        #expect(try world.audit().filter { $0.contains("refused") } == first)
        try await world.book.writeDown()
        #expect(try world.audit().filter { $0.contains("refused") } == first, "the minute has not passed")
        world.turn(bySeconds: 60)
        try await world.book.writeDown()
        let both = first + ["somebody at 192.0.2.7 | log in | person 1 | refused 2", "somebody at 2001:db8::7 | log in | nobody | refused 1"]
        #expect(try world.audit().filter { $0.contains("refused") }.sorted() == both.sorted())
        #expect(!(try world.audit().joined().contains("secret")))
        // The server ends in the middle of a minute.
        #expect(await log("ada@example.org", "192.0.2.7") == 401)
        try await world.book.writeDown(isLast: true)
        #expect(try world.audit().last == "somebody at 192.0.2.7 | log in | person 1 | refused 1")
        let browser = try await world.browser("ada")
        #expect(await browser.send(.post, "/api/v1/me/proof", #"{"password":"wrong horse battery"}"#).status == 403)
        #expect(try world.audit().last == "somebody at 127.0.0.1 | password typed again | person 1 | refused 1")
        #expect(await world.client.post("/api/v1/set-password", #"{"code":"x","password":"another horse battery"}"#).status == 422)
        #expect(try world.audit().last == "somebody at 127.0.0.1 | one-time code | nobody | refused 1")
    }

    @Test func visitsOfTheListAreTakenAwayOnTheLog() async throws {
        let world = try PeopleWorld(), ada = try await world.person("ada")
        _ = try await world.browser("ada")
        let other = try #require(try await world.store.visits(ada.id).first), browser = try await world.browser("ada")
        #expect(await browser.send(.delete, "/api/v1/visits/\(other.id)").status == 204)
        #expect(try world.audit().last == "person 1 at 127.0.0.1 | visit end | visit \(other.id) | done")
    }
}
