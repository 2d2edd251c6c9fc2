import AuditLog
import Foundation
import HTTPTypes
import PlainJSON
import SQLiteStore
import Testing
import TradingModel
import TradingPorts

@testable import People
@testable import TradingAPI

/// What is not needed any more goes, and what the books need stays.
@Suite struct RetentionTests {
    @Test func nameAndAddressOfWhoIsDisabledGoForGood() async throws {
        let world = try PeopleWorld(), store = world.store
        try await world.person("root", .admin)
        let made = await (try await world.browser("root")).send(
            .post, "/api/v1/people", #"{"email":"Ada.Unmistakable@example.org","name":"Ada Unmistakable","role":"trader"}"#)
        let admin = try await world.browser("root"), id = try #require(made.json["id"]?.integer), ada = OwnerID(rawValue: id)
        let code = try await world.book.passwordCode(ada, by: .host).reveal { $0 }
        #expect(await world.client.post("/api/v1/set-password", #"{"code":"\#(code)","password":"\#(PeopleWorld.password)"}"#).status == 204)
        let place = "/api/v1/people/\(id)"
        #expect(await admin.send(.post, place + "/forget").line == "409 person_not_disabled")
        #expect(await admin.send(.post, "/api/v1/people/99/forget").line == "404 not_found")
        #expect(await admin.send(.put, place, #"{"disabled":true}"#).status == 200)
        let before = try world.audit().count
        let gone = await admin.send(.post, place + "/forget")
        #expect(gone.status == 200 && gone.json["email"]?.string == "person-\(id)@forgotten.invalid" && gone.json["name"]?.string == "person \(id)")
        #expect(gone.json["forgottenAt"]?.string != nil)
        #expect(await admin.send(.post, place + "/forget").text == gone.text, "once more changes nothing")
        #expect(Array(try world.audit().dropFirst(before)) == ["person 1 at 127.0.0.1 | person forget | person \(id) | done"])
        for change in [#"{"disabled":false}"#, #"{"name":"Ada"}"#, #"{"role":"admin"}"#] {
            #expect(await admin.send(.put, place, change).line == "409 person_forgotten")
        }
        // What is left of her is her number.
        #expect(try store.owners().first { $0.id == ada }?.name == "person \(id)")
        #expect(try await store.notices(ada) == [])
        #expect(try await store.person(ada)?.password == nil)
        #expect(try await !store.hasLoggedIn(account: "ada.unmistakable@example.org", from: "127.0.0.0/24"))
        #expect(
            await admin.send(.post, "/api/v1/people", #"{"email":"ada.unmistakable@example.org","name":"Another","role":"viewer"}"#).status == 201,
            "the address is free")
        #expect(await admin.get("/api/v1/audit").status == 200)
        // The log is whole, and still tells what number she had.
        let log = try AuditReader(store.path)
        #expect(try log.verify([]).sequence == Int64(try world.audit().count))
        #expect(try world.audit().contains { $0.contains("person add | person \(id), trader") })
        #expect(!(try world.audit().joined().lowercased().contains("unmistakable")))
    }

    /// Not only hidden: the bytes are not in the file any more.
    @Test func nothingOfItIsLeftInTheFile() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("signalist-retention-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteStore.open(folder.path + "/signalist.sqlite")
        let email = try #require(Email("ada@unmistakable.example"))
        guard case .added(let ada) = try await store.add(NewPerson(email: email, name: "Ada Unmistakable", role: .viewer), by: .host) else {
            Issue.record("not added")
            return
        }
        // The answer to whoever added her is kept for a request that comes again.
        let answer = RememberedAnswer(requestHash: [1], status: 201, body: Array(#"{"email":"ada@unmistakable.example","name":"Ada Unmistakable"}"#.utf8))
        try await store.remember(OwnerID(rawValue: 1_000), idempotencyKey: "add-ada", answer)
        func found() throws -> [String] {
            let words = ["unmistakable.example", "Ada Unmistakable"]
            return try FileManager.default.contentsOfDirectory(atPath: folder.path).flatMap { name in
                let bytes = try Data(contentsOf: folder.appendingPathComponent(name))
                return words.filter { bytes.range(of: Data($0.utf8)) != nil }.map { "\($0) in \(name)" }
            }
        }
        _ = try await store.change(ada.id, PersonChange(isDisabled: true), by: .host)
        #expect(try !found().isEmpty)
        guard case .forgotten = try await store.forget(ada.id, by: .host) else { Issue.record("not forgotten"); return }
        #expect(try found() == [], "while the server runs")
        try store.close()
        #expect(try found() == [])
    }

    @Test func whatHasEndedIsRemovedAfterItsTime() async throws {
        let world = try PeopleWorld { $0.keepDays = 30 }, store = world.store
        let ada = try await world.person("ada")
        var browser = try await world.browser("ada")
        #expect(await browser.send(.post, "/api/v1/keys", #"{"name":"bot","scopes":["read:trades"],"validDays":1}"#).status == 201)
        _ = try await world.book.passwordCode(ada.id, by: .host)
        #expect(try await world.book.keepHouse() == Removed(), "nothing has ended")
        let entries = try world.audit().count
        world.turn(bySeconds: 86_399)
        #expect(try await world.book.keepHouse() == Removed(), "once a day")
        world.turn(bySeconds: 1)
        // Seen a moment ago, and written down nowhere but in memory: it stays.
        let alive = try await world.browser("ada")
        let first = try await world.book.keepHouse()
        #expect(first.words == "1 visits", "the code was good for a day, and is kept for another")
        #expect(await alive.get("/api/v1/me").status == 200)
        #expect(await browser.get("/api/v1/me").status == 401)
        #expect(try world.audit().last == "server | remove old | 1 visits | done" && (try world.audit().count) == entries + 2)
        world.turn(bySeconds: 33 * 86_400)
        #expect(try await world.book.keepHouse().words == "1 visits, 1 keys, 1 codes, 4 notices, 1 networks")
        #expect(try await store.notices(ada.id) == [])
        #expect(try await store.accessKeys(ada.id) == [])
        browser = try await world.browser("ada")
        #expect(await browser.get("/api/v1/me/notices").json["items"]?.array?.compactMap { $0["kind"]?.string } == ["new_network"])
        _ = try AuditReader(store.path).verify([])
    }

    @Test func aVisitThatIsInUseIsNotTakenForAnOldOne() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        let browser = try await world.browser("ada")
        for _ in 0..<10 {
            world.turn(bySeconds: 1_700)
            #expect(await browser.get("/api/v1/me").status == 200)
        }
        #expect(try await world.book.keepHouse() == Removed())
        #expect(await browser.get("/api/v1/me").status == 200)
    }
}
