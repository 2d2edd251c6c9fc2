// How far the system has come, told by its own threads and waited for by the one that measures.

import Foundation
import TradingEngine
import TradingModel
import TradingPorts

/// `@unchecked Sendable` because the condition's lock guards everything inside.
final class Milestones: @unchecked Sendable {
    struct Counts {
        var sessionsStarted = 0, written = 0, bought = 0, settled = 0, refused = 0
        /// When the last buy was handed to the socket.
        var writtenAt = 0
    }
    private let condition = NSCondition()
    private var counts = Counts()
    private var failure: (any Error)?

    /// On the broker line's thread: the first thing done is to look at the clock.
    func buyWritten() {
        let now = Stopwatch.now()
        change {
            $0.written += 1; $0.writtenAt = now
        }
    }

    /// On the loop's thread, after a commit.
    func committed(_ entries: [JournalEntry]) {
        for entry in entries {
            switch entry.fact.event {
            case .sessionStarted: change { $0.sessionsStarted += 1 }
            case .buyConfirmed: change { $0.bought += 1 }
            case .settled: change { $0.settled += 1 }
            case .signalRefused, .buyRejected, .buyInDoubt: change { $0.refused += 1 }
            default: break
            }
        }
    }

    /// The system has ended: nothing is worth waiting for.
    func failed(_ error: any Error) {
        condition.withLock {
            failure = error; condition.broadcast()
        }
    }

    private func change(_ change: (inout Counts) -> Void) {
        condition.withLock {
            change(&counts); condition.broadcast()
        }
    }

    /// Blocks the calling thread until it has come so far.
    func wait(_ what: String, until isReached: (Counts) -> Bool) throws -> Counts {
        let deadline = Date(timeIntervalSinceNow: 30)
        return try condition.withLock {
            while !isReached(counts) {
                if let failure { throw failure }
                guard condition.wait(until: deadline) else { throw BenchmarkFailure("\(what) was waited for in vain: \(counts)") }
            }
            return counts
        }
    }
}
