// One live session among many that ended: what a turn costs then.

import TradingEngine
import TradingModel
import TradingTesting

struct HistoryScript {
    private var turn: LoopTurn
    private let ended: Int
    private static let one = SessionID(rawValue: 1_000_000)

    /// `ended` sessions that were made, started and stopped, and one that trades.
    init(ended: Int) {
        self.ended = ended
        let script = EngineScript.trading(balance: 1_000_000_000)
        turn = script.turn
        let plan = script.session.plan
        for number in 1...ended {
            let id = number == 1 ? EngineScript.sessionID : SessionID(rawValue: Int64(number) + 10)
            var inputs = [Input(.stopSession(id, owner: EngineScript.owner, by: EngineScript.person))]
            if number > 1 {
                inputs =
                    [
                        Input(.createSession(id, owner: EngineScript.owner, account: EngineScript.accountID, plan, by: EngineScript.person)),
                        Input(.startSession(id, owner: EngineScript.owner, by: EngineScript.person)),
                    ] + inputs
            }
            take(inputs, at: EngineScript.start)
        }
        take(
            [
                Input(.createSession(HistoryScript.one, owner: EngineScript.owner, account: EngineScript.accountID, plan, by: EngineScript.person)),
                Input(.startSession(HistoryScript.one, owner: EngineScript.owner, by: EngineScript.person)),
            ], at: EngineScript.start)
        precondition(turn.engine.state.sessions.count == ended + 1 && turn.engine.state.sessions.liveElements.count == 1, "the history is not as described")
    }

    struct Cost { var signal = Samples(), trade = Samples(), idle = Samples(), bought = 0 }

    /// What single turns take: one that decides about a signal, the two that buy and settle, and one in which nothing
    /// happens.
    mutating func run(turns: Int) throws -> Cost {
        var cost = Cost()
        for number in 1...turns {
            let now = EngineScript.start.adding(milliseconds: Int64(number) * 100), seconds = now.milliseconds(since: EngineScript.start) / 1_000
            let signal = Input(.signal(EngineScript.signal(UInt64(number), at: seconds)), request: RequestID(rawValue: UInt64(number)))
            let (answers, decided) = take([signal], at: now)
            guard case .signal(let decisions)? = answers.first?.outcome, case .intended(let intent)? = decisions.first, decisions.count == 1 else {
                throw BenchmarkFailure("signal \(number) of a session among \(ended) ended ones: \(answers)")
            }
            let contract = EngineScript.contract(Int64(number), at: seconds)
            let (_, bought) = take([Input(.broker(EngineScript.accountID, .bought(intent.id, contract, balance: .usd(1_000_000_000))))], at: now)
            let (_, settled) = take([Input(EngineScript.sold(Int64(number), for: 1_000, balance: 1_000_000_000, at: seconds))], at: now)
            let (_, nothing) = take([Input(.deadline)], at: now)
            cost.signal.add(decided)
            cost.trade.add(bought + settled)
            cost.idle.add(nothing)
        }
        cost.bought = Int(turn.engine.state.sessions[HistoryScript.one].trades)
        return cost
    }

    /// One turn and the deadline that the loop asks for after it, in nanoseconds.
    @discardableResult
    private mutating func take(_ inputs: [Input], at now: Timestamp) -> (answers: [Answer], nanoseconds: Int) {
        let began = Stopwatch.now()
        let facts = turn.begin(inputs[...], at: now)
        let outcome = turn.committed(facts.isEmpty ? nil : JournalReceipt(first: turn.nextSequence, count: facts.count))
        let deadline = turn.engine.nextDeadline
        let took = Stopwatch.now() - began
        precondition(deadline != nil || turn.engine.state.sessions.liveElements.isEmpty, "a running session has a deadline")
        return (outcome.answers, took)
    }
}
