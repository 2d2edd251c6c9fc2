public import ArgumentParser
public import FaultSimulation
import Foundation
import Synchronization
import TradingEngine

#if SeededBugs
import TradingModel
#endif

/// Runs the fault simulation over many seeds, and prints what it found and what it reached.
public struct Simulate: ParsableCommand, Sendable {
    /// Makes the store of so many owners that one seed in twenty uses; without, none does. Set before `main`.
    nonisolated(unsafe) public static var makeStore: (@Sendable (Int) throws -> any SimulatedStorage)?

    public static let configuration = CommandConfiguration(
        commandName: "signalist-simulate",
        abstract: "Trades in a hostile world made from a seed, and holds every invariant against the broker's ledger.",
        discussion:
            "One seed is one run. A run that breaks an invariant is printed with its faults, its trace and the command that replays it; the exit code is then 1."
    )

    @Option(help: "The first seed.") var seed: UInt64 = 1
    @Option(help: "How many seeds.") var runs: Int?
    @Option(help: "As many seeds as come to so many hours of running sessions.") var hours: Int64?
    @Option(help: "Hostile minutes of one run, before its calm.") var minutes: Int64 = 30
    @Option(help: "So many times slower, and so many times as long. Unless given: 1, and in one seed of twenty 48 to 144, which then is some days.")
    var pace: Int64?
    @Option(help: "Seeds at once.") var jobs: Int = ProcessInfo.processInfo.activeProcessorCount
    @Flag(help: "Go on with new seeds until one fails.") var untilFailure = false
    @Flag(help: "Go on after a failure.") var keepGoing = false
    @Flag(help: "The report as one JSON object.") var json = false
    @Flag(help: "The whole trace of a failing run, not only its end.") var trace = false
    @Flag(help: "Keep the journal of every seed in the production store on a simulated disk, not of one in twenty.") var store = false
    @Flag(help: "In every seed owners promise that what they raise waits, not in one of four.") var promises = false
    @Flag(help: "Run each seed twice and compare the hashes of their traces.") var twice = false

    @Option(help: "Instead of seeds: one scripted trade in which the process dies at these points, for example 3,17.") var crashPoints: String?
    @Option(help: "What becomes of the scripted buy's answer: normal, lost, late, doubled or reordered.") var answer: String = "normal"
    @Option(help: "By how many seconds the scripted broker's statement lags.") var lag: Int64 = 0
    @Flag(help: "Every crash point and every pair of them, with every answer and lag; and the rule of the limits in every state that it can reach.")
    var exhaustive = false

    #if SeededBugs
    @Option(help: "Plant this bug. Names: --all-bugs prints them.") var bug: SeededBug?
    @Flag(help: "Plant one bug after the other: each must be found. `--runs` says on how many seeds each is tried, 100 unless given.") var allBugs = false
    @Option(help: "A bug that was not found in so many seeds counts as not found.") var most: UInt64 = 10_000
    @Flag(help: "Plant one bug after the other, each on the seeds that are known to find it: it must be found within a few.") var knownBugs = false
    @Flag(help: .hidden) var lines = false
    #endif

    public init() {}

    public func validate() throws {
        guard minutes > 0, minutes <= 100_000 else { throw ValidationError("--minutes \(minutes): expected 1 to 100000") }
        if let pace, pace < 1 || pace > 1_000 { throw ValidationError("--pace \(pace): expected 1 to 1000") }
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

    public func run() throws {
        #if SeededBugs
        SeededBug.planted = bug
        if allBugs || knownBugs { return try runBugs() }
        #endif
        if exhaustive { return try runExhaustive() }
        if let crashPoints {
            let script = CrashScript(deaths: points(crashPoints) ?? [], answer: CrashScript.Answer(rawValue: answer)!, lagSeconds: lag)
            do {
                let (passed, _, report) = try World.run(script, keepsWholeTrace: trace)
                return print("\(passed) points, \(report.events) events, nothing found")
            } catch {
                tell(error)
                throw ExitCode(1)
            }
        }
        try runSeeds()
    }

    // MARK: Seeds

    private struct Shared {
        var next: UInt64, sum = SimulationReport(), hashes: [UInt64: UInt64] = [:], failures: [SimulationFailure] = [], differing: [UInt64] = [], isOver = false
    }

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
        let differing = shared.withLock(\.differing).sorted()
        if !differing.isEmpty { print("two runs of a seed were not the same: \(differing.prefix(20).map(String.init).joined(separator: ", "))") }
        if !failures.isEmpty || !differing.isEmpty { throw ExitCode(1) }
    }

    #if SeededBugs
    private func runBugs() throws {
        // In a process of its own for each, which must not plant it here.
        SeededBug.planted = nil
        let tried = SeededBugRuns.Tried(onEach: knownBugs ? 0 : UInt64(runs ?? 100), most: knownBugs ? SeededBugRuns.knownWithin : most, isKnown: knownBugs)
        let outcomes = SeededBugRuns(tried: tried, minutes: minutes, jobs: jobs).all(bug.map { [$0] } ?? SeededBug.allCases)
        print("| bug | found in | first seed | by which oracle | CPU s |\n|---|---|---|---|---|")
        for outcome in outcomes { print(outcome.line) }
        let missed = outcomes.filter(\.found.isEmpty)
        print("\(outcomes.count - missed.count) of \(outcomes.count) seeded bugs found")
        if missed.isEmpty { return }
        print("not found: \(missed.map(\.bug.rawValue).joined(separator: ", "))")
        if knownBugs { print("where other seeds find it now, measure anew (script/simulate --seeded-bugs --bug NAME) and change SeededBugRuns.firstTried") }
        throw ExitCode(1)
    }
    #endif

