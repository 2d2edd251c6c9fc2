import ArgumentParser
import FaultSimulation
import Foundation
import Synchronization

/// Runs the fault simulation over many seeds, and prints what it found and what it reached.
@main
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signalist-simulate",
        abstract: "Trades in a hostile world made from a seed, and holds every invariant against the broker's ledger.",
        discussion:
            "One seed is one run. A run that breaks an invariant is printed with its faults, its trace and the command that replays it; the exit code is then 1."
    )

    @Option(help: "The first seed.") var seed: UInt64 = 1
    @Option(help: "How many seeds.") var runs: Int?
    @Option(help: "As many seeds as come to so many hours of running sessions.") var hours: Int64?
    @Option(help: "Hostile minutes of one run, before its calm.") var minutes: Int64 = 30
    @Option(help: "Seeds at once.") var jobs: Int = ProcessInfo.processInfo.activeProcessorCount
    @Flag(help: "Go on with new seeds until one fails.") var untilFailure = false
    @Flag(help: "Go on after a failure.") var keepGoing = false
    @Flag(help: "The report as one JSON object.") var json = false
    @Flag(help: "The whole trace of a failing run, not only its end.") var trace = false
    @Flag(help: "Run each seed twice and compare the hashes of their traces.") var twice = false

    @Option(help: "Instead of seeds: one scripted trade in which the process dies at these points, for example 3,17.") var crashPoints: String?
    @Option(help: "What becomes of the scripted buy's answer: normal, lost, late, doubled or reordered.") var answer: String = "normal"
    @Option(help: "By how many seconds the scripted broker's statement lags.") var lag: Int64 = 0
    @Flag(help: "Every crash point and every pair of them, with every answer and lag.") var exhaustive = false

    func validate() throws {
        guard minutes > 0, minutes <= 100_000 else { throw ValidationError("--minutes \(minutes): expected 1 to 100000") }
        guard jobs > 0, jobs <= 1_024 else { throw ValidationError("--jobs \(jobs): expected 1 to 1024") }
        if let runs, runs < 1 { throw ValidationError("--runs \(runs): expected at least 1") }
        if let hours, hours < 1 { throw ValidationError("--hours \(hours): expected at least 1") }
        if CrashScript.Answer(rawValue: answer) == nil { throw ValidationError("--answer \(answer): expected normal, lost, late, doubled or reordered") }
        if let crashPoints, points(crashPoints) == nil { throw ValidationError("--crash-points \(crashPoints): expected whole numbers with commas") }
    }

    private func points(_ text: String) -> [Int]? {
        let parts = text.split(separator: ",")
        let numbers = parts.compactMap { Int($0) }
        return numbers.count == parts.count ? numbers : nil
    }

    func run() throws {
        if exhaustive { return try runExhaustive() }
        if let crashPoints {
            let script = CrashScript(deaths: points(crashPoints) ?? [], answer: CrashScript.Answer(rawValue: answer)!, lagSeconds: lag)
            do {
                let (passed, report) = try World.run(script, keepsWholeTrace: trace)
                return print("\(passed) points, \(report.events) events, nothing found")
            } catch {
                tell(error)
                throw ExitCode(1)
            }
        }
        try runSeeds()
    }

    // MARK: Seeds

    private struct Shared { var next: UInt64, sum = SimulationReport(), hashes: [UInt64: UInt64] = [:], failures: [SimulationFailure] = [], isOver = false }

    private func runSeeds() throws {
        let started = Date(), shared = Mutex(Shared(next: seed))
        let last = untilFailure || hours != nil && runs == nil ? UInt64.max : seed &+ UInt64(runs ?? 100) &- 1
        DispatchQueue.concurrentPerform(iterations: jobs) { _ in
            while let seed = shared.withLock({ next(&$0, last: last) }) { runOne(seed, shared, started) }
        }
        let (sum, hash, failures) = shared.withLock { ($0.sum, hashOfAll($0.hashes), $0.failures.sorted { $0.seed < $1.seed }) }
        for failure in failures { tell(failure) }
        let seconds = Date().timeIntervalSince(started)
        print(json ? jsonText(sum, hash, failures, seconds) : text(sum, hash, failures.count, seconds))
        if !failures.isEmpty { throw ExitCode(1) }
    }

    private func next(_ shared: inout Shared, last: UInt64) -> UInt64? {
        if shared.isOver || shared.next > last { return nil }
        if let hours, shared.sum.sessionHours >= hours { return nil }
        defer { shared.next += 1 }
        return shared.next
    }

    private func runOne(_ seed: UInt64, _ shared: borrowing Mutex<Shared>, _ started: Date) {
        var settings = World.Settings()
        settings.hostileMinutes = minutes
        settings.keepsWholeTrace = trace
        CrashReport.running(seed: seed, minutes: minutes)
        do {
            let report = try World(seed: seed, settings: settings).run()
            if twice {
                let again = try World(seed: seed, settings: settings).run()
                if again != report { print("seed \(seed): two runs differ: \(String(report.traceHash, radix: 16)), \(String(again.traceHash, radix: 16))") }
            }
            shared.withLock { shared in
                shared.sum += report
                shared.hashes[seed] = report.traceHash
                if !json, shared.sum.runs % 500 == 0 { progress(shared.sum, started) }
            }
        } catch {
            shared.withLock { shared in
                shared.failures.append(error)
                if !keepGoing { shared.isOver = true }
            }
        }
    }

    /// In the order of the seeds, however many ran at once.
    private func hashOfAll(_ hashes: [UInt64: UInt64]) -> UInt64 {
        hashes.keys.sorted().reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ hashes[$1]!) &* 0x100_0000_01b3 }
    }

    private func progress(_ sum: SimulationReport, _ started: Date) {
        let rate = Int(Double(sum.events) / max(0.001, Date().timeIntervalSince(started)))
        FileHandle.standardError.write(Data("\(sum.runs) runs, \(sum.sessionHours) session-hours, \(sum.events) events, \(rate) events/s\n".utf8))
    }

    // MARK: Words

    private func tell(_ failure: SimulationFailure) {
        print("seed \(failure.seed) breaks \(failure.invariant): \(failure.what)\nfaults: \(failure.swarm)")
        for line in trace ? failure.trace[...] : failure.trace.suffix(60) { print("  \(line)") }
        print("again: \(failure.replay)")
    }

    private func text(_ sum: SimulationReport, _ hash: UInt64, _ failures: Int, _ seconds: Double) -> String {
        let rate = Int(Double(sum.events) / max(0.001, seconds))
        return """
            faults: \(Mishap.allCases.map { "\($0.rawValue) \(sum.count(of: $0))" }.joined(separator: ", "))
            reached: \(Reached.allCases.map { "\($0.rawValue) \(sum.count(of: $0))" }.joined(separator: ", "))
            never reached: \(Reached.allCases.filter { sum.count(of: $0) == 0 }.map(\.rawValue).joined(separator: ", "))
            \(sum.runs) runs from seed \(seed), \(sum.sessionHours) session-hours, \(sum.facts) facts, \(sum.events) events, \(rate) events/s, \
            \(failures) failures, trace \(String(hash, radix: 16))
            """
    }

    private func jsonText(_ sum: SimulationReport, _ hash: UInt64, _ failures: [SimulationFailure], _ seconds: Double) -> String {
        let faults = Mishap.allCases.map { "\"\($0.rawValue)\":\(sum.count(of: $0))" }.joined(separator: ",")
        let reached = Reached.allCases.map { "\"\($0.rawValue)\":\(sum.count(of: $0))" }.joined(separator: ",")
        let failed = failures.map { "{\"seed\":\($0.seed),\"invariant\":\"\($0.invariant)\"}" }.joined(separator: ",")
        return """
            {"seed":\(seed),"runs":\(sum.runs),"minutes":\(minutes),"session_hours":\(sum.sessionHours),"facts":\(sum.facts),"events":\(sum.events),\
            "milliseconds":\(Int(seconds * 1_000)),"trace":"\(String(hash, radix: 16))","failures":[\(failed)],"faults":{\(faults)},"reached":{\(reached)}}
            """
    }

    // MARK: Every crash point

    private func runExhaustive() throws {
        let started = Date()
        var failures = 0, done = 0, events: Int64 = 0
        let found = CrashScript.all(pairs: true) { script, result in
            done += 1
            switch result {
            case .success(let report): events += report.events
            case .failure(let failure):
                failures += 1
                if failures <= 20 { print("deaths at \(script.deaths), answer \(script.answer.rawValue), lag \(script.lagSeconds) s"); tell(failure) }
            }
            if done % 2_000 == 0 { FileHandle.standardError.write(Data("\(done) runs, \(failures) failures\n".utf8)) }
        }
        let seconds = Date().timeIntervalSince(started)
        print("\(found.singles) single crash points and \(found.pairs) pairs, \(events) events in \(Int(seconds)) s, \(failures) failures")
        if failures > 0 { throw ExitCode(1) }
    }
}
