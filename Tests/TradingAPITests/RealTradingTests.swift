import HTTPTypes
import People
import PlainJSON
import SQLiteStore
import Synchronization
import Testing
import TradingEngine
import TradingModel
import TradingPorts

@testable import TradingAPI

/// What takes the password again, and what trading with real money takes.
@Suite struct RealTradingTests {
    /// Ada is owner 1 of the fixture; her account is real.
    func world(allowsReal: Bool = true, isVirtual: Bool = false) async throws -> PeopleWorld {
        let world = try PeopleWorld(allowsReal: allowsReal), ada = try await world.person("ada")
        #expect(ada.id.rawValue == 1)
        let profile = AccountProfile(broker: Label("deriv")!, loginID: Label("CR900001")!, currency: .usd, isVirtual: isVirtual)
        world.client.desk.state.withLock { $0.accounts[0].profile = profile }
        return world
    }

    let place = "/api/v1/accounts/1/real-trading"

    @Test func realMoneyTakesThreeThings() async throws {
        let world = try await world(), desk = world.client.desk
        var browser = try await world.browser("ada"), key = world.client
        key.key = "key-of-1"
        #expect(await browser.send(.post, "/api/v1/sessions/10/start").line == "409 real_trading_not_allowed")
        #expect(await browser.send(.post, "/api/v1/sessions/10/resume").line == "409 real_trading_not_allowed")
        #expect(await key.post("/api/v1/sessions/10/start").line == "409 real_trading_not_allowed", "a key is no way around")
        #expect(await key.send(.put, place, #"{"enabled":true}"#).line == "403 password_needed", "and types no password")
        #expect(desk.asked == [])

        world.turn(bySeconds: 300)
        #expect(await browser.send(.put, place, #"{"enabled":true}"#).line == "403 password_needed")
        #expect(await browser.send(.post, "/api/v1/me/proof", #"{"password":"wrong horse battery"}"#).line == "403 password_wrong password")
        #expect(await browser.send(.put, place, #"{"enabled":true}"#).line == "403 password_needed")
        let proof = await browser.send(.post, "/api/v1/me/proof", #"{"password":"\#(PeopleWorld.password)"}"#)
        #expect(proof.status == 204)
        #expect(await browser.get("/api/v1/me").status == 401, "the cookie of before is none any more")
        browser.cookie = try #require(Browser.cookie(proof))
        let enabled = await browser.send(.put, place, #"{"enabled":true}"#)
        #expect(enabled.status == 200 && enabled.json["enabledAt"]?.string != nil && enabled.json["real"]?.bool == true)
        #expect(await browser.send(.post, "/api/v1/sessions/10/start").status == 200)
        #expect(await key.post("/api/v1/sessions/10/resume").status == 200)

        // To take it back needs nothing, and ends what runs.
        world.turn(bySeconds: 300)
        #expect(await browser.send(.put, place, #"{"enabled":false}"#).json["enabledAt"] == .null)
        guard case .stopSession(let stopped, _, _) = desk.asked.last else { Issue.record("\(desk.asked)"); return }
        #expect(stopped.rawValue == 10)
        #expect(await browser.send(.post, "/api/v1/sessions/10/start").line == "409 real_trading_not_allowed")
    }

    @Test func aServerThatWasNotStartedForItAllowsNothing() async throws {
        let world = try await world(allowsReal: false), browser = try await world.browser("ada")
        #expect(await browser.send(.put, place, #"{"enabled":true}"#).line == "409 real_trading_not_allowed")
        try await world.book.setRealTrading(AccountID(rawValue: 1), owner: OwnerID(rawValue: 1), isEnabled: true, by: .host) { _ in }
        #expect(await browser.send(.post, "/api/v1/sessions/10/start").line == "409 real_trading_not_allowed")
        #expect(await browser.get(place).json["serverAllows"]?.bool == false)
    }

    @Test(arguments: [Role.viewer, .operator, .auditor])
    func whoMayNotManageAccountsEnablesNoRealMoney(_ role: Role) async throws {
        let world = try await world()
        _ = try await world.book.add(NewPerson(email: Email("root@example.org")!, name: "Root", role: .admin), by: .host)
        _ = try await world.book.change(OwnerID(rawValue: 1), PersonChange(role: role), by: .host)
        let browser = try await world.browser("ada")
        #expect(await browser.send(.put, place, #"{"enabled":true}"#).line == "403 forbidden")
        #expect(try await world.store.realTrading(AccountID(rawValue: 1), owner: OwnerID(rawValue: 1)) == nil)
        #expect(world.client.desk.asked == [])
    }

    /// What decides about buys, as far as it is told.
    private final class Told: Sendable {
        private let state = Mutex((now: 0, most: 0, last: false))
        var last: Bool { state.withLock(\.last) }
        var most: Int { state.withLock(\.most) }
        func enter() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.last) } }
        func leave(_ isEnabled: Bool) { state.withLock { $0 = ($0.now - 1, $0.most, isEnabled) } }
    }

    /// Enabled and taken back by many at once: what decides about buys and what is stored say the same in the end, and it is what was asked last.
    @Test func whatIsAskedAtOnceIsDoneOneAfterTheOther() async throws {
        let world = try await world(), account = AccountID(rawValue: 1), owner = OwnerID(rawValue: 1)
        let told = Told()
        for round in 0..<20 {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<8 {
                    tasks.addTask {
                        try await world.book.setRealTrading(account, owner: owner, isEnabled: (number + round).isMultiple(of: 2), by: .host) { isEnabled in
                            told.enter()
                            for _ in 0..<5 { await Task.yield() }
                            told.leave(isEnabled)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            let isStored = try await world.store.realTrading(account, owner: owner) != nil
            #expect(told.last == isStored, "round \(round)")
        }
        #expect(told.most == 1)
        let log = try world.audit().filter { $0.contains("| real money ") }
        #expect(log.first == "host | real money enable | account 1 | done" && log.count > 20)
    }

    @Test func aVirtualAccountNeedsNoneOfThat() async throws {
        let world = try await world(isVirtual: true), browser = try await world.browser("ada")
        #expect(await browser.send(.post, "/api/v1/sessions/10/start").status == 200)
        #expect(await browser.send(.put, place, #"{"enabled":true}"#).line == "409 real_trading_not_allowed")
        #expect(await browser.send(.put, place, #"{"enabled":1}"#).line == "400 invalid_field enabled")
        for target in ["/api/v1/accounts/2/real-trading", "/api/v1/accounts/97/real-trading"] {
            #expect(await browser.send(.put, target, #"{"enabled":true}"#).line == "404 account_not_found")
            #expect(await browser.get(target).line == "404 account_not_found")
        }
    }

    @Test func whatIsDangerousNeedsThePasswordAgain() async throws {
        let world = try PeopleWorld()
        try await world.person("root", .admin)
        var browser = try await world.browser("root"), key = world.client
        key.key = "key-of-1"
        world.turn(bySeconds: 300)
        let dangerous: [(HTTPRequest.Method, String, String)] = [
            (.post, "/api/v1/accounts", #"{"token":"abc"}"#), (.post, "/api/v1/keys", #"{"name":"bot","scopes":["read:trades"]}"#),
            (.post, "/api/v1/people", #"{"email":"a@b.org","name":"A","role":"viewer"}"#), (.put, "/api/v1/people/1", #"{"name":"R"}"#),
            (.post, "/api/v1/people/1/password-code", ""),
        ]
        for (method, target, body) in dangerous {
            #expect(await browser.send(method, target, body.isEmpty ? nil : body).line == "403 password_needed", "\(target)")
        }
        #expect(await browser.send(.post, "/api/deriv/token", #"{"token":"abc"}"#).status == 403)
        #expect(await browser.get("/api/v1/people").status == 200)
        #expect(await key.post("/api/v1/accounts", #"{"token":"abc"}"#).line == "403 person_needed", "no key types a password")
        key.key = "key-of-2"
        #expect(await key.post("/api/v1/accounts", #"{"token":"abc"}"#).status == 201, "an owner who is no person has nothing but the key")
        browser.cookie = try #require(Browser.cookie(await browser.send(.post, "/api/v1/me/proof", #"{"password":"\#(PeopleWorld.password)"}"#)))
        world.turn(bySeconds: 299)
        for (method, target, body) in dangerous {
            #expect([200, 201].contains(await browser.send(method, target, body.isEmpty ? nil : body).status), "\(target)")
        }
        world.turn(bySeconds: 1)
        #expect(await browser.send(.post, "/api/v1/accounts", #"{"token":"abc"}"#).line == "403 password_needed")
    }
}
