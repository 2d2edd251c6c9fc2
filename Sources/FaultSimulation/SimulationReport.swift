/// What runs came to: how often each fault struck, how often each interesting point was reached, and how much happened.
public struct SimulationReport: Sendable, Hashable {
    public var runs = 0
    /// Simulated milliseconds of running sessions, added over sessions.
    public var sessionMilliseconds: Int64 = 0
    public var events: Int64 = 0
    public var facts: Int64 = 0
    /// In the order of `Mishap.allCases`.
    public private(set) var mishaps: [Int64] = Array(repeating: 0, count: Mishap.allCases.count)
    /// In the order of `Reached.allCases`.
    public private(set) var reached: [Int64] = Array(repeating: 0, count: Reached.allCases.count)
    /// Of everything that was written into the trace: the same seed gives the same.
    public var traceHash: UInt64 = 0xcbf2_9ce4_8422_2325

    public init() {}

    public mutating func count(_ mishap: Mishap) { mishaps[mishap.rawValue] += 1 }
    public mutating func count(_ point: Reached) { reached[point.rawValue] += 1 }
    public func count(of mishap: Mishap) -> Int64 { mishaps[mishap.rawValue] }
    public func count(of point: Reached) -> Int64 { reached[point.rawValue] }

    public static func += (sum: inout SimulationReport, other: SimulationReport) {
        sum.runs += other.runs
        sum.sessionMilliseconds += other.sessionMilliseconds
        sum.events += other.events
        sum.facts += other.facts
        for index in sum.mishaps.indices { sum.mishaps[index] += other.mishaps[index] }
        for index in sum.reached.indices { sum.reached[index] += other.reached[index] }
        sum.traceHash = (sum.traceHash ^ other.traceHash) &* 0x100_0000_01b3
    }

    /// Hours of running sessions.
    public var sessionHours: Int64 { sessionMilliseconds / 3_600_000 }
}

/// States and turns of events that the runs together should reach: one that stays at 0 was never tried.
public enum Reached: Int, Sendable, CaseIterable {
    case bought, rejected, unsent, inDoubt, confirmedFromStatement, confirmedByLateAnswer, ambiguous, resolvedByPerson, abandoned, released, adopted
    case settled, settledWithoutBooking, settlementCorrected, settlementOverdue, outsideTradeSeen, balanceReported
    case lineUp, lineDownClean, lineDownUnclean, loginRefused, circuitOpened, circuitClosed, lookUpClosed, lookUpWithGap
    case dayOpened, pausedByLimit, pausedForTheDay, pausedByPerson, resumed, streakCleared, peakCleared, stopping, stopped, emergencyStopped, failed
    case quoteAsked, boughtByQuote, signalWaited, signalExpired, signalCancelled, planChanged, accountRemoved
    case restart, restartFromSnapshot, restartFromStore, unresolvedAtRestart, openAtRestart, diedBeforeCommit, diedAfterCommit, buyWritten, tradedAfterMidnight,
        overtaken
    case promiseSet, raiseAsked, raiseActed, raiseLate, raiseTakenBack

    public var name: String { "\(self)" }
}
