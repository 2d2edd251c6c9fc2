// How long the simulated broker takes to answer, beside two bare handlers that carry as many bytes each way. They
// take turns, so that whatever else the machine does falls on both.

import DerivBroker
import DerivSimulator
import Logging
import NIOCore
import NIOPosix
import SQLiteStore
import SimulatedMarket
import Synchronization
import TradingEngine
import TradingModel
import TradingPorts

struct BrokerRoundTrip: Benchmark {
    let name = "broker-round-trip"

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let rounds = size.pick(full: 5_000, smoke: 50), warmUp = size.pick(full: 500, smoke: 5)
        let server = MultiThreadedEventLoopGroup(numberOfThreads: 1), client = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        // Fast, so that contracts end as they are bought: thousands open at once would each have news at the same tick.
        let clock = SimulatorClock(start: WallClock.now(), speed: BrokerRoundTrip.speed)
        let simulator = DerivSimulator(configuration: DerivSimulatorConfiguration(), clock: clock, group: server)
        let port = try await simulator.start()
        let pinging = try await PingingClient(port: port, group: client)
        // An answer to a ping is 84 bytes of JSON with a head of two, one to a buy about 480 with a head of four.
        let small = try await EchoPair(asked: PingingClient.requestBytes, answered: 86, server: server, client: client)
        let large = try await EchoPair(asked: 330, answered: 780, server: server, client: client)

        var ping = Samples(), buy = Samples(), bare = Samples(), bareLarge = Samples()
        for round in 0..<(warmUp + rounds) {
            let times = (try await time(client, small.ask), try await time(client, pinging.ask))
            if round >= warmUp { bare.add(times.0); ping.add(times.1) }
        }
        try await pinging.close()
        // Apart from the pings, which what follows a buy would hold up.
        let buyer = try await Buyer(port: port, clock: clock, group: client)
        for round in 0..<(warmUp + rounds) {
            let times = (try await time(client, large.ask), try await time(client, buyer.buy))
            if round >= warmUp { bareLarge.add(times.0); buy.add(times.1) }
        }
        let bought = try await simulator.oracle().contracts.count
        await buyer.broker.shutDown()
        try await small.close()
        try await large.close()
        await simulator.stop()
        try await client.shutdownGracefully()
        try await server.shutdownGracefully()
        guard bought == warmUp + rounds else { throw BenchmarkFailure("\(bought) contracts of \(warmUp + rounds)") }
        return BenchmarkReport(
            name: name, computed: "\(rounds) rounds each of a ping and a buy, \(bought) contracts sold",
            figures: bare.figures("bare handlers, bytes of a ping") + ping.figures("ping")
                + [.ratio("ping / bare handlers", ping.median, to: bare.median, aim: "1.5")]
                + bareLarge.figures("bare handlers, bytes of a buy") + buy.figures("buy by our client")
                + [.ratio("buy / bare handlers", buy.median, to: bareLarge.median, aim: "1.5")])
    }

    private static let speed = 50

    /// Nanoseconds from the call to the answer.
    private func time(_ group: any EventLoopGroup, _ ask: (EventLoopPromise<Int>) throws -> Void) async throws -> Int {
        let done = group.next().makePromise(of: Int.self), began = Stopwatch.now()
        try ask(done)
        return try await done.futureResult.get() - began
    }
}

/// Our client with one account, which buys when it is told to.
private final class Buyer: Sendable {
    let broker: DerivBroker
    private let profile: AccountProfile
    private let clock: SimulatorClock
    private let number = Atomic<UInt64>(0)
    private let answers = Answers()
    private static let account = AccountID(rawValue: 1)

    /// What has been asked for and not come: the line's beginning, then one purchase after the other.
    private final class Answers: Sendable {
        let lineUp = Mutex<EventLoopPromise<Void>?>(nil)
        let lookedUp = Mutex<EventLoopPromise<Void>?>(nil)
        let bought = Mutex<EventLoopPromise<Int>?>(nil)
    }

    init(port: Int, clock: SimulatorClock, group: any EventLoopGroup) async throws {
        guard let address = BrokerAddress("ws://127.0.0.1:\(port)", appID: 1089) else { throw BenchmarkFailure("no address of port \(port)") }
        self.clock = clock
        let token = Secret("benchmark-of-the-round-trip"), answers = answers
        let sinks = BrokerSinks(
            event: { _, event in
                switch event {
                case .lineUp: answers.lineUp.withLock { $0 }?.succeed(())
                case .lookedUp: answers.lookedUp.withLock { $0 }?.succeed(())
                case .bought: answers.bought.withLock { $0 }?.succeed(Stopwatch.now())
                case .buyRejected(_, let rejection): answers.bought.withLock { $0 }?.fail(BenchmarkFailure("a buy was rejected: \(rejection)"))
                case .buyUnclear, .notSent, .lineDown: answers.bought.withLock { $0 }?.fail(BenchmarkFailure("a buy was lost: \(event)"))
                case .loginRefused, .circuitOpened, .circuitClosed, .offers, .quoted, .quoteRefused, .booked, .contractSeen: break
                }
            }, ticks: { _ in })
        let vault = CredentialVault(store: { _, _, _, _, _ in }, token: { _ in token }, erase: { _ in })
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        broker = try DerivBroker(
            address: address, group: group, clock: TradingClock(speed: clock.speed) { clock.now() },
            hooks: .init(sinks: sinks, vault: vault, onClock: { _, _, _ in }), logger: logger, seed: 1)
        profile = try await broker.check(token).profile
        let up = group.next().makePromise(of: Void.self)
        answers.lineUp.withLock { $0 = up }
        guard broker.offer(.open(Buyer.account, profile)) else { throw BenchmarkFailure("the line was not opened") }
        try await up.futureResult.get()
        // A line buys nothing before it has looked at what it may have bought.
        let seen = group.next().makePromise(of: Void.self)
        answers.lookedUp.withLock { $0 = seen }
        guard broker.offer(.lookUp(Buyer.account, intents: [], anchor: nil, since: clock.now())) else { throw BenchmarkFailure("a look-up was not taken") }
        try await seen.futureResult.get()
    }

    /// Buys once; the promise is kept with the moment at which the receipt was there.
    func buy(_ done: EventLoopPromise<Int>) throws {
        answers.bought.withLock { $0 = done }
        let low = number.wrappingAdd(1, ordering: .relaxed).newValue, now = clock.now()
        let intent = BuyIntent(
            id: IntentID(session: SessionID(rawValue: 1), signal: SignalID(high: 0, low: low)), account: Buyer.account,
            terms: ContractTerms(symbol: Symbol("1HZ100V")!, kind: low % 2 == 0 ? .even : .odd, duration: .ticks(1)),
            stake: Buyer.stake, intendedAt: now, day: TradingDay(daysSince1970: Int32(now.seconds / 86_400)))
        guard broker.offer(.buy(Buyer.account, intent)) else { throw BenchmarkFailure("a buy was not taken") }
    }
    private static let stake = Stake(recorded: Money(minorUnits: 100, currency: .usd))
}
