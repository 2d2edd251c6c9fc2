// Strategies that look at candles begin with past ones from the broker, and with those alone that the ticks go on from.
import Logging
import Synchronization
import Testing
import TradingEngine
import TradingModel
import TradingPorts
import TradingTesting

@testable import TradingService

/// Tells the candles that it was given, when it is let.
private final class ScriptedMarket: Market {
    private struct State { var asked: [String] = [], answers: [Result<Candles, MarketError>], isHeld: Bool, waiting: [CheckedContinuation<Void, Never>] = [] }
    private let state: Mutex<State>
    init(_ answers: [Result<Candles, MarketError>], held: Bool = false) { state = Mutex(State(answers: answers, isHeld: held)) }

    var asked: [String] { state.withLock(\.asked) }
    func letGo() {
        let waiting = state.withLock { state in
            state.isHeld = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    func candles(of symbol: Symbol, seconds: Int64, count: Int) async throws(MarketError) -> Candles {
        await withCheckedContinuation { waiter in
            let goesOn = state.withLock { state in
                state.asked.append("\(symbol) \(seconds) s \(count)")
                if state.isHeld { state.waiting.append(waiter) }
                return !state.isHeld
            }
            if goesOn { waiter.resume() }
        }
        return try state.withLock { $0.answers.count > 1 ? $0.answers.removeFirst() : $0.answers[0] }.get()
    }
    func standing(of symbol: Symbol) async throws(MarketError) -> MarketStanding { throw .unreachable }
    func lists(_ symbol: Symbol) async throws(MarketError) -> Bool { throw .unreachable }
    func readings(of topic: MarketTopic) async throws(MarketError) -> MarketReadings { throw .unreachable }
}

struct StrategyRunnerTests {
    static let symbol = EngineScript.symbol
    /// A whole number of five minutes.
    static let start: Int64 = 1_790_000_100
    static let account = EngineScript.accountID

    /// Signals as they are offered, and somebody who waits for the next.
    private final class Offered: Sendable {
        let (stream, input) = AsyncStream<Signal>.makeStream()
        func take(_ event: Input) -> Bool {
            if case .strategySignal(let signal) = event.event { input.yield(signal) }
            return true
        }
    }

    /// A trading session with the strategy of three candles, of one minute each and a short average.
    private static func session() -> Session {
        let choice = StrategyChoice(
            name: Label("Signalist-SMA-3C")!,
            parameters: [("minutes", 1), ("smaPeriod", 4), ("crossLookback", 3), ("trendConfirmation", 0), ("dojiBasisPoints", 0)].map {
                StrategyParameter(name: Label($0)!, value: $1)
            })
        let script = EngineScript.trading {
            $0.criteria = SignalCriteria(symbols: [symbol])
            $0.strategies = [choice]
        }
        return script.session
    }

    private static func tick(_ second: Int64, _ pips: Int64) -> Tick {
        Tick(symbol: symbol, time: Timestamp(seconds: start + second), price: Price(pips: pips))
    }

    /// Seven past minutes that fall, then the present one, in which three rising ones are to begin; it is forming.
    private static let past = Candles(
        candles: ((0..<8) as Range<Int64>).map { minute in
            let open: Int64 = 10_000 - minute * 10, close = minute < 5 ? open - 10 : open + 100
            return Candles.Candle(
                start: Timestamp(seconds: start - 420 + minute * 60), open: open, high: max(open, close), low: min(open, close), close: close)
        }, decimals: 2)

    private static func runner(_ market: ScriptedMarket, _ offered: Offered, now: Int64, tickOldest: Int64 = 5) -> StrategyRunner {
        StrategyRunner(
            clock: TradingClock { Timestamp(seconds: start + now) }, market: market, tickOldestSeconds: tickOldest,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            offer: { offered.take($0) })
    }

    @Test(.timeLimit(.minutes(1))) func pastCandlesMakeItWarmAndTheNextCloseIsASignal() async {
        let market = ScriptedMarket([.success(Self.past)], held: true), offered = Offered(), runner = Self.runner(market, offered, now: 61)
        _ = runner.arrange([Self.session()])
        // They come before the candles do, and one is older than those.
        runner.ticks(TickBatch(account: Self.account, ticks: [Self.tick(-100, 1), Self.tick(2, 10_130)], isPast: true))
        runner.ticks(TickBatch(account: Self.account, ticks: [Self.tick(60, 10_140)], isPast: false))
        market.letGo()
        var signals = offered.stream.makeAsyncIterator()
        let signal = await signals.next()
        #expect(signal?.kind == .rise && signal?.symbol == Self.symbol && signal?.duration == ContractDuration(1, .minutes))
        #expect(market.asked == ["1HZ100V 60 s 8"])
        runner.end()
    }

    @Test(.timeLimit(.minutes(1))) func withoutThemItBeginsWithItsTicks() async {
        let market = ScriptedMarket([.failure(.refused(code: "InvalidSymbol"))]), offered = Offered(), runner = Self.runner(market, offered, now: 901)
        _ = runner.arrange([Self.session()])
        runner.ticks(TickBatch(account: Self.account, ticks: [Self.tick(-1, 20_000)], isPast: true))
        // The same course in ticks: two a minute.
        for (minute, candle) in Self.past.candles.enumerated() {
            let at = Int64(minute) * 60 + 420
            runner.ticks(TickBatch(account: Self.account, ticks: [Self.tick(at, candle.open), Self.tick(at + 30, candle.close)], isPast: true))
        }
        runner.ticks(TickBatch(account: Self.account, ticks: [Self.tick(900, 10_140)], isPast: false))
        var signals = offered.stream.makeAsyncIterator()
        #expect(await signals.next()?.kind == .rise)
        #expect(market.asked.count == 1, "what is refused once is refused again")
        runner.end()
    }

    @Test func whatEndedMeanwhileGetsNothing() {
        let market = ScriptedMarket([.success(Self.past)], held: true), offered = Offered(), runner = Self.runner(market, offered, now: 61)
        #expect(runner.arrange([Self.session()]).map { $0.symbols } == [[Self.symbol]])
        #expect(runner.arrange([]).map { $0.symbols } == [[]])
        market.letGo()
        runner.end()
    }

    /// A strategy without candles decides at once, so that what does not come is not merely late.
    @Test func anOldTickMakesNoSignal() {
        let choice = StrategyChoice(name: Label("even-odd")!)
        let script = EngineScript.trading {
            $0.criteria = SignalCriteria(symbols: [Self.symbol])
            $0.strategies = [choice]
        }
        func signals(now: Int64, tickOldest: Int64 = 5) -> Int {
            let offered = Counted()
            let runner = StrategyRunner(
                clock: TradingClock { Timestamp(seconds: Self.start + now) }, market: NoMarket(), tickOldestSeconds: tickOldest,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, offer: { _ in offered.add() })
            _ = runner.arrange([script.session])
            runner.ticks(TickBatch(account: Self.account, ticks: (0..<40).map { Self.tick(-60 + $0, 10_000 + $0 * 7 % 11) }, isPast: true))
            runner.ticks(TickBatch(account: Self.account, ticks: (0..<40).map { Self.tick($0, 10_000 + $0 * 2) }, isPast: false))
            runner.end()
            return offered.count
        }
        let all = signals(now: 40, tickOldest: 60)
        #expect(all > 5)
        #expect(signals(now: 40, tickOldest: 5) < all && signals(now: 40, tickOldest: 5) > 0, "the newest only")
        #expect(signals(now: 45) == 0)
    }

    private final class Counted: Sendable {
        private let signals = Mutex(0)
        var count: Int { signals.withLock(\.self) }
        func add() -> Bool {
            signals.withLock { $0 += 1 }
            return true
        }
    }
}
