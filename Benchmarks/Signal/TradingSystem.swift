// The whole system in this process, put together as `signalist serve` does: store on the disk, loop, broker line, API on
// a loopback port; and opposite it the simulated broker on another. Only the key ring is left out.

import Crypto
import DerivBroker
import DerivSimulator
import Logging
import NIOCore
import NIOPosix
import People
import SQLiteStore
import ServiceLifecycle
import Synchronization
import TradingAPI
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

struct TradingSystem {
    let server: TradingServer
    let port: Int
    let owner: OwnerID
    let session: SessionID
    let milestones: Milestones
    let journal: TimedJournal

    static let apiKey = "sgk_benchmark"
    static let symbols = ["1HZ10V", "1HZ25V", "1HZ50V", "1HZ75V", "1HZ100V"]
    /// Broker seconds per second: a contract of one tick has settled after some 40 ms.
    static let speed = 50
    private static let person = Label("bench")!

    /// Runs `body` against the running system on a thread that it may block, and ends everything in order.
    static func with<Result: Sendable>(_ folder: ScratchFolder, _ body: @escaping @Sendable (TradingSystem) throws -> Result) async throws -> Result {
        var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let simulatorGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1), lineGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let apiGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let milestones = Milestones()

        let clock = SimulatorClock(start: WallClock.now(), speed: speed)
        let simulator = DerivSimulator(configuration: DerivSimulatorConfiguration(), clock: clock, group: simulatorGroup)
        let brokerPort = try await simulator.start()

        let store = try SQLiteStore.open(folder.file("system.sqlite"))
        let owner = try store.createOwner("benchmark")
        try store.addKey(owner, hash: Array(SHA256.hash(data: Array(apiKey.utf8))), name: "benchmark")
        let trading = TradingClock(speed: speed) { clock.now() }, vault = memoryVault(), journal = TimedJournal(store)
        let server = TradingServer(
            journal: journal, restored: try store.restore(), reads: store, vault: vault, clock: trading, logger: logger,
            observer: { entries, _ in milestones.committed(entries) })
        guard let address = BrokerAddress("ws://127.0.0.1:\(brokerPort)", appID: 1089) else { throw BenchmarkFailure("no address of port \(brokerPort)") }
        let broker = try DerivBroker(
            address: address, group: lineGroup, clock: trading,
            hooks: .init(sinks: server.sinks, vault: vault, onClock: { _, _, _ in }, onBuyWritten: { _ in milestones.buyWritten() }),
            logger: logger, seed: 1)
        server.attach(broker)

        // Nothing here comes in at a hook.
        let hooks = HookBook(
            store: store, now: { WallClock.now() }, seal: { _, hook, _ in throw BenchmarkFailure("a secret of hook \(hook)") },
            open: { _, hook, _ in throw BenchmarkFailure("a secret of hook \(hook)") })
        let people = PeopleBook(store: store, everybody: [], keys: [], instance: store.instanceID, now: { WallClock.now() })
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        var api = APIConfiguration()
        api.port = 0
        let service = try makeAPIService(desk: server, hooks: hooks, people: people, configuration: api, eventLoopGroup: apiGroup, logger: logger) {
            listening.yield($0)
        }
        let services = ServiceGroup(configuration: .init(services: [.init(service: server), .init(service: service)], logger: logger))
        let running = Task {
            do { try await services.run() } catch { milestones.failed(error); listening.finish(); throw error }
        }
        guard let port = await ports.first(where: { _ in true }) else { try await running.value; throw BenchmarkFailure("the API did not start") }
        let session = try await startSession(server, owner: owner)
        let system = TradingSystem(server: server, port: port, owner: owner, session: session, milestones: milestones, journal: journal)
        let result = try await onThread { try body(system) }

        await services.triggerGracefulShutdown()
        try await running.value
        await broker.shutDown()
        await simulator.stop()
        try store.close()
        for group in [simulatorGroup, lineGroup, apiGroup] { try await group.shutdownGracefully() }
        return result
    }

    private static func startSession(_ server: TradingServer, owner: OwnerID) async throws -> SessionID {
        while !server.health().isReady { await Task.yield() }
        let account = try await server.addAccount(Secret("benchmark-token-of-the-simulator"), owner: owner, by: person).id
        let id = SessionID(rawValue: try await server.reads.newID())
        let plan = SessionPlan(
            name: Label("benchmark")!, criteria: SignalCriteria(symbols: symbols.map { Symbol($0)! }),
            stakeRule: .fixed(Money(minorUnits: 100, currency: .usd)), duration: .ticks(1), openContracts: 100)
        for event: Input.Event in [.createSession(id, owner: owner, account: account, plan, by: person), .startSession(id, owner: owner, by: person)] {
            if case .declined(let decline) = try await server.submit(event) { throw BenchmarkFailure("declined: \(decline.rawValue)") }
        }
        return id
    }

    private static func memoryVault() -> CredentialVault {
        final class Tokens: Sendable { let byAccount = Mutex<[AccountID: Secret]>([:]) }
        let tokens = Tokens()
        return CredentialVault(
            store: { token, account, _, _, _ in tokens.byAccount.withLock { $0[account] = token } },
            token: { account in tokens.byAccount.withLock { $0[account] } },
            erase: { account in tokens.byAccount.withLock { $0[account] = nil } })
    }
}
