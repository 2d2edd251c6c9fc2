// What the auditor costs: the engine's turns with production's auditor after each of them, beside the same turns' own cost in the same run.
// It is this thread's own time, the best of some runs.

import TradingAudit
import TradingEngine

struct AuditorCost: Benchmark {
    let name = "auditor-cost"

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let turns = size.pick(full: 8_000, smoke: 20), runs = size.pick(full: 5, smoke: 2)
        var figures: [Figure] = [], computed: [String] = []
        for kind in [DecisionScript.Kind.traded, .limited] {
            let inputs = DecisionScript(kind).inputs(turns: turns)
            var alone = Int.max, engine = Int.max, audit = Int.max, facts = 0
            for _ in 1...runs {
                var plain = DecisionScript(kind), watched = DecisionScript(kind)
                watched.watch()
                let (expected, without) = plain.run(inputs), (outcome, with) = watched.run(inputs)
                guard outcome == expected else { throw BenchmarkFailure("\(kind): with the auditor \(outcome), without \(expected)") }
                if let finding = watched.findings.first { throw BenchmarkFailure("\(kind): \(finding)") }
                (alone, engine) = (min(alone, without.decisions + without.rest), min(engine, with.decisions + with.rest))
                (audit, facts) = (min(audit, with.audit), outcome.facts)
            }
            guard facts > turns else { throw BenchmarkFailure("\(kind): \(facts) facts") }
            computed.append("\(kind.rawValue): \(facts) facts looked at, nothing found")
            figures.append(Figure("\(kind.rawValue): engine without it, a fact", .nanoseconds(alone / facts)))
            figures.append(Figure("\(kind.rawValue): auditor, a fact", .nanoseconds(audit / facts)))
            figures.append(.ratio("\(kind.rawValue): engine and auditor to engine alone", engine + audit, to: alone))
        }
        return BenchmarkReport(name: name, computed: computed.joined(separator: "; "), figures: figures)
    }
}
