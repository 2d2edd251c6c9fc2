import HTTPTypes
import Hummingbird
import PlainJSON
import SQLiteStore
import Testing
import TradingModel
import TradingPorts

@testable import People
@testable import TradingAPI

/// The first admin, made once by a code.
@Suite struct SetUpTests {
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
}
