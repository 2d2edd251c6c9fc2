import TradingEngine
import TradingModel
public import TradingPorts

/// What any journal must do; each store's tests run every check with their own way of opening one.
///
///     @Test(arguments: JournalConformance.allCases)
///     func journal(_ check: JournalConformance) throws { try check.run(JournalUnderTest(journal, openAgain: …, spoilSnapshots: …)) }
public enum JournalConformance: String, CaseIterable, Sendable {
    case anEmptyJournalRestoresToNothing
    case whatWasWrittenIsRead
    case restoringFoldsEveryFact
    case aReceiptNamesWhatWasAppended
    case aNumberThatIsThereIsAConflict
    case aNumberThatIsLeftOutIsAConflict
    case anOwnersNumberThatIsThereIsAConflict
    case theSameIntentIsNeverRecordedTwice
    case aRefusedWriteLeavesNothingBehind
    case afterAFailureNothingIsWritten
    case aSnapshotAndTheRestAreTheFold
    case aSnapshotThatCannotBeReadIsIgnored
    case aSnapshotAheadOfTheJournalIsIgnored
    case anOlderSnapshotServesWhenTheNewerDoesNot
    case everyOpeningHasAHigherEpoch
    case whoWasOvertakenWritesNothing
}

/// An empty journal, and how to spoil what it kept.
public struct JournalUnderTest {
    public var journal: any ReadableJournal
    /// Opens it again while it is open, around whatever should keep a second process out.
    public var openAgain: () throws -> any ReadableJournal
    /// Makes every snapshot so far one that cannot be read.
    public var spoilSnapshots: () throws -> Void
    public init(_ journal: any ReadableJournal, openAgain: @escaping () throws -> any ReadableJournal, spoilSnapshots: @escaping () throws -> Void) {
        (self.journal, self.openAgain, self.spoilSnapshots) = (journal, openAgain, spoilSnapshots)
    }
}

