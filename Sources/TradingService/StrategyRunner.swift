import Logging
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
        var last = Timestamp(milliseconds: 0)
    }
    private struct State { var runs: [Run] = [] }
    private let state = Mutex(State())
    private let clock: TradingClock
    private let offer: @Sendable (Input) -> Bool
    private let logger: Logger

    /// A tick older than this, in broker time, makes no signal: what it tells is over.
    static let tickOldest: Int64 = 5_000
    /// How long a strategy's signal holds, in milliseconds.
    static let signalHolds: Int64 = 5_000
    static let source = Label("strategy")!

    init(clock: TradingClock, logger: Logger, offer: @escaping @Sendable (Input) -> Bool) { (self.clock, self.logger, self.offer) = (clock, logger, offer) }

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
                            kept.append(
                                Run(session: session.id, owner: session.owner, account: session.account, symbol: symbol, choice: choice, strategy: strategy))
                        } else {
                            logger.error("strategy of a session cannot run", metadata: ["session": "\(session.id)", "strategy": "\(choice.name)"])
                        }
                    }
                }
            }
            let accounts = Set(state.runs.map(\.account)).union(kept.map(\.account)).sorted()
            state.runs = kept
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
        let signals: [Signal] = state.withLock { state in
            var signals: [Signal] = []
            for index in state.runs.indices where state.runs[index].account == batch.account {
                if batch.isPast, batch.ticks.contains(where: { $0.symbol == state.runs[index].symbol }) { state.runs[index].hasPast = true }
                if !state.runs[index].hasPast { continue }
                for tick in batch.ticks where tick.symbol == state.runs[index].symbol && tick.time > state.runs[index].last {
                    state.runs[index].last = tick.time
                    guard let wish = state.runs[index].strategy.onTick(tick), !batch.isPast,
                        now.milliseconds(since: tick.time) <= StrategyRunner.tickOldest
                    else { continue }
                    signals.append(state.runs[index].signal(wish, tick, at: now))
                }
            }
            return signals
        }
        // Full means that the loop is behind; a strategy's signal is then over before it is decided.
        for signal in signals where !offer(Input(.strategySignal(signal))) { logger.warning("a strategy's signal found the inbox full") }
    }
}

extension StrategyRunner.Run {
    /// The same tick, strategy and session always name the same signal.
    func signal(_ wish: Wish, _ tick: Tick, at now: Timestamp) -> Signal {
        // A key with a line end is one that no request can have: nobody takes a strategy's name for a signal.
        let key = "built-in\n\(session).\(choice.name).\(symbol).\(tick.time.milliseconds).\(wish.kind.name)"
        return Signal(
            id: SignalIdentity.id(owner: owner, source: StrategyRunner.source, key: key), owner: owner, session: session,
            source: StrategyRunner.source, strategy: choice.name, symbol: symbol, kind: wish.kind, duration: wish.duration,
            issuedAt: now, validUntil: now.adding(milliseconds: StrategyRunner.signalHolds))
    }
}
