// What a turn of the engine costs after one session has ended and after ten thousand.

struct EngineHistory: Benchmark {
    let name = "engine-history"

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let turns = size.pick(full: 20_000, smoke: 50), most = size.pick(full: 10_000, smoke: 100)
        var few = HistoryScript(ended: 1), many = HistoryScript(ended: most)
        let one = try few.run(turns: turns), all = try many.run(turns: turns)
        var figures: [Figure] = []
        for (what, first, last) in [("a signal", one.signal, all.signal), ("bought and settled", one.trade, all.trade), ("nothing", one.idle, all.idle)] {
            figures.append(Figure("\(what), 1 ended session, median", .nanoseconds(first.median)))
            figures.append(Figure("\(what), \(most) ended sessions, median", .nanoseconds(last.median)))
            figures.append(.ratio("\(what), times as much", last.median, to: first.median, aim: "1.00"))
        }
        return BenchmarkReport(name: name, computed: "\(one.bought) and \(all.bought) trades, one a turn", figures: figures)
    }
}
