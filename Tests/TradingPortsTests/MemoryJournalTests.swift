import Testing
import TradingTesting

/// The journal in memory keeps the same promises as the one on disk, and fails as it is told to.
@Suite struct MemoryJournalTests {
    @Test(arguments: JournalConformance.allCases)
    func journal(_ check: JournalConformance) throws {
        let journal = MemoryJournal()
        try check.run(JournalUnderTest(journal, openAgain: journal.openedAgain, spoilSnapshots: journal.spoilSnapshots))
    }

    @Test func aWriteThatIsLostLeavesNothingAndOneThatIsKeptLeavesAll() throws {
        let turns = ScriptedHistory().turns
        let journal = MemoryJournal(failAfter: 1)
        try journal.write(turns[0].entries, rows: [])
        #expect(throws: MemoryJournal.Failure.lost) { try journal.write(turns[1].entries, rows: []) }
        #expect(throws: MemoryJournal.Broken.self) { try journal.write(turns[1].entries, rows: []) }
        #expect(journal.entries == turns[0].entries)

        journal.restart(failAfter: 0, failure: .kept)
        #expect(throws: MemoryJournal.Failure.kept) { try journal.write(turns[1].entries, rows: []) }
        journal.restart()
        #expect(journal.entries == turns[0].entries + turns[1].entries)
        try journal.write(turns[2].entries, rows: [])
    }
}
