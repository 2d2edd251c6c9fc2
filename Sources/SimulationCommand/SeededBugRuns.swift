// The test of the tests: every seeded bug in turn must be found. Only in a build with the package trait `SeededBugs`.
#if SeededBugs
public import ArgumentParser
import FaultSimulation
import Foundation
import Synchronization
public import TradingModel

/// Runs each bug in processes of its own, since an assertion of the production code may end one: that counts as found, too.
struct SeededBugRuns {
    struct Tried: Sendable {
        /// Seeds that every bug is tried on, to say how often it is found.
        let onEach: UInt64
        /// Seeds after which one that was not found counts as not found.
        let most: UInt64
        /// Begins where the bug is known to be found.
        let isKnown: Bool
    }
    let tried: Tried
    let minutes: Int64
    let jobs: Int

    /// The test of the tests that is run each time: a bug must be found within so many seeds from its first.
    static let knownWithin: UInt64 = 64
    /// Bugs that take more seeds are tried from here on; the others from seed 1.
    private static let firstTried: [SeededBug: UInt64] = [
        .checksNoChain: 140, .everyEndIsClean: 1_060, .matchesClaimedContracts: 182, .matchesByPriceAlone: 25, .takesTheFirstCandidate: 35,
        .yesterdaysProfitIsTodays: 30,
        .tomorrowsProfitIsTodays: 1_598, .risksWhatIsHeld: 140, .epochIsNotChecked: 40,
    ]

    struct Outcome: Sendable {
        let bug: SeededBug
        /// The seed before the first.
        var before: UInt64 = 0
        var newest: UInt64 = 0
        var tried: UInt64 { newest - before }
        /// The invariant that each seed broke.
        var found: [(seed: UInt64, by: String)] = []
        var milliseconds: Int64 = 0

        var line: String {
            let oracles = Dictionary(grouping: found, by: \.by).sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }
                .map { "\($0.key) \($0.value.count)" }.joined(separator: ", ")
            return
                "| \(bug.rawValue) | \(found.count) of \(tried) | \(found.first.map { "\($0.seed)" } ?? "**not found**") | \(oracles) | \(milliseconds / 1_000) |"
        }
    }

    /// The outcomes in the order of the bugs; each is told as it comes.
    func all(_ bugs: [SeededBug]) -> [Outcome] {
        let next = Mutex(0), done = Mutex<[Int: Outcome]>([:])
        DispatchQueue.concurrentPerform(iterations: jobs) { _ in
            while let index = next.withLock({ next in if next < bugs.count { next += 1; return next - 1 as Int? } else { return nil } }) {
                let outcome = run(bugs[index])
                FileHandle.standardError.write(Data((outcome.line + "\n").utf8))
                done.withLock { $0[index] = outcome }
            }
        }
        return done.withLock { done in bugs.indices.map { done[$0]! } }
    }

    private func run(_ bug: SeededBug) -> Outcome {
        let before = tried.isKnown ? (SeededBugRuns.firstTried[bug] ?? 1) - 1 : 0
        var outcome = Outcome(bug: bug, before: before, newest: before)
        while outcome.tried < tried.onEach { child(&outcome, until: before + tried.onEach, firstOnly: false) }
        while outcome.found.isEmpty, outcome.tried < tried.most { child(&outcome, until: before + tried.most, firstOnly: true) }
        return outcome
    }

    /// Runs seeds in a process until they are through, or until it dies of one.
    private func child(_ outcome: inout Outcome, until last: UInt64, firstOnly: Bool) {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments =
            [
                "--bug", outcome.bug.rawValue, "--lines", "--seed", "\(outcome.newest + 1)", "--runs", "\(last - outcome.newest)", "--minutes", "\(minutes)",
                "--jobs", "1",
            ] + (firstOnly ? [] : ["--keep-going"])
        (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
        do { try process.run() } catch { fatalError("\(error)") }
        let text = String(decoding: (try? pipe.fileHandleForReading.readToEnd()) ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        var running: UInt64?, cpu: Int64 = 0
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count >= 2, let seed = UInt64(words[1]) else { continue }
            switch words[0] {
            case "at": running = seed
            case "ended": (running, outcome.newest) = (nil, seed)
            case "found":
                (running, outcome.newest) = (nil, seed)
                outcome.found.append((seed, words.count > 2 ? words[2] : ""))
            case "cpu": cpu = Int64(seed)
            default: break
            }
        }
        outcome.milliseconds += cpu
        if let running {
            outcome.newest = running
            outcome.found.append((running, "assertion"))
        }
        precondition(running != nil || !text.isEmpty, "a run of \(outcome.bug.rawValue) said nothing")
    }

    /// What a child tells, at once, since it may die.
    static func tell(_ line: String) {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        let cpu = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000 + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1_000
        FileHandle.standardOutput.write(Data("\(line)\ncpu \(cpu)\n".utf8))
    }
}

extension SeededBug: ExpressibleByArgument {}
#endif
