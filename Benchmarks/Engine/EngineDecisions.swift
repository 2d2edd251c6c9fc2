// How many signals the engine decides in a second, and how many trades it sees from signal to settlement: nothing but
// `LoopTurn`, no disk and no socket. It is this thread's own time, the best of some runs.

import TradingEngine

struct EngineDecisions: Benchmark {
    let name = "engine-decisions"

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let turns = size.pick(full: 8_000, smoke: 20), runs = size.pick(full: 5, smoke: 2)
        var figures: [Figure] = [], computed: [String] = []
        for kind in DecisionScript.Kind.allCases {
            var best = Int.max, bestWhole = Int.max, tally = DecisionScript.Tally()
            let inputs = DecisionScript(kind).inputs(turns: turns)
            for run in 1...runs {
                var script = DecisionScript(kind)
                let (outcome, cost) = script.run(inputs)
                best = min(best, cost.decisions)
                bestWhole = min(bestWhole, cost.decisions + cost.rest)
                guard run == 1 || outcome == tally else { throw BenchmarkFailure("\(kind): two runs differ: \(tally) and \(outcome)") }
                tally = outcome
            }
            guard tally.decisions == turns * DecisionScript.signalsPerTurn else { throw BenchmarkFailure("\(kind): \(tally.decisions) decisions") }
            computed.append("\(kind.rawValue): \(tally)")
            func perSecond(_ nanoseconds: Int) -> Figure.Value { .perSecond(tally.decisions * 1_000_000_000 / max(1, nanoseconds)) }
            figures.append(Figure(kind.rawValue, perSecond(best), aim: "1 000 000"))
            // Three inputs and four facts each.
            if kind == .traded { figures.append(Figure("whole trades: intended, bought and settled", perSecond(bestWhole))) }
        }
        return BenchmarkReport(name: name, computed: computed.joined(separator: "; "), figures: figures)
    }
}
