import HTTPTypes
import Hummingbird
import PlainJSON
import SQLiteStore
import Testing
import TradingModel
import TradingPorts

@testable import People
@testable import TradingAPI

/// Admins add, change and disable people.
@Suite struct LookingAfterPeopleTests {
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
