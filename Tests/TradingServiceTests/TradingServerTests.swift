// The running shell with the real store and a broker of a few lines: durable first, then sent; what fails, ends.
import Foundation
import Logging
import SQLiteStore
import Synchronization
import Testing
import TradingEngine
import TradingModel
import TradingPorts
import TradingService
import TradingTesting

/// Answers logins, look-ups and offers at once; keeps the buys.
final class QuickBroker: Broker {
    let buys = Mutex<[BuyIntent]>([])
    private let sinks = Mutex<BrokerSinks?>(nil)
    let log: EventLog
    init(log: EventLog) { self.log = log }

    func attach(_ sinks: BrokerSinks) { self.sinks.withLock { $0 = sinks } }

    func offer(_ command: BrokerCommand) -> Bool {
        let sinks = sinks.withLock { $0! }
        switch command {
        case .open(let account, _): sinks.event(account, .lineUp(balance: .usd(100_000), newest: TransactionID(rawValue: 1)))
        case .lookUp(let account, let intents, _, _):
            sinks.event(account, .lookedUp(.quiet(balance: .usd(100_000), at: Timestamp(seconds: 1_790_000_000), about: intents.map(\.id))))
        case .offers(let account, let symbol): sinks.event(account, .offers(symbol, EngineScript.offers(symbol)))
        case .buy(_, let intent):
            log.add("buy")
            buys.withLock { $0.append(intent) }
        case .close, .hangUp, .watch, .quote: break
        }
        return true
    }
    /// While it holds them, buys count as on their way.
    private let heldBack = Mutex<(isHolding: Bool, waiting: [@Sendable () -> Void])>((false, []))
    func holdBuys() { heldBack.withLock { $0.isHolding = true } }
    var whoWait: Int { heldBack.withLock(\.waiting.count) }
    func letBuysGo() {
        let waiting = heldBack.withLock { held in
            defer { held = (false, []) }
            return held.waiting
        }
        log.add("buys have left")
        for done in waiting { done() }
    }
    func whenBuysHaveLeft(_ accounts: [AccountID], _ done: @escaping @Sendable () -> Void) {
        let isHolding = heldBack.withLock { held in
            if held.isHolding { held.waiting.append(done) }
            return held.isHolding
        }
        if !isHolding { done() }
    }

    func follow(_ account: AccountID, ticksOf symbols: [Symbol], past: Int, fresh: [Symbol]) {}
    func check(_ token: Secret) async throws(BrokerCheckError) -> CheckedToken {
        let text = token.reveal { $0 }
        guard text == "good" else { throw .refused(code: "InvalidToken") }
        return CheckedToken(
            profile: AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC1")!, currency: .usd, isVirtual: true), balance: .usd(100_000),
            scopes: ["read", "trade"])
    }
}

/// What happened, in order.
final class EventLog: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock(\.self) }
}

/// The real store, watched; it fails or waits when it is told to.
struct WatchedJournal: ReadableJournal {
    let store: SQLiteStore
    let log: EventLog
    let failsOn: @Sendable (Fact.Event) -> Bool
    let gate: DispatchSemaphore?
    struct DiskFull: Error {}
    var epoch: Int64 { store.epoch }

    func write(_ entries: [JournalEntry], rows: [RowChange]) throws {
        if entries.contains(where: { failsOn($0.fact.event) }) { throw DiskFull() }
        gate?.wait()
        try store.write(entries, rows: rows)
        for entry in entries { if case .buyIntended = entry.fact.event { log.add("intent durable") } }
    }
    func restore() throws -> RestoredJournal { try store.restore() }
    func read(from sequence: Int64, limit: Int) throws -> [JournalEntry] { try store.read(from: sequence, limit: limit) }
    func keepSnapshot(_ state: EngineState, after sequence: Int64) throws { try store.keepSnapshot(state, after: sequence) }
}

/// A server on a store of its own, with an account and an active session.
struct ServerUnderTest {
    let server: TradingServer
    let broker: QuickBroker
    let log = EventLog()
    let running: Task<Void, any Error>
    let owner: OwnerID
    let store: SQLiteStore

    init(inboxCapacity: Int = 100, gate: DispatchSemaphore? = nil, failsOn: @escaping @Sendable (Fact.Event) -> Bool = { _ in false }) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "signalist-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try SQLiteStore.open(folder + "/test.sqlite")
        owner = try store.createOwner("test")
        broker = QuickBroker(log: log)
        let clock = BrokerClock(start: Timestamp(seconds: 1_790_000_000)).clock
        let vault = CredentialVault(store: { _, _, _, _, _ in }, token: { _ in Secret("good") }, erase: { _ in })
        let server = TradingServer(
            journal: WatchedJournal(store: store, log: log, failsOn: failsOn, gate: gate), restored: try store.restore(), reads: store, vault: vault,
            clock: clock, inboxCapacity: inboxCapacity, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        self.server = server
        broker.attach(server.sinks)
        server.attach(broker)
        running = Task { try await server.run() }
    }

    /// An account whose token is good and a session that is active.
    func tradingSession() async throws -> SessionID {
        let account = try await server.addAccount(Secret("good"), owner: owner, by: EngineScript.person)
        let id = SessionID(rawValue: try await server.reads.newID())
        let plan = SessionPlan(
            name: Label("test")!, criteria: SignalCriteria(symbols: [EngineScript.symbol]), stakeRule: .fixed(.usd(1_000)), openContracts: 100)
        _ = try await server.submit(.createSession(id, owner: owner, account: account.id, plan, by: EngineScript.person))
        _ = try await server.submit(.startSession(id, owner: owner, by: EngineScript.person))
        let facts = server.facts(of: owner)
        defer { facts.cancel() }
        while try await server.reads.session(id, owner: owner)?.phase != .active { guard await facts.next() != nil else { break } }
        return id
    }

