import Logging
import PlainJSON
import Strategies
import Synchronization
import TradingEngine
import TradingModel
import TradingPorts

/// Runs the built-in strategies of active sessions on the ticks of their accounts' lines: ticks in, signals out. Each
/// session, symbol and strategy has a value of its own; past ticks warm it up and make no signal.
final class StrategyRunner: Sendable {
    fileprivate struct Run {
        let session: SessionID
        let owner: OwnerID
        let account: AccountID
        let symbol: Symbol
        let choice: StrategyChoice
        var strategy: any Strategy
        /// Past ticks have come; until then live ones would leave a hole behind them.
        var hasPast = false
        /// Tells this run from one of the same choice before it.
        let number: UInt64
        /// Past candles were asked for; the ticks that come meanwhile wait for them, the newest ones.
        var held: [HeldTick]?
        var last = Timestamp(milliseconds: 0)
    }
    fileprivate struct HeldTick { let tick: Tick, isPast: Bool }
    private struct State { var runs: [Run] = [], next: UInt64 = 1, fetching: [UInt64: Task<Void, Never>] = [:], hasEnded = false }
    private let state = Mutex(State())
    private let clock: TradingClock
    private let market: any Market
    private let offer: @Sendable (Input) -> Bool
    private let logger: Logger

    /// A tick older than this, in broker time, makes no signal: what it tells is over. In milliseconds.
    private let tickOldest: Int64
    /// How long a strategy's signal holds, in milliseconds.
    static let signalHolds: Int64 = 5_000
    static let source = Label("strategy")!
    /// Ticks that wait for past candles at most.
    static let heldMost = 10_000
    /// Past candles are asked for so often before a strategy begins without them, and how long after the broker did not answer.
    static let tries = 3
    static let tryAgainAfter = Duration.seconds(5)

    init(
        clock: TradingClock, market: any Market, tickOldestSeconds: Int64 = EngineSettings().tickOldestSeconds, logger: Logger,
        offer: @escaping @Sendable (Input) -> Bool
    ) {
        tickOldest = tickOldestSeconds * 1_000
        (self.clock, self.market, self.logger, self.offer) = (clock, market, logger, offer)
    }

    /// Nothing is fetched any more.
    func end() {
        let fetching = state.withLock { state in
            state.hasEnded = true
            defer { state.fetching = [:] }
            return Array(state.fetching.values)
        }
        for task in fetching { task.cancel() }
    }

    /// Brings the runs in line with the sessions as they stand: what is new begins, what ended is gone. Returns, for
    /// each account that is concerned, the symbols to follow, the past ticks that they need, and which have a new listener.
    func arrange(_ sessions: [Session]) -> [Wanted] {
        state.withLock { state in
            var kept: [Run] = []
            for session in sessions where session.phase.isRunning && session.phase != .stopping {
                for choice in session.plan.strategies {
                    for symbol in session.plan.criteria.symbols {
                        if let run = state.runs.first(where: { $0.session == session.id && $0.symbol == symbol && $0.choice == choice }) {
                            kept.append(run)
                        } else if let strategy = try? StrategyCatalog.strategy(for: choice) {
                            var run = Run(
                                session: session.id, owner: session.owner, account: session.account, symbol: symbol, choice: choice, strategy: strategy,
                                number: state.next)
                            state.next += 1
                            let number = run.number, requests = strategy.pastCandles
                            if !requests.isEmpty, !state.hasEnded {
                                run.held = []
                                state.fetching[number] = Task { [self] in await fetchCandles(of: number, symbol, requests) }
                            }
                            kept.append(run)
                        } else {
                            logger.error("strategy of a session cannot run", metadata: ["session": "\(session.id)", "strategy": "\(choice.name)"])
                        }
                    }
                }
            }
            let accounts = Set(state.runs.map(\.account)).union(kept.map(\.account)).sorted()
            state.runs = kept
            for number in state.fetching.keys where !kept.contains(where: { $0.number == number }) { state.fetching.removeValue(forKey: number)?.cancel() }
            return accounts.map { account in
                let mine = kept.filter { $0.account == account }
                return Wanted(
                    account: account, symbols: Set(mine.map(\.symbol)).sorted(), past: (mine.map(\.strategy.warmUpTicks).max() ?? 0) + 1,
                    fresh: Set(mine.filter { !$0.hasPast }.map(\.symbol)).sorted())
            }
        }
    }

    struct Wanted { var account: AccountID, symbols: [Symbol], past: Int, fresh: [Symbol] }

    func ticks(_ batch: TickBatch) {
        let now = clock.now()
        let signals: [Proposed] = state.withLock { state in
            var signals: [Proposed] = []
            for index in state.runs.indices where state.runs[index].account == batch.account {
                if batch.isPast, batch.ticks.contains(where: { $0.symbol == state.runs[index].symbol }) { state.runs[index].hasPast = true }
                if !state.runs[index].hasPast { continue }
                for tick in batch.ticks where tick.symbol == state.runs[index].symbol && tick.time > state.runs[index].last {
                    state.runs[index].last = tick.time
                    if state.runs[index].hold(tick, isPast: batch.isPast) { continue }
                    if let signal = state.runs[index].take(tick, isPast: batch.isPast, at: now, tickOldest: tickOldest) { signals.append(signal) }
                }
            }
            return signals
        }
        send(signals)
    }

