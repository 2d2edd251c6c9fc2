// Who waits until no buy can leave any more is told so in order: over a real socket, with a busy event loop in between.
import DerivBroker
import DerivSimulator
import Dispatch
import Logging
import NIOCore
import NIOPosix
import Testing
import TradingEngine
import TradingModel
import TradingPorts
import TradingTesting

@Suite(.timeLimit(.minutes(1))) struct LeavingBuysTests {
    static let account = AccountID(rawValue: 1)

    @Test func whoWaitsForBuysIsToldAfterTheirFramesAreOut() async throws {
        let simulators = MultiThreadedEventLoopGroup(numberOfThreads: 1), lines = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let clock = SimulatorClock(start: EngineScript.start), time = TradingClock { clock.now() }
        let simulator = DerivSimulator(configuration: DerivSimulatorConfiguration(), clock: clock, group: simulators)
        let port = try await simulator.start()

        let (happened, log) = AsyncStream.makeStream(of: String.self), token = Secret("a-token-of-the-simulator")
        let sinks = BrokerSinks(
            event: { _, event in
                switch event {
                case .lineUp: log.yield("up")
                case .lookedUp: log.yield("looked up")
                case .bought: log.yield("bought")
                default: break
                }
            }, ticks: { _ in })
        let vault = CredentialVault(store: { _, _, _, _, _ in }, token: { _ in token }, erase: { _ in })
        let broker = try DerivBroker(
            address: try #require(BrokerAddress("ws://127.0.0.1:\(port)", appID: 1_089)), group: lines, clock: time,
            hooks: .init(sinks: sinks, vault: vault, onClock: { _, _, _ in }, onBuyWritten: { _ in log.yield("frame out") }),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, seed: 1)
        var next = happened.makeAsyncIterator()

        broker.whenBuysHaveLeft([Self.account]) { log.yield("no line, nothing to wait for") }
        #expect(await next.next() == "no line, nothing to wait for")
        #expect(broker.offer(.open(Self.account, try await broker.check(token).profile)))
        #expect(await next.next() == "up")
        #expect(broker.offer(.lookUp(Self.account, intents: [], anchor: nil, since: clock.now())))
        #expect(await next.next() == "looked up")

        let isBusy = DispatchSemaphore(value: 0)
        lines.next().execute { isBusy.wait() }
        #expect(broker.offer(.buy(Self.account, intent(at: clock.now()))), "it was taken, and waits for the event loop")
        broker.whenBuysHaveLeft([Self.account, AccountID(rawValue: 2)]) { log.yield("told") }
        log.yield("asked")
        isBusy.signal()
        for expected in ["asked", "frame out", "told", "bought"] { #expect(await next.next() == expected) }

        await broker.shutDown()
        await simulator.stop()
        for group in [simulators, lines] { try await group.shutdownGracefully() }
    }

    private func intent(at now: Timestamp) -> BuyIntent {
        BuyIntent(
            id: IntentID(session: EngineScript.sessionID, signal: SignalID(high: 1, low: 2)), account: Self.account,
            terms: ContractTerms(symbol: EngineScript.symbol, kind: .rise, duration: .ticks(1)), stake: Stake(recorded: .usd(1_000)),
            intendedAt: now, day: TradingDay(daysSince1970: 20_717))
    }
}
