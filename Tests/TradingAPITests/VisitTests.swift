import HTTPTypes
import Hummingbird
import PlainJSON
import SQLiteStore
import Testing
import TradingModel
import TradingPorts

@testable import People
@testable import TradingAPI

/// How long a visit lasts, how many there are, and who ends them.
@Suite struct VisitTests {
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
}