    fileprivate typealias Proposed = (signal: Signal, origin: SignalOrigin)

    private func send(_ signals: [Proposed]) {
        // Full means that the loop is behind; a strategy's signal is then over before it is decided.
        for (signal, origin) in signals where !offer(Input(.strategySignal(signal), origin: origin)) {
            logger.warning("a strategy's signal found the inbox full")
        }
    }

    // MARK: Past candles

    private func fetchCandles(of number: UInt64, _ symbol: Symbol, _ requests: [CandleRequest]) async {
        for left in (0..<StrategyRunner.tries).reversed() {
            do throws(MarketError) {
                var past: [(seconds: Int64, candles: [Strategies.Candle])] = []
                for request in requests {
                    let found = try await market.candles(of: symbol, seconds: request.seconds, count: min(request.count, Candles.most))
                    past.append((request.seconds, found.candles.map { Strategies.Candle($0) }))
                }
                return begin(number, past)
            } catch {
                logger.notice("no past candles for a strategy", metadata: ["symbol": "\(symbol)", "error": "\(error)", "triesLeft": "\(left)"])
                // What the broker refuses now it refuses again.
                if case .refused = error { break }
                if left > 0 { try? await Task.sleep(for: StrategyRunner.tryAgainAfter) }
                if Task.isCancelled { return }
            }
        }
        // Without them it gets warm by its ticks, as slowly as candles form.
        begin(number, [])
    }

    /// Past candles first, then the ticks that waited for them.
    private func begin(_ number: UInt64, _ past: [(seconds: Int64, candles: [Strategies.Candle])]) {
        let now = clock.now()
        let signals: [Proposed] = state.withLock { state in
            state.fetching[number] = nil
            guard let index = state.runs.firstIndex(where: { $0.number == number }), let held = state.runs[index].held else { return [] }
            state.runs[index].held = nil
            for (seconds, candles) in past { state.runs[index].strategy.onPast(candles, seconds: seconds) }
            return held.compactMap { state.runs[index].take($0.tick, isPast: $0.isPast, at: now, tickOldest: tickOldest) }
        }
        send(signals)
    }
}

extension Strategies.Candle {
    init(_ candle: Candles.Candle) { self.init(start: candle.start, open: candle.open, high: candle.high, low: candle.low, close: candle.close) }
}

extension StrategyRunner.Run {
    /// True while past candles are waited for: the tick waits, too.
    mutating func hold(_ tick: Tick, isPast: Bool) -> Bool {
        guard held != nil else { return false }
        if held!.count >= StrategyRunner.heldMost { held!.removeFirst() }
        held!.append(StrategyRunner.HeldTick(tick: tick, isPast: isPast))
        return true
    }

    mutating func take(_ tick: Tick, isPast: Bool, at now: Timestamp, tickOldest: Int64) -> StrategyRunner.Proposed? {
        guard let wish = strategy.onTick(tick), !isPast, now.milliseconds(since: tick.time) <= tickOldest else { return nil }
        return signal(wish, tick, at: now)
    }

    /// The same tick, strategy and session always name the same signal.
    func signal(_ wish: Wish, _ tick: Tick, at now: Timestamp) -> StrategyRunner.Proposed {
        // A key with a line end is one that no request can have: nobody takes a strategy's name for a signal.
        let key = "built-in\n\(session).\(choice.name).\(symbol).\(tick.time.milliseconds).\(wish.kind.name)"
        let signal = Signal(
            id: SignalIdentity.id(owner: owner, source: StrategyRunner.source, key: key), owner: owner, session: session,
            source: StrategyRunner.source, strategy: choice.name, symbol: symbol, kind: wish.kind, duration: wish.duration,
            issuedAt: now, validUntil: now.adding(milliseconds: StrategyRunner.signalHolds), tickAt: tick.time)
        return (signal, SignalOrigin(.strategy, name: choice.name.text, key: key, body: body(wish, tick)))
    }

    /// What the strategy was set to, and the tick at which it wished.
    private func body(_ wish: Wish, _ tick: Tick) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("strategy", choice.name.text)
            json.memberObject("settings") { json in
                for parameter in choice.parameters {
                    json.key(text: parameter.name.text)
                    json.value(parameter.value)
                }
            }
            json.member("session", session.rawValue)
            json.memberObject("tick") { json in
                json.member("symbol", symbol.text)
                json.member("time", tick.time.milliseconds)
                json.member("pips", tick.price.pips)
            }
            json.member("symbol", symbol.text)
            json.member("kind", wish.kind.name)
            json.member("duration", wish.duration.text)
        }
        return json.bytes
    }
}
