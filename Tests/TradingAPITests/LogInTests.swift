import HTTPTypes
import Hummingbird
import PlainJSON
import SQLiteStore
import Synchronization
import Testing
import TradingModel
import TradingPorts

@testable import People
@testable import TradingAPI

/// Coming in and going, and what whoever is not let in learns.
@Suite struct LogInTests {
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

    /// The ring lacks the key: a stranger learns nothing of it, who is in is told, and with the key everything is as it was.
    @Test func aPasswordThatDoesNotOpenIsNoServersFault() async throws {
        struct NoKey: Error {}
        let world = try PeopleWorld(), ada = try await world.person("ada")
        try await world.book.sealPasswords()
        let browser = try await world.browser("ada"), told = Mutex<[OwnerID]>([])
        let broken = SecretBox(seal: world.book.passwordBox.seal, open: { _, _ in throw NoKey() })
        let book = PeopleBook(
            store: world.store, everybody: try world.store.everybody(), keys: [], instance: world.store.instanceID, settings: world.book.settings,
            box: world.book.box, passwordBox: broken, couldNotOpen: { person, _ in told.withLock { $0.append(person) } }, now: { [world] in world.now })
        var client = Client(people: book)
        client.key = nil
        let right = #"{"email":"ada@example.org","password":"\#(PeopleWorld.password)"}"#, nobody = right.replacing("ada@", with: "eve@")
        #expect(await client.post("/api/v1/log-in", right).text == client.post("/api/v1/log-in", nobody).text)
        #expect(await client.post("/api/v1/log-in", right).line == "401 log_in_refused")
        #expect(told.withLock { Set($0) } == [ada.id])
        let visit = Browser(client: client, cookie: browser.cookie)
        #expect(await visit.send(.post, "/api/v1/me/proof", #"{"password":"\#(PeopleWorld.password)"}"#).line == "503 vault_failed")
        #expect(await world.client.post("/api/v1/log-in", right).status == 200)
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
}
