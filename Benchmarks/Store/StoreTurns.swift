// What a turn of the loop costs on the disk: its facts with every row that follows from them in one durable commit,
// against a bare commit right before it.

import SQLiteStore
import TradingEngine
import TradingModel
import TradingPorts
import TradingTesting

struct StoreTurns: Benchmark {
    let name = "store-turns"

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let rounds = size.pick(full: 1_500, smoke: 50)
        let store = try SQLiteStore.open(folder.file("turns.sqlite"))
        let bare = try BareCommit(folder.file("turns-bare.sqlite"))
        var script = TurnScript(), commits = Samples(), turns: [TurnScript.Kind: Samples] = [:], projecting = Samples()
        for _ in 0..<rounds {
            for turn in script.round() {
                commits.add(try bare.commit())
                let began = Stopwatch.now()
                let rows = Projection.rows(turn.facts, state: turn.state)
                let projected = Stopwatch.now()
                _ = try store.append(turn.entries, rows: rows)
                turns[turn.kind, default: Samples()].add(Stopwatch.now() - projected)
                projecting.add(projected - began)
            }
        }
        let facts = try store.restore().nextSequence - 1
        try store.close()
        guard facts == script.facts else { throw BenchmarkFailure("\(facts) facts are on record, expected \(script.facts)") }

        var figures = commits.figures("bare commit")
        for kind in TurnScript.Kind.measured {
            guard let samples = turns[kind] else { throw BenchmarkFailure("no turn of the kind \(kind)") }
            figures += samples.figures(kind.rawValue)
            figures.append(Figure("\(kind.rawValue) above bare", .nanoseconds(samples.median - commits.median), aim: "60 µs"))
            figures.append(.ratio("\(kind.rawValue) / bare", samples.median, to: commits.median))
        }
        figures.append(Figure("making rows of facts median", .nanoseconds(projecting.median)))
        let count = turns.values.reduce(0) { $0 + $1.count }
        return BenchmarkReport(name: name, computed: "\(facts) facts in \(count) commits, folded again at the end", figures: figures)
    }
}
