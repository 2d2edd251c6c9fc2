// How long a signal takes from the client's last byte to the buy's frame on the broker's socket, its durable commit
// inside; and what a bare durable commit takes on the same disk at the same time.

struct SignalToBuy: Benchmark {
    let name = "signal-to-buy"

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let samples = size.pick(full: 300, smoke: 20), warmUp = size.pick(full: 30, smoke: 3)
        let found = try await TradingSystem.with(folder) { system in try measure(system, samples, warmUp: warmUp, folder) }
        let (latency, commits) = (found.latency, found.commits)
        return BenchmarkReport(
            name: name,
            computed: "\(found.counts.bought) signals bought over HTTP and a WebSocket, \(found.counts.settled) settled; \(latency.count) of them measured",
            figures: latency.figures("signal written to buy written") + commits.figures("bare durable commit")
                + [
                    .ratio("signal to buy / bare commit", latency.median, to: commits.median, aim: "1.3"),
                    Figure("bare durable commit with SQLite's usual pages, median", .nanoseconds(found.usualCommits.median)),
                    Figure("above bare", .nanoseconds(latency.median - commits.median)),
                    Figure("of it: signal written to commit begun, median", .nanoseconds(found.toCommit.median)),
                    Figure("of it: commit, median", .nanoseconds(found.committing.median)),
                    Figure("of it: durable to buy written, median", .nanoseconds(found.toFrame.median)),
                ]
                + found.answers.figures("signal written to answer read"))
    }

    struct Found: Sendable {
        var latency = Samples(), commits = Samples(), usualCommits = Samples(), answers = Samples(), counts = Milestones.Counts()
        /// The three parts of the latency.
        var toCommit = Samples(), committing = Samples(), toFrame = Samples()
    }
}

/// One signal after the other, each only when the one before has settled: nothing waits for anything but its own turn.
private func measure(_ system: TradingSystem, _ samples: Int, warmUp: Int, _ folder: ScratchFolder) throws -> SignalToBuy.Found {
    let client = try KeepAliveClient(port: system.port), bare = try BareCommit(folder.file("signal-bare.sqlite"))
    let usual = try BareCommit(folder.file("signal-usual.sqlite"), .usual)
    var found = SignalToBuy.Found()
    _ = try system.milestones.wait("the session's start") { $0.sessionsStarted == 1 }
    for number in 1...(warmUp + samples) {
        try client.write(TradingSystem.signal(number))
        let written = Stopwatch.now()
        let bought = try system.milestones.wait("the frame of buy \(number)") { $0.written == number || $0.refused > 0 }
        let answer = try client.read(), answered = Stopwatch.now()
        guard answer.status == 202, bought.refused == 0 else { throw BenchmarkFailure("signal \(number) was answered \(answer.status): \(answer.body)") }
        found.counts = try system.milestones.wait("the settlement of buy \(number)") { $0.settled == number || $0.refused > 0 }
        // In turns: the second of two in a row would find everything warm.
        let isUsual = number.isMultiple(of: 2), commit = try isUsual ? usual.commit() : bare.commit()
        if number <= warmUp { continue }
        let intent = system.journal.newestIntent
        found.latency.add(bought.writtenAt - written)
        found.toCommit.add(intent.began - written)
        found.committing.add(intent.durable - intent.began)
        found.toFrame.add(bought.writtenAt - intent.durable)
        found.answers.add(answered - written)
        if isUsual { found.usualCommits.add(commit) } else { found.commits.add(commit) }
    }
    return found
}

extension TradingSystem {
    /// The request that hands in a signal; each number is another one.
    static func signal(_ number: Int) -> String {
        let symbol = symbols[number % symbols.count], kind = ["rise", "even", "fall", "odd"][number % 4]
        let body = #"{"symbol":"\#(symbol)","kind":"\#(kind)"}"#
        return """
            POST /api/v1/signals HTTP/1.1\r
            Host: 127.0.0.1\r
            Authorization: Bearer \(apiKey)\r
            Idempotency-Key: signal-\(number)\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """
    }
}
