import HTTPTypes
import Hummingbird
import PlainJSON
import SQLiteStore
import Testing
import TradingModel
import TradingPorts

@testable import People
@testable import TradingAPI

/// What people are told about their own way in.
@Suite struct NoticeTests {
    /// Each notice as a line, oldest first: `log_in_refused somebody 192.0.2.0/24 x3`.
    func lines(_ browser: Browser, _ query: String = "") async -> [String] {
        (await browser.get("/api/v1/me/notices" + query).json["items"]?.array ?? []).reversed().map { notice in
            let words = [notice["kind"], notice["about"], notice["by"], notice["from"]].compactMap { $0?.string }
            return words.joined(separator: " ") + (notice["count"]?.integer == 1 ? "" : " x\(notice["count"]?.integer ?? 0)")
        }
    }

    func tries(_ world: PeopleWorld, _ email: String = "ada@example.org", _ password: String = "wrong horse battery", from peer: String) async -> Client.Answer
    {
        await world.client.send(.post, "/api/v1/log-in", bytes: Array(#"{"email":"\#(email)","password":"\#(password)"}"#.utf8), from: peer)
    }

    @Test func whatWasTriedIsToldWithItsNumberAndNetwork() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        try await world.person("ben")
        for _ in 0..<3 { #expect(await tries(world, from: "192.0.2.7").line == "401 log_in_refused") }
        #expect(await tries(world, from: "2001:db8::7").line == "401 log_in_refused")
        #expect(await tries(world, "nobody@example.org", from: "192.0.2.7").line == "401 log_in_refused")
        world.turn(bySeconds: 60)
        let browser = try await world.browser("ada")
        let all = await browser.get("/api/v1/me/notices")
        #expect(
            await lines(browser).sorted() == [
                "log_in_refused somebody 192.0.2.0/24 x3", "log_in_refused somebody 2001:db8:0:0::/64", "new_network you 127.0.0.0/24",
            ])
        #expect(!all.text.contains("horse"))
        #expect(await browser.get("/api/v1/me").json["unseenNotices"]?.integer == 3)
        #expect(await lines(try await world.browser("ben")) == ["new_network you 127.0.0.0/24"], "nothing of hers, and nothing of nobody's")
        #expect(await browser.send(.post, "/api/v1/me/proof", #"{"password":"wrong horse battery"}"#).status == 403)
        #expect(await lines(browser).last == "proof_refused somebody 127.0.0.0/24")
    }

    /// An address that is nobody's answers as one that is somebody's, and what is written meanwhile is the same.
    @Test func whoeverTriesCannotTellWhetherAnybodyIsTold() async throws {
        let world = try PeopleWorld()
        let ada = try await world.person("ada")
        let known = await tries(world, from: "192.0.2.7"), unknown = await tries(world, "nobody@example.org", from: "198.51.100.7")
        #expect(known.text == unknown.text && known.headers[.setCookie] == unknown.headers[.setCookie] && known.line == unknown.line)
        #expect(try world.audit().filter { $0.contains("refused") }.count == 2, "one entry for each")
        #expect(try await world.store.notices(ada.id) == [], "her notice waits in memory")
        try await world.book.writeDown()
        #expect(try await world.store.notices(ada.id).map(\.kind) == [.logInRefused])
    }

    @Test func aFloodFillsNoList() async throws {
        let world = try PeopleWorld()
        let ada = try await world.person("ada"), host = Doer.host
        _ = try await world.book.passwordCode(ada.id, by: host)
        for number in 0..<500 {
            try await world.store.note([
                FailedTries(person: ada.id, kind: .logInRefused, network: "198.51.\(number).0/24", count: 2, firstAt: world.now, lastAt: world.now)
            ])
        }
        var notices = try await world.store.notices(ada.id)
        #expect(notices.count == 22, "twenty networks, all others, and what is no try")
        #expect(notices.first?.from == "many networks" && notices.first?.count == 960)
        #expect(notices.last?.kind == .passwordCodeMade)
        #expect(notices.reduce(0) { $0 + $1.count } == 1_001)
        // Whoever sees them all the time keeps the newest, and loses none that was not seen.
        for number in 0..<500 {
            let newest = try #require(try await world.store.notices(ada.id).first?.number)
            #expect(try await world.store.see(notice: newest, andOlder: number > 0, of: ada.id))
            try await world.store.note([
                FailedTries(person: ada.id, kind: .logInRefused, network: "203.0.\(number).0/24", count: 1, firstAt: world.now, lastAt: world.now)
            ])
        }
        notices = try await world.store.notices(ada.id)
        #expect(notices.count == Notice.most && notices.first?.seenAt == nil && notices.first?.from == "203.0.499.0/24")
    }

    @Test func manyPlacesInMemoryShareOneAndThenNone() {
        let counts = FailedTryCounts(most: 2), ada = OwnerID(rawValue: 1), ben = OwnerID(rawValue: 2), now = Timestamp(seconds: 9)
        for number in 0..<9 { counts.count(.logInRefused, of: ada, network: "\(number)", at: now) }
        for person in 2..<9 { counts.count(.logInRefused, of: OwnerID(rawValue: Int64(person)), network: "n", at: now.adding(seconds: 1)) }
        let taken = counts.take()
        #expect(taken.map(\.network) == ["0", "1", "many networks", "many networks"] && taken.map(\.count) == [1, 1, 7, 1])
        #expect(taken.last?.person == ben)
        #expect(counts.take() == [])
    }

    @Test func everyChangeOfTheWayInIsTold() async throws {
        let world = try PeopleWorld()
        try await world.person("root", .admin)
        let ada = try await world.person("ada"), admin = try await world.browser("root")
        var browser = try await world.browser("ada")
        let made = await browser.send(.post, "/api/v1/keys", #"{"name":"bot","scopes":["read:trades"]}"#), key = try #require(made.json["id"]?.string)
        #expect(await browser.send(.delete, "/api/v1/keys/\(key)").status == 204)
        let changed = await browser.send(.put, "/api/v1/me/password", #"{"password":"\#(PeopleWorld.password)","newPassword":"another horse battery"}"#)
        browser.cookie = try #require(Browser.cookie(changed))
        let begun = await browser.send(.post, "/api/v1/me/second-factor"), secret = SecondFactorTests.bytes(try #require(begun.json["secret"]?.string))
        func code(_ step: Int64) -> String { TimeCode.code(secret, step: TimeCode.step(at: world.now) + step) }
        let confirmed = await browser.send(.post, "/api/v1/me/second-factor/confirm", #"{"code":"\#(code(0))"}"#)
        browser.cookie = try #require(Browser.cookie(confirmed))
        let recovery = try #require(confirmed.json["recoveryCodes"]?.array?.first?.string)
        func logIn(_ code: String) async -> Int {
            await world.client.post("/api/v1/log-in", #"{"email":"ada@example.org","password":"another horse battery","code":"\#(code)"}"#).status
        }
        #expect(await logIn("000000") == 401)
        #expect(await logIn(recovery) == 200)
        browser.cookie = try #require(Browser.cookie(await browser.send(.delete, "/api/v1/me/second-factor")))
        try world.store.keep([1], account: AccountID(rawValue: 7), owner: ada.id, loginID: Label("VRTC1")!, isVirtual: true, isCompromised: false)
        try await world.store.keepRealTrading(AccountID(rawValue: 7), owner: ada.id, at: world.now, by: Doer("person \(ada.id)"))
        try await world.store.keepRealTrading(AccountID(rawValue: 7), owner: ada.id, at: nil, by: Doer("person \(ada.id)"))
        #expect(await admin.send(.put, "/api/v1/people/\(ada.id)", #"{"role":"viewer"}"#).status == 200)
        let reset = try #require(await admin.send(.post, "/api/v1/people/\(ada.id)/password-code").json["code"]?.string)
        let last = "a third horse battery"
        #expect(await world.client.post("/api/v1/set-password", #"{"code":"\#(reset)","password":"\#(last)"}"#).status == 204)
        for isDisabled in [true, false] { #expect(await admin.send(.put, "/api/v1/people/\(ada.id)", #"{"disabled":\#(isDisabled)}"#).status == 200) }
        _ = try await world.store.makeOneTimeCode(.setPassword, person: ada.id, validForSeconds: 60, by: .host)

        browser = try await world.browser("ada", password: last)
        let here = "127.0.0.1",
            expected = [
                "key_made \(key) you \(here)", "key_removed \(key) you \(here)", "password_changed you \(here)", "second_factor_on you \(here)",
                "code_refused somebody 127.0.0.0/24", "recovery_code_used you \(here)", "second_factor_off you \(here)", "token_stored account 7 you",
                "real_money_on account 7 you", "real_money_off account 7 you", "role_changed viewer admin", "password_code_made admin",
                "password_set code \(here)", "disabled admin", "enabled admin", "password_code_made machine", "new_network you 127.0.0.0/24 x2",
            ]
        #expect(await lines(browser).sorted() == expected.sorted())
        let text = await browser.get("/api/v1/me/notices").text
        for word in [reset, recovery, last, made.json["key"]!.string!, cookieText(browser)] { #expect(!text.contains(word)) }
        #expect(await lines(admin).allSatisfy { $0.hasPrefix("new_network") }, "an admin is told of the own way in alone")
    }

    private func cookieText(_ browser: Browser) -> String { String(browser.cookie.split(separator: "=")[1]) }

    @Test func whatWasSeenStaysSeenAndAnothersIsNotThere() async throws {
        let world = try PeopleWorld()
        let ada = try await world.person("ada")
        try await world.person("ben")
        let browser = try await world.browser("ada"), his = try await world.browser("ben")
        _ = try await world.book.passwordCode(ada.id, by: .host)
        for _ in 0..<2 {
            try await world.store.note([FailedTries(person: ada.id, kind: .logInRefused, network: "n", count: 1, firstAt: world.now, lastAt: world.now)])
        }
        let ids = await browser.get("/api/v1/me/notices").json["items"]?.array?.compactMap { $0["id"]?.integer } ?? []
        #expect(ids == ids.sorted(by: >) && ids.count == 3)
        for (target, line) in [
            ("\(ids[0])", "404 not_found"), ("999", "404 not_found"), ("x", "400 invalid_field notice"), ("0", "400 invalid_field notice"),
        ] { #expect(await his.send(.post, "/api/v1/me/notices/\(target)/seen").line == line, "\(target)") }
        #expect(await browser.get("/api/v1/me").json["unseenNotices"]?.integer == 3)
        #expect(await browser.send(.post, "/api/v1/me/notices/\(ids[2])/seen").status == 204)
        #expect(await browser.get("/api/v1/me/notices?unseen=true").json["items"]?.array?.compactMap { $0["id"]?.integer } == Array(ids.prefix(2)))
        let at = await browser.get("/api/v1/me/notices").json["items"]?.array?.last?["seenAt"]?.string
        world.turn(bySeconds: 5)
        #expect(await browser.send(.post, "/api/v1/me/notices/\(ids[0])/seen", #"{"andOlder":true}"#).status == 204)
        #expect(await browser.get("/api/v1/me").json["unseenNotices"]?.integer == 0)
        #expect(at != nil)
        #expect(await browser.get("/api/v1/me/notices").json["items"]?.array?.last?["seenAt"]?.string == at)
        // The same once more is told anew.
        try await world.store.note([FailedTries(person: ada.id, kind: .logInRefused, network: "n", count: 1, firstAt: world.now, lastAt: world.now)])
        #expect(await browser.get("/api/v1/me/notices?unseen=true").json["items"]?.array?.count == 1)
        #expect(await browser.get("/api/v1/me/notices?unseen=perhaps").line == "400 invalid_field unseen")
        #expect(await browser.send(.post, "/api/v1/me/notices/\(ids[0])/seen", #"{"andOlder":1}"#).line == "400 invalid_field andOlder")
        var key = world.client
        key.key = await browser.send(.post, "/api/v1/keys", #"{"name":"bot","scopes":["read:trades"]}"#).json["key"]?.string
        #expect(await key.get("/api/v1/me/notices").line == "403 forbidden")
        #expect(await key.get("/api/v1/me").json["unseenNotices"] == .null)
    }

    @Test func whoseKeyEndsWithinAWeekIsToldOnce() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        var browser = try await world.browser("ada")
        let made = await browser.send(.post, "/api/v1/keys", #"{"name":"bot","scopes":["read:trades"],"validDays":10}"#)
        let key = try #require(made.json["id"]?.string)
        _ = await browser.send(.post, "/api/v1/keys", #"{"name":"other","scopes":["read:trades"],"validDays":90}"#)
        func told() async throws -> [String] {
            _ = try await world.book.keepHouse()
            return await lines(browser).filter { $0.hasPrefix("key_ending") }
        }
        #expect(try await told() == [])
        world.turn(bySeconds: 3 * 86_400 - 1)
        browser = try await world.browser("ada")
        #expect(try await told() == [])
        world.turn(bySeconds: 1)
        #expect(try await told() == ["key_ending \(key) machine"])
        #expect(try await told() == ["key_ending \(key) machine"])
        world.turn(bySeconds: 8 * 86_400)
        browser = try await world.browser("ada")
        #expect(try await told().count == 1, "it has ended")
    }
}
