// How many signals the engine decides in a second: nothing but `LoopTurn`, no disk and no socket.

import TradingEngine

struct EngineDecisions: Benchmark {
    let name = "engine-decisions"

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let turns = size.pick(full: 2_000, smoke: 20), runs = 5
        var figures: [Figure] = [], computed: [String] = []
        for kind in DecisionScript.Kind.allCases {
            var best = Int.max, tally = DecisionScript.Tally()
            for run in 1...runs {
                var script = DecisionScript(kind)
                let inputs = script.inputs(turns: turns)
                let began = Stopwatch.threadTime()
                let outcome = script.run(inputs)
                best = min(best, Stopwatch.threadTime() - began)
                guard run == 1 || outcome == tally else { throw BenchmarkFailure("\(kind): two runs differ: \(tally) and \(outcome)") }
                tally = outcome
            }
            guard tally.decisions == turns * DecisionScript.signalsPerTurn else { throw BenchmarkFailure("\(kind): \(tally.decisions) decisions") }
            computed.append("\(kind.rawValue): \(tally)")
            figures.append(Figure(kind.rawValue, .perSecond(tally.decisions * 1_000_000_000 / max(1, best)), aim: "1 000 000"))
            figures.append(Figure("\(kind.rawValue), facts", .perSecond(tally.facts * 1_000_000_000 / max(1, best))))
        }
        return BenchmarkReport(name: name, computed: computed.joined(separator: "; "), figures: figures)
    }
}