extension JournalConformance {
    /// Throws a `ConformanceFailure` that says what was otherwise.
    public func run(_ test: JournalUnderTest) throws {
        let journal = test.journal, history = ScriptedHistory()
        switch self {
        case .anEmptyJournalRestoresToNothing:
            let restored = try journal.restore()
            try expectEqual(restored.state, EngineState(), "state")
            try expectEqual(restored.nextSequence, 1, "next number")
            try expectEqual(restored.replayed, 0, "facts folded")
            try expect(restored.ownerSequences.isEmpty, "nobody has facts")
            try expect(try journal.read(from: 1, limit: 10).isEmpty, "there is nothing to read")
        case .whatWasWrittenIsRead:
            try journal.write(history.turns)
            try expectEqual(try journal.read(from: 1, limit: .max), history.entries, "all entries")
            try expectEqual(try journal.read(from: 5, limit: 3), Array(history.entries[4..<7]), "three entries from the fifth")
            try expect(try journal.read(from: Int64(history.entries.count) + 1, limit: 3).isEmpty, "nothing stands after the end")
        case .restoringFoldsEveryFact:
            try journal.write(history.turns)
            try expectRestores(journal, history, replayed: history.entries.count)
        case .aReceiptNamesWhatWasAppended:
            let receipts = try history.turns.prefix(3).map { try journal.append($0.entries, rows: $0.rows) }
            try expectEqual(receipts.map(\.first), history.turns.prefix(3).map { $0.entries[0].sequence }, "first numbers")
            try expectEqual(receipts.map(\.count), history.turns.prefix(3).map(\.entries.count), "counts")
        case .aNumberThatIsThereIsAConflict:
            try journal.write(history.turns.prefix(2))
            try expectThrows(JournalConflict.self, "the same turn again") { try journal.write(history.turns[1].entries, rows: []) }
        case .aNumberThatIsLeftOutIsAConflict:
            try journal.write(history.turns.prefix(2))
            try expectThrows(JournalConflict.self, "the turn after the next") { try journal.write(history.turns[3].entries, rows: []) }
        case .anOwnersNumberThatIsThereIsAConflict:
            try journal.write(history.turns.prefix(1))
            let next = history.turns[1].entries[0]
            let repeated = JournalEntry(sequence: next.sequence, ownerSequence: 1, fact: next.fact)
            try expectThrows(JournalConflict.self, "an owner's first number again") { try journal.write([repeated], rows: []) }
        case .theSameIntentIsNeverRecordedTwice:
            try journal.write(history.turns)
            try expectThrows(JournalConflict.self, "the same intent") { try journal.write([try repeatedIntent(history)], rows: []) }
        case .aRefusedWriteLeavesNothingBehind:
            try journal.write(history.turns)
            let last = history.entries.last!
            let good = JournalEntry(
                sequence: last.sequence + 1, ownerSequence: try next(of: ScriptedHistory.ben, history),
                fact: Fact(at: last.fact.at, owner: ScriptedHistory.ben, .emergencyStopLifted(by: EngineScript.person)))
            let bad = try repeatedIntent(history, after: 1)
            try expectThrows(JournalConflict.self, "a good entry and a bad one") {
                try journal.write([good, bad], rows: [.emergencyStop(ScriptedHistory.ben, false)])
            }
            try expectRestores(journal, history, replayed: history.entries.count)
        case .afterAFailureNothingIsWritten:
            try journal.write(history.turns.prefix(2))
            try expectThrows(JournalConflict.self, "a conflict") { try journal.write(history.turns[0].entries, rows: []) }
            try expectThrows((any Error).self, "what would have been right") { try journal.write(history.turns[2].entries, rows: history.turns[2].rows) }
            try expectEqual(try journal.restore().nextSequence, history.turns[2].entries[0].sequence, "next number")
        case .aSnapshotAndTheRestAreTheFold:
            for (index, turn) in history.turns.enumerated() {
                try journal.write([turn])
                if index == history.turns.count / 2 { try journal.keepSnapshot(turn.state, after: turn.entries.last!.sequence) }
            }
            let rest = history.turns[(history.turns.count / 2 + 1)...].reduce(0) { $0 + $1.entries.count }
            try expectRestores(journal, history, replayed: rest)
        case .aSnapshotThatCannotBeReadIsIgnored:
            try journal.write(history.turns)
            try journal.keepSnapshot(history.state, after: history.entries.last!.sequence)
            try expectRestores(journal, history, replayed: 0)
            try test.spoilSnapshots()
            try expectRestores(journal, history, replayed: history.entries.count)
        case .aSnapshotAheadOfTheJournalIsIgnored:
            try journal.write(history.turns)
            try journal.keepSnapshot(EngineState(), after: history.entries.last!.sequence + 1)
            try expectRestores(journal, history, replayed: history.entries.count)
        case .anOlderSnapshotServesWhenTheNewerDoesNot:
            try journal.write(history.turns)
            let early = history.turns[4]
            try journal.keepSnapshot(early.state, after: early.entries.last!.sequence)
            try journal.keepSnapshot(EngineState(), after: history.entries.last!.sequence + 7)
            try expectRestores(journal, history, replayed: history.entries.count - Int(early.entries.last!.sequence))
        case .everyOpeningHasAHigherEpoch:
            var epochs = [journal.epoch]
            for _ in 1...3 { epochs.append(try test.openAgain().epoch) }
            try expect(epochs[0] > 0 && zip(epochs, epochs.dropFirst()).allSatisfy { $0 < $1 }, "epochs rise: \(epochs)")
        case .whoWasOvertakenWritesNothing:
            try journal.write(history.turns.prefix(2))
            let next = try test.openAgain()
            try expectThrows(StaleEpoch.self, "the older opening goes on") { try journal.write(history.turns[2].entries, rows: history.turns[2].rows) }
            try expectEqual(try next.read(from: 1, limit: .max).count, history.turns.prefix(2).reduce(0) { $0 + $1.entries.count }, "entries")
            try next.write(history.turns.dropFirst(2))
            try expectThrows((any Error).self, "the older opening once more") { try journal.write(history.turns[2].entries, rows: []) }
            try expectRestores(next, history, replayed: history.entries.count)
        }
    }

    private func expectRestores(_ journal: any ReadableJournal, _ history: ScriptedHistory, replayed: Int) throws {
        let restored = try journal.restore()
        try expect(restored.state == history.state, "the restored state is the engine's")
        try expectEqual(restored.nextSequence, Int64(history.entries.count) + 1, "next number")
        try expectEqual(restored.replayed, replayed, "facts folded one by one")
        for owner in [ScriptedHistory.ada, ScriptedHistory.ben] {
            try expectEqual(restored.ownerSequences[owner], try next(of: owner, history) - 1, "newest number of owner \(owner)")
        }
    }

    private func next(of owner: OwnerID, _ history: ScriptedHistory) throws -> Int64 {
        Int64(history.entries.count { $0.fact.owner == owner }) + 1
    }

    /// An entry in the right place, with an intent that is on record already.
    private func repeatedIntent(_ history: ScriptedHistory, after more: Int64 = 0) throws -> JournalEntry {
        let first = history.entries.first { if case .buyIntended = $0.fact.event { true } else { false } }!
        return JournalEntry(sequence: Int64(history.entries.count) + 1 + more, ownerSequence: try next(of: first.fact.owner, history), fact: first.fact)
    }
}

extension Journal {
    func write(_ turns: some Sequence<ScriptedHistory.Turn>) throws {
        for turn in turns { try write(turn.entries, rows: turn.rows) }
    }
}
