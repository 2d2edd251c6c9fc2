// How long a signal takes to become a buy while strangers besiege the server: with wrong passwords from ever new
// addresses, with heads that never end, with connections that ask nothing. Quiet stretches before and after each say what
// the siege itself costs. The besiegers run on the same machine and in the same process, so part of the cost is theirs.

struct SignalUnderSiege: Benchmark {
    let name = "signal-to-buy-under-siege"

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let samples = size.pick(full: 300, smoke: 10), connections = size.pick(full: 2_000, smoke: 50)
        let found = try await TradingSystem.with(folder) { system in
            var stretches: [(name: String, latency: Samples)] = [], told: [String] = [], number = 0
            let client = try KeepAliveClient(port: system.port)
            _ = try system.milestones.wait("the session's start") { $0.sessionsStarted == 1 }
            func stretch(_ name: String) throws {
                stretches.append((name, try signals(size.pick(full: 30, smoke: 3), samples, from: &number, client, system)))
            }
            try stretch("quiet")
            let sieges: [any Siege] = [
                WrongPasswords(port: system.port, perSecond: 200), EndlessHeads(port: system.port, connections: connections),
                IdleConnections(port: system.port, connections: connections),
            ]
            for siege in sieges {
                let besieger = try Besieger(siege)
                try stretch(siege.name)
                told.append("\(siege.name): \(try besieger.end())")
                try stretch("quiet after \(siege.name)")
            }
            return (stretches: stretches, told: told)
        }
        var figures: [Figure] = []
        for (name, latency) in found.stretches { figures += latency.figures(name) }
        // Each siege between its two quiet stretches.
        for index in stride(from: 1, to: found.stretches.count - 1, by: 2) {
            let quiet = (found.stretches[index - 1].latency.median + found.stretches[index + 1].latency.median) / 2
            figures.append(.ratio("\(found.stretches[index].name) / quiet", found.stretches[index].latency.median, to: quiet, aim: "1.2"))
        }
        return BenchmarkReport(
            name: name,
            computed: "\(samples) signals bought in each of \(found.stretches.count) stretches; \(found.told.joined(separator: "; "))",
            figures: figures)
    }
}

/// One after the other, each once the one before has settled.
private func signals(_ warmUp: Int, _ samples: Int, from number: inout Int, _ client: KeepAliveClient, _ system: TradingSystem) throws -> Samples {
    var latency = Samples()
    for round in 1...(warmUp + samples) {
        number += 1
        let now = number
        try client.write(TradingSystem.signal(now))
        let written = Stopwatch.now()
        let bought = try system.milestones.wait("the frame of buy \(now)") { $0.written == now || $0.refused > 0 }
        let answer = try client.read()
        guard answer.status == 202, bought.refused == 0 else { throw BenchmarkFailure("signal \(now) was answered \(answer.status): \(answer.body)") }
        _ = try system.milestones.wait("the settlement of buy \(now)") { $0.settled == now || $0.refused > 0 }
        if round > warmUp { latency.add(bought.writtenAt - written) }
    }
    return latency
}
