import HTTPTypes
import Hummingbird
import PlainJSON
import SQLiteStore
import Testing
import TradingModel
import TradingPorts

@testable import People
@testable import TradingAPI

/// Tries to log in are held up, and never for good.
@Suite struct LogInTryTests {
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
}
