import HTTPTypes
import People
import PlainJSON
import Synchronization
import Testing
import TradingModel
import TradingPorts
import TradingService

@testable import TradingAPI
@testable import TradingEngine

/// A key that is for some sessions: of the owner's others it finds nothing, and what is the owner's as a whole is not for it. Owner 1 of the
/// fixture has session 10 on account 1; here also 11 on account 3, which the key is not for.
@Suite struct ReachTests {
    static let foreignSignal = "0000000000000000000000000000000b", sharedSignal = "0000000000000000000000000000000c"

    private struct Bound {
        let world: PeopleWorld, desk: FakeDesk, key: Client, whole: Client
    }

    private func bound() async throws -> Bound {
        let desk = FakeDesk(), world = try PeopleWorld(desk: desk), ada = try await world.person("ada")
        #expect(ada.id.rawValue == 1)
        desk.state.withLock { state in
            state.accounts.append(.fixture(3, owner: 1))
            state.sessions.append(.fixture(11, owner: 1, account: AccountID(rawValue: 3)))
            state.trades.append(.fixture(session: 11, signal: 11, owner: 1))
            var foreign = SignalRow.fixture(11, owner: 1), shared = SignalRow.fixture(12, owner: 1)
            foreign.signal.session = SessionID(rawValue: 11)
            foreign.decisions[0].session = SessionID(rawValue: 11)
            var other = shared.decisions[0]
            (other.session, other.status, shared.decisions[0].status, shared.status) = (SessionID(rawValue: 11), .intended, .refused, .intended)
            shared.decisions.append(other)
            state.signals += [foreign, shared]
        }
        let browser = try await world.browser("ada"), scopes = #"["read:metrics","read:trades","signal:send","session:control"]"#
        func client(_ more: String) async throws -> Client {
            let made = await browser.send(.post, "/api/v1/keys", #"{"name":"bot","scopes":\#(scopes)\#(more)}"#)
            var client = world.client
            client.key = try #require(made.json["key"]?.string)
            return client
        }
        return Bound(world: world, desk: desk, key: try await client(#","sessions":[10]"#), whole: try await client(""))
    }

    private func target(_ route: Route, session: String) -> String {
        let signal = session == "10" ? "05" : "0b"
        return route.path.replacing("{session}", with: session).replacing("{trade}", with: "\(session).000000000000000000000000000000\(signal)")
            .replacing("{account}", with: "1").replacing("{signal}", with: "000000000000000000000000000000\(signal)").replacing("{raise}", with: "1")
    }

    /// Every route of the table by what it says of its reach, so that a new one is nothing for such a key until somebody decides.
    @Test func atEveryRouteTheKeyGoesNoFurtherThanItsSessions() async throws {
        let bound = try await bound(), asked = bound.desk.asked.count
        var seen: Set<Route.Reach> = []
        for route in Route.all + Route.previous {
            guard case .scope(let scope) = route.access, scope.isForKeys else { continue }
            seen.insert(route.reach)
            let target = target(route, session: "11")
            switch route.reach {
            case .everything:
                let answer = await bound.key.send(route.method, target)
                #expect(answer.status == 403, "\(route.method) \(target)")
                #expect(answer.text.contains("this key is for the sessions 10 only"), "\(route.method) \(target)")
            case .oneSession:
                let answer = await bound.key.send(route.method, target), missing = await bound.key.send(route.method, target.replacing("11", with: "98"))
                #expect(answer.status == 404 && answer.text == missing.text, "\(route.method) \(target)")
            case .itsSessions, .noSession: continue
            }
        }
        #expect(seen == [.everything, .oneSession, .itsSessions, .noSession])
        #expect(bound.desk.asked.count == asked, "nothing of it came as far as the loop")
        #expect(await bound.key.get("/api/v1/sessions/x").line == "400 invalid_field session")
    }

    /// What is the owner's as a whole says so: in particular everything that writes, but for its own sessions.
    @Test func whatWritesIsOfItsSessionsOrNothingForIt() {
        let free = Set(["/api/v1/signals", "/api/v1/signals/{signal}/cancel"])
        for route in Route.all + Route.previous where route.method != .get && route.needsKey && !free.contains(route.path) {
            if route.path.hasPrefix("/api/deriv/create-") || route.path == "/api/deriv/verify-email" { continue }
            #expect(route.reach == .everything || route.reach == .oneSession, "\(route.method) \(route.path)")
        }
    }

    @Test func withItsOwnSessionItDoesWhatItsScopesSay() async throws {
        let bound = try await bound()
        for verb in ["start", "pause", "resume", "stop"] {
            #expect(await bound.key.post("/api/v1/sessions/10/\(verb)").status == 200, "\(verb)")
            #expect(await bound.whole.post("/api/v1/sessions/11/\(verb)").status == 200, "a key for all does it with all")
            #expect(await bound.key.post("/api/v1/sessions/11/\(verb)").line == "404 session_not_found")
        }
        #expect(await bound.key.post("/api/v1/signals", #"{"symbol":"R_100","kind":"rise","session":10}"#).status == 202)
        for body in [
            #"{"symbol":"R_100","kind":"rise"}"#, #"{"symbol":"R_100","kind":"rise","session":11}"#, #"{"symbol":"R_100","kind":"rise","session":98}"#,
        ] {
            #expect(await bound.key.post("/api/v1/signals", body).line == "403 forbidden session")
        }
        #expect(await bound.key.post("/api/v1/signals/\(Self.foreignSignal)/cancel").line == "404 signal_not_found")
        #expect(await bound.key.post("/api/v1/signals/\(Self.sharedSignal)/cancel").line == "403 forbidden session", "others were offered it, too")
        #expect(await bound.key.delete("/api/v1/emergency-stop").line == "403 forbidden")
        #expect(await bound.key.post("/api/v1/emergency-stop").line == "403 forbidden")
    }

    @Test func listsAndWhatTheyListAreOfItsSessions() async throws {
        let bound = try await bound()
        func ids(_ client: Client, _ target: String) async -> [String] {
            await client.get(target).json["items"]?.array?.map { $0["id"]?.integer.map { "\($0)" } ?? $0["id"]?.string ?? "?" } ?? []
        }
        for (target, mine, all) in [
            ("/api/v1/sessions", 1, 2), ("/api/v1/accounts", 1, 2), ("/api/v1/trades", 1, 2), ("/api/v1/trades?session=11", 0, 1), ("/api/v1/signals", 2, 3),
        ] {
            #expect(await ids(bound.key, target).count == mine, "\(target)")
            #expect(await ids(bound.whole, target).count == all, "\(target)")
        }
        #expect(await ids(bound.key, "/api/v1/sessions") == ["10"])
        #expect(await bound.key.get("/api/v1/accounts/1").status == 200)
        for target in ["/api/v1/accounts/3", "/api/v1/accounts/3/real-trading"] { #expect(await bound.key.get(target).line == "404 account_not_found") }
        #expect(await bound.key.get("/api/v1/signals/\(Self.foreignSignal)").line == "404 signal_not_found")
    }

    /// As if there were no other session: neither their decisions nor what it came to with them.
    @Test func aSignalForAllIsShownAsFarAsItsSessionsWent() async throws {
        let bound = try await bound()
        let mine = await bound.key.get("/api/v1/signals/\(Self.sharedSignal)").json, whole = await bound.whole.get("/api/v1/signals/\(Self.sharedSignal)").json
        #expect(mine["status"]?.string == "refused" && mine["decisions"]?.array?.map { $0["session"]?.integer } == [10])
        #expect(whole["status"]?.string == "intended" && whole["decisions"]?.array?.count == 2)
        for (status, count) in [("refused", 1), ("intended", 0), ("pending", 1)] {
            #expect(await bound.key.get("/api/v1/signals?status=\(status)").json["items"]?.array?.count == count, "\(status)")
        }
    }

    @Test func aPageGoesOnPastWhatIsNotShown() async throws {
        let bound = try await bound()
        bound.desk.state.withLock { state in
            for number in 0..<30 { state.trades.insert(.fixture(session: 11, signal: UInt64(100 + number), owner: 1), at: 0) }
        }
        var after = "", found = 0, pages = 0
        repeat {
            let page = await bound.key.get("/api/v1/trades?limit=1\(after)").json
            found += page["items"]?.array?.count ?? 0
            pages += 1
            after = page["next"]?.string.map { "&after=\($0)" } ?? ""
        } while !after.isEmpty && pages < 40
        #expect(found == 1 && pages <= 3)
    }

    @Test func raisesOfOtherSessionsAreNotTold() async throws {
        let bound = try await bound(), plan = SessionRow.fixture(11, owner: 1).plan
        bound.desk.state.withLock { state in
            state.promises[OwnerID(rawValue: 1)] = PromiseStanding(
                seconds: 60,
                raises: ([
                    .plan(SessionID(rawValue: 10), plan), .plan(SessionID(rawValue: 11), plan), .accountLimits(AccountID(rawValue: 3), .none),
                    .ownerLimits(.none),
                ] as [Raise.Change]).enumerated().map { number, change in
                    .init(Raise(id: Int64(number) + 1, change: change, requestedAt: .fixture, dueAt: .fixture, by: Label("me")!), isHeld: false)
                })
        }
        #expect(await bound.key.get("/api/v1/limits/pending").json["items"]?.array?.map { $0["id"]?.integer } == [1, 4])
        #expect(await bound.whole.get("/api/v1/limits/pending").json["items"]?.array?.count == 4)
    }

    @Test func aStreamShowsTheFactsOfItsSessionsAndWhatHoldsForAll() async throws {
        let bound = try await bound(), owner = OwnerID(rawValue: 1), me = Label("me")!
        func fact(account: Int64? = nil, session: Int64? = nil, _ event: Fact.Event) -> Fact {
            Fact(at: .fixture, owner: owner, account: account.map(AccountID.init(rawValue:)), session: session.map(SessionID.init(rawValue:)), event)
        }
        var foreign = SignalRow.fixture(11, owner: 1).signal
        foreign.session = SessionID(rawValue: 11)
        let facts = [
            fact(account: 1, session: 10, .sessionStarting(by: me)), fact(account: 3, session: 11, .sessionStarting(by: me)),
            fact(account: 1, .realTradingSet(false, by: me)), fact(account: 3, .realTradingSet(false, by: me)),
            fact(.signalAccepted(foreign)), fact(.signalAccepted(SignalRow.fixture(12, owner: 1).signal)),
            fact(.signalCancelled(foreign.id, by: me)), fact(.signalCancelled(SignalID(high: 0, low: 5), by: me)), fact(.emergencyStopped(by: me)),
        ]
        let entries = facts.enumerated().map { JournalEntry(sequence: Int64($0) + 1, ownerSequence: Int64($0) + 1, fact: $1) }
        func shown(_ client: Client) async throws -> [Int64] {
            let caller = try #require(bound.world.book.caller(key: client.key!)), desk = bound.desk
            return try await FactReach(caller, reads: desk).of(entries).map(\.ownerSequence)
        }
        #expect(try await shown(bound.key) == [1, 3, 6, 8, 9])
        #expect(try await shown(bound.whole) == Array(1...9))
    }
}