    func signal(_ number: UInt64, kind: ContractKind = .rise) -> Input.Event {
        var signal = EngineScript.signal(number, kind: kind)
        signal.owner = owner
        signal.issuedAt = server.clock.now()
        signal.validUntil = signal.issuedAt.adding(seconds: 60)
        return .signal(signal)
    }
}

struct TradingServerTests {
    @Test(.timeLimit(.minutes(1))) func theIntentIsDurableBeforeTheBuyIsAskedFor() async throws {
        let under = try ServerUnderTest()
        _ = try await under.tradingSession()
        for number in 1...20 as ClosedRange<UInt64> {
            _ = try await under.server.submit(under.signal(number, kind: ContractKind(rawValue: UInt8(number % 4))!))
        }
        let events = under.log.all
        #expect(!events.isEmpty)
        var durable = 0, bought = 0
        for event in events {
            if event == "intent durable" { durable += 1 } else { bought += 1 }
            #expect(bought <= durable, "a buy left before its intent was on disk")
        }
        under.running.cancel()
    }

    @Test(.timeLimit(.minutes(1))) func whenTheJournalFailsNothingLeavesAndTheServerEnds() async throws {
        let under = try ServerUnderTest { if case .buyIntended = $0 { true } else { false } }
        _ = try await under.tradingSession()
        await #expect(throws: DeskError.closed) { _ = try await under.server.submit(under.signal(1)) }
        await #expect(throws: WatchedJournal.DiskFull.self) { try await under.running.value }
        #expect(under.broker.buys.withLock(\.count) == 0)
        #expect(!under.server.health().isReady)
        await #expect(throws: DeskError.closed, "nothing is taken any more") { _ = try await under.server.submit(under.signal(2)) }
    }

    @Test(.timeLimit(.minutes(1))) func aFullInboxIsAnAnswer() async throws {
        let gate = DispatchSemaphore(value: 100)
        let under = try ServerUnderTest(inboxCapacity: 2, gate: gate)
        _ = try await under.tradingSession()
        // From here on the disk stands still: what comes now waits, two at most.
        while gate.wait(timeout: .now()) == .success {}
        var waiting: [Task<Answer.Outcome?, Never>] = [], overloaded = 0
        for number in 1...40 as ClosedRange<UInt64> {
            let (server, event) = (under.server, under.signal(number))
            waiting.append(Task { try? await server.submit(event) })
        }
        for _ in 0..<100 { gate.signal() }
        for task in waiting { if await task.value == nil { overloaded += 1 } }
        #expect(overloaded > 0, "more than the loop and its inbox hold were told so")
        #expect(overloaded < 40, "and the rest was answered")
        under.running.cancel()
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["stop", "pause", "emergency stop"])
    func whoStopsIsToldOnlyWhenNoBuyCanLeaveAnyMore(_ how: String) async throws {
        let under = try ServerUnderTest()
        let session = try await under.tradingSession(), owner = under.owner, server = under.server, log = under.log
        _ = try await server.submit(under.signal(1))
        under.broker.holdBuys()
        let event: Input.Event =
            switch how {
            case "stop": .stopSession(session, owner: owner, by: EngineScript.person)
            case "pause": .pauseSession(session, owner: owner, by: EngineScript.person)
            default: .emergencyStop(owner, by: EngineScript.person)
            }
        let stopping = Task {
            let outcome = try await server.submit(event)
            log.add("told")
            return outcome
        }
        while under.broker.whoWait == 0 { await Task.yield() }
        _ = try await server.submit(under.signal(2))  // the loop goes on meanwhile
        under.broker.letBuysGo()
        #expect(try await stopping.value == .done)
        #expect(log.all.suffix(2) == ["buys have left", "told"])
        under.running.cancel()
    }

    @Test(.timeLimit(.minutes(1))) func aRefusedTokenAddsNoAccount() async throws {
        let under = try ServerUnderTest()
        await #expect(throws: AccountError.broker(.refused(code: "InvalidToken"))) {
            _ = try await under.server.addAccount(Secret("bad"), owner: under.owner, by: EngineScript.person)
        }
        #expect(try await under.server.reads.accounts(under.owner).isEmpty)
        let first = try await under.server.addAccount(Secret("good"), owner: under.owner, by: EngineScript.person)
        let again = try await under.server.addAccount(Secret("good"), owner: under.owner, by: EngineScript.person)
        #expect(first.id == again.id, "the same login again replaces the token")
        under.running.cancel()
    }

    @Test(.timeLimit(.minutes(1))) func aFeedGivesAnOwnerItsOwnFactsInOrder() async throws {
        let under = try ServerUnderTest()
        let mine = under.server.facts(of: under.owner), others = under.server.facts(of: OwnerID(rawValue: 999))
        _ = try await under.tradingSession()
        _ = try await under.server.submit(under.signal(1))
        var seen: [Int64] = []
        while seen.isEmpty || seen.last! < 5 { seen += (await mine.next() ?? []).map(\.ownerSequence) }
        #expect(seen == Array(1...Int64(seen.count)), "gapless")
        others.cancel()
        #expect(await others.next() == nil)
        under.running.cancel()
    }
}
