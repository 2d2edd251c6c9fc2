// How long every token takes to move to a new key, on the disk and while the journal is written to, and what the
// journal's commits notice of it.

import Foundation
import KeyRing
import KeyRotation
import SQLiteStore
import Synchronization
import TradingModel
import TradingPorts

struct RotationOfTokens: Benchmark {
    let name = "key-rotation"

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let tokens = size.pick(full: 10_000, smoke: 100), calm = size.pick(full: 300, smoke: 10)
        try FileManager.default.createDirectory(atPath: folder.file("keys"), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let store = try SQLiteStore.open(folder.file("keys.sqlite")), owner = try store.createOwner("bench")
        let keeper = try KeyKeeper(store: store, source: .file(folder.file("keys/ring.json")), instance: store.instanceID, now: WallClock.now)
        for account in 1...tokens {
            try keeper.vault.store(Secret("a1-token-\(account)"), AccountID(rawValue: Int64(account)), owner, Label("VRTC\(account)")!, true)
        }
        var script = TurnScript()
        let before = try Self.commits(calm, &script, store), after = Mutex(Samples()), goesOn = Mutex(true), failure = Mutex<String?>(nil)
        // As the trading loop does: commits one after the other, from a thread of its own.
        // Handed over whole: this function does not touch it again.
        nonisolated(unsafe) let turns = script
        let done = DispatchSemaphore(value: 0)
        let writer = Thread {
            var script = turns
            do {
                while goesOn.withLock({ $0 }) {
                    let some = try Self.commits(1, &script, store)
                    after.withLock { $0.add(some) }
                }
            } catch { failure.withLock { $0 = "\(error)" } }
            done.signal()
        }
        writer.start()
        _ = try keeper.add()
        _ = try keeper.promote()
        let began = Stopwatch.now()
        let report = try keeper.reseal(
            ResealPace { _, _ in
                // As the server does: it takes half of the time at most.
                usleep(2_000)
                return true
            })
        let took = Stopwatch.now() - began
        goesOn.withLock { $0 = false }
        done.wait()
        if let failure = failure.withLock({ $0 }) { throw BenchmarkFailure(failure) }
        guard report.resealed == tokens, report.census.count(KeyVersion(rawValue: 2)) == tokens else {
            throw BenchmarkFailure("\(report.resealed) of \(tokens) were sealed anew")
        }
        _ = try keeper.retire()
        try store.close()
        let during = after.withLock { $0 }
        return BenchmarkReport(
            name: name, computed: "\(tokens) tokens under key 2, all opened once more, \(during.count) turns committed meanwhile",
            figures: [Figure("all of it", .nanoseconds(took), aim: "60 s"), Figure("a token", .nanoseconds(took / tokens))]
                + before.figures("commit before") + during.figures("commit meanwhile"))
    }

    private static func commits(_ rounds: Int, _ script: inout TurnScript, _ store: SQLiteStore) throws -> Samples {
        var samples = Samples()
        for _ in 0..<rounds {
            for turn in script.round() {
                let rows = Projection.rows(turn.facts, state: turn.state), began = Stopwatch.now()
                _ = try store.append(turn.entries, rows: rows)
                samples.add(Stopwatch.now() - began)
            }
        }
        return samples
    }
}
