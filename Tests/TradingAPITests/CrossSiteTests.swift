import HTTPTypes
import Hummingbird
import PlainJSON
import SQLiteStore
import Testing
import TradingModel
import TradingPorts

@testable import People
@testable import TradingAPI

/// What other sites make a browser send is refused.
@Suite struct CrossSiteTests {
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
}