    private func next(_ shared: inout Shared, last: UInt64) -> UInt64? {
        if shared.isOver || shared.next > last { return nil }
        if let hours, shared.sum.sessionHours >= hours { return nil }
        defer { shared.next += 1 }
        return shared.next
    }

    private func runOne(_ seed: UInt64, _ shared: borrowing Mutex<Shared>, _ started: Date) {
        var settings = World.Settings()
        settings.hostileMinutes = minutes
        settings.pace = pace
        settings.keepsWholeTrace = trace
        if promises { settings.promises = true }
        (settings.makeStore, settings.alwaysUsesStore) = (Simulate.makeStore, store)
        CrashReport.running(seed: seed, minutes: minutes)
        #if SeededBugs
        if lines { SeededBugRuns.tell("at \(seed)") }
        #endif
        do {
            let report = try World(seed: seed, settings: settings).run()
            if twice {
                let again = try World(seed: seed, settings: settings).run()
                if again != report { shared.withLock { $0.differing.append(seed) } }
            }
            #if SeededBugs
            if lines { SeededBugRuns.tell("ended \(seed)") }
            #endif
            shared.withLock { shared in
                shared.sum += report
                shared.hashes[seed] = report.traceHash
                if !json, shared.sum.runs % 500 == 0 { progress(shared.sum, started) }
            }
        } catch {
            #if SeededBugs
            if lines { SeededBugRuns.tell("found \(seed) \(error.invariant)") }
            #endif
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
            faults: \(Mishap.allCases.map { "\($0.name) \(sum.count(of: $0))" }.joined(separator: ", "))
            reached: \(Reached.allCases.map { "\($0.name) \(sum.count(of: $0))" }.joined(separator: ", "))
            never reached: \(Reached.allCases.filter { sum.count(of: $0) == 0 }.map(\.name).joined(separator: ", "))
            \(sum.runs) runs from seed \(seed), \(sum.sessionHours) session-hours, \(sum.facts) facts, \(sum.events) events, \(rate) events/s, \
            \(failures) failures, trace \(String(hash, radix: 16))
            """
    }

    private func jsonText(_ sum: SimulationReport, _ hash: UInt64, _ failures: [SimulationFailure], _ seconds: Double) -> String {
        let faults = Mishap.allCases.map { "\"\($0.name)\":\(sum.count(of: $0))" }.joined(separator: ",")
        let reached = Reached.allCases.map { "\"\($0.name)\":\(sum.count(of: $0))" }.joined(separator: ",")
        let failed = failures.map { "{\"seed\":\($0.seed),\"invariant\":\"\($0.invariant)\"}" }.joined(separator: ",")
        return """
            {"seed":\(seed),"runs":\(sum.runs),"minutes":\(minutes),"session_hours":\(sum.sessionHours),"facts":\(sum.facts),"events":\(sum.events),\
            "milliseconds":\(Int(seconds * 1_000)),"trace":"\(String(hash, radix: 16))","failures":[\(failed)],"faults":{\(faults)},"reached":{\(reached)}}
            """
    }

    // MARK: Every crash point

    private struct Tried: Sendable { var count = CrashScript.Count(), events: Int64 = 0, failures: [SimulationFailure] = [] }

    private func runExhaustive() throws {
        let started = Date(), tried = Mutex(Tried()), next = Mutex(0)
        let kinds = CrashScript.Answer.allCases.flatMap { answer in [0, 30, 60].map { (answer: answer, lag: Int64($0)) } }
        DispatchQueue.concurrentPerform(iterations: jobs) { _ in
            while true {
                let index = next.withLock { next in
                    next += 1
                    return next - 1
                }
                if index >= kinds.count { return }
                var mine = Tried()
                mine.count = CrashScript.all(pairs: true, answers: [kinds[index].answer], lags: [kinds[index].lag]) { _, result in
                    switch result {
                    case .success(let report): mine.events += report.events
                    case .failure(let failure): if mine.failures.count < 20 { mine.failures.append(failure) }
                    }
                }
                tried.withLock { tried in
                    tried.count.singles += mine.count.singles
                    tried.count.pairs += mine.count.pairs
                    tried.count.same += mine.count.same
                    tried.events += mine.events
                    tried.failures += mine.failures
                }
            }
        }
        let sum = tried.withLock(\.self), seconds = Date().timeIntervalSince(started)
        for failure in sum.failures.prefix(20) { tell(failure) }
        print(
            "\(sum.count.singles) single crash points and \(sum.count.pairs) pairs (\(sum.count.same) of them are the same as another), \(sum.events) events in \(Int(seconds)) s, \(sum.failures.count) failures"
        )
        let walked = Date(), (states, violations) = ReservationModel.large.explore { RiskDecision.refusal($0, $1, stake: $2) == nil }
        print(
            "reservation rule: \(states) states in \(Int(Date().timeIntervalSince(walked))) s, passed: \(violations.isEmpty ? "nothing" : violations.sorted().joined(separator: ", "))"
        )
        if !sum.failures.isEmpty || !violations.isEmpty { throw ExitCode(1) }
    }
}
