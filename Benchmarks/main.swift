// Runs the benchmarks one after the other and prints what each computed and how long it took.
//
//     signalist-bench [--smoke] [--json] [name ...]

import Foundation

let arguments = CommandLine.arguments.dropFirst()
let benchmarks: [any Benchmark] = [
    SignalToBuy(), SignalUnderSiege(), StoreTurns(), MillionTrades(), EngineDecisions(), EngineHistory(), AuditorCost(), FiguresOfTrades(), BrokerRoundTrip(),
    BrokerMessages(), BrokerConnections(), EnvelopeOpening(), RotationOfTokens(),
]
let names = arguments.filter { !$0.hasPrefix("--") }

guard arguments.allSatisfy({ ["--smoke", "--json"].contains($0) || benchmarks.map(\.name).contains($0) }) else {
    FileHandle.standardError.write(
        Data(
            """
            usage: signalist-bench [--smoke] [--json] [name ...]

            --smoke   a small size: shows that the benchmarks work, not how fast anything is
            --json    one JSON object
            names     \(benchmarks.map(\.name).joined(separator: ", "))

            """.utf8))
    exit(64)
}

let size = arguments.contains("--smoke") ? BenchmarkSize.smoke : .full
let folder = try ScratchFolder()
var reports: [BenchmarkReport] = []
do {
    for benchmark in benchmarks where names.isEmpty || names.contains(benchmark.name) {
        let report = try await benchmark.run(size, in: folder)
        if !arguments.contains("--json") { print(report.text) }
        reports.append(report)
    }
} catch {
    folder.remove()
    FileHandle.standardError.write(Data("signalist-bench: \(error)\n".utf8))
    exit(1)
}
folder.remove()
if arguments.contains("--json") { print(BenchmarkReport.json(reports, size: size)) }
