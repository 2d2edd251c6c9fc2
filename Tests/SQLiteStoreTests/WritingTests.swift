import Foundation
import GRDB
import Testing
import TradingEngine
import TradingModel
import TradingPorts
import TradingTesting

@testable import SQLiteStore

/// What a write that goes wrong leaves behind, and what others see meanwhile.
@Suite struct WritingTests {
    @Test func anErrorOfARowTakesTheFactsWithIt() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let turns = ScriptedHistory().turns
        try store.write(turns[0].entries, rows: turns[0].rows)
        let nobodys = IntentID(session: SessionID(rawValue: 9), signal: SignalID(high: 9, low: 9))
        #expect(throws: SQLiteStoreError.self) { try store.write(turns[1].entries, rows: [.tradeState(nobodys, .unsent)]) }
        #expect(try store.read(from: 1, limit: .max) == turns[0].entries)
        #expect(throws: SQLiteStoreError.broken(path: store.path)) { try store.write(turns[1].entries, rows: turns[1].rows) }
        try store.close()
    }

    @Test func aTradeOfASessionThatIsNotThereIsNoTrade() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let turns = ScriptedHistory().turns
        let trade = turns.lazy.flatMap(\.rows).first { if case .trade = $0 { true } else { false } }!
        try store.write(turns[0].entries, rows: turns[0].rows)
        let error = #expect(throws: DatabaseError.self) { try store.write(turns[1].entries, rows: [trade]) }
        #expect(error?.extendedResultCode == .SQLITE_CONSTRAINT_FOREIGNKEY)
        #expect(try store.restore().nextSequence == turns[1].entries[0].sequence)
        try store.close()
    }

    @Test func everyStatementCompiles() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        try store.pool.writeWithoutTransaction { db in
            let connection = try #require(db.sqliteConnection)
            for statement in WriteStatement.allCases {
                #expect(throws: Never.self, "\(statement)") { try CompiledStatement(statement.sql, on: connection) }
            }
        }
        try store.close()
    }

    /// A signal that several sessions decide in one turn stands as the first of them does that still may buy.
    @Test(arguments: [
        ([SignalStatus.refused, .intended], SignalStatus.intended), ([.pending, .intended], .pending), ([.refused, .expired], .expired),
        ([], .pending),
    ])
    func aNewSignalStandsAsItsDecisionsDo(_ decided: [SignalStatus], _ expected: SignalStatus) async throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let signal = EngineScript.signal(1), at = EngineScript.start
        let entry = JournalEntry(sequence: 1, ownerSequence: 1, fact: Fact(at: at, owner: EngineScript.owner, .signalAccepted(signal)))
        let decisions = zip(1..., decided).map { number, status in
            RowChange.decision(signal.id, SignalDecisionRow(session: SessionID(rawValue: number), status: status, refusal: nil, at: at))
        }
        try store.write([entry], rows: [.signal(signal, acceptedAt: at)] + decisions)
        #expect(try await store.signal(signal.id, owner: EngineScript.owner)?.status == expected)
        // The same as when they come one by one.
        try await store.pool.write { db in for row in decisions { try TurnWriter(db, epoch: store.epoch).apply([row]) } }
        #expect(try await store.signal(signal.id, owner: EngineScript.owner)?.status == expected)
        try store.close()
    }

    /// It waited for its turn to end, and was bought in it: its last word counts.
    @Test func aNewSignalThatWaitedAndWasBoughtInOneTurnIsIntended() async throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let signal = EngineScript.signal(1), at = EngineScript.start
        let entry = JournalEntry(sequence: 1, ownerSequence: 1, fact: Fact(at: at, owner: EngineScript.owner, .signalAccepted(signal)))
        let decisions = [SignalStatus.pending, .intended].map { status in
            RowChange.decision(signal.id, SignalDecisionRow(session: EngineScript.sessionID, status: status, refusal: nil, at: at))
        }
        try store.write([entry], rows: [.signal(signal, acceptedAt: at)] + decisions)
        #expect(try await store.signal(signal.id, owner: EngineScript.owner)?.status == .intended)
        try store.close()
    }

    /// One session let it wait and was stopped, another let it wait and bought, all in one turn.
    @Test func aStopInTheTurnOfASignalHidesNoPurchase() async throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let signal = EngineScript.signal(1), at = EngineScript.start, stopped = EngineScript.sessionID, buying = SessionID(rawValue: 2)
        let entry = JournalEntry(sequence: 1, ownerSequence: 1, fact: Fact(at: at, owner: EngineScript.owner, .signalAccepted(signal)))
        func decided(_ session: SessionID, _ status: SignalStatus) -> RowChange {
            .decision(signal.id, SignalDecisionRow(session: session, status: status, refusal: nil, at: at))
        }
        try store.write(
            [entry],
            rows: [
                .signal(signal, acceptedAt: at), decided(stopped, .pending), decided(buying, .pending),
                .refusePending(stopped, Refusal(.sessionNotActive), at: at), decided(buying, .intended),
            ])
        #expect(try await store.signal(signal.id, owner: EngineScript.owner)?.status == .intended)
        try store.close()
    }

    @Test func afterClosingNothingIsWritten() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        try store.close()
        let turn = ScriptedHistory().turns[0]
        #expect(throws: (any Error).self) { try store.write(turn.entries, rows: turn.rows) }
    }

    @Test func readersSeeWholeTurnsWhileTheLoopWrites() async throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let turns = ScriptedHistory().turns
        let ends = Set(turns.map { Int64($0.entries.last!.sequence) }).union([0])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var newest: Int64 = 0
                    while newest < turns.last!.entries.last!.sequence {
                        let entries = try store.read(from: 1, limit: .max), end = entries.last?.sequence ?? 0
                        #expect(ends.contains(end), "a half-written turn was seen")
                        #expect(end >= newest, "the journal went back")
                        newest = end
                        let trades = try await store.trades(ScriptedHistory.ada, Page(TradeFilter())).rows
                        let intended = entries.count { if case .buyIntended = $0.fact.event { $0.fact.owner == ScriptedHistory.ada } else { false } }
                        #expect(trades.count >= intended, "a fact without its rows was seen")
                    }
                }
            }
            group.addTask { for turn in turns { try store.write(turn.entries, rows: turn.rows); await Task.yield() } }
            try await group.waitForAll()
        }
        try store.close()
    }

    @Test func twoSnapshotsAreKept() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        for turn in ScriptedHistory().turns {
            try store.write(turn.entries, rows: turn.rows)
            try store.keepSnapshot(turn.state, after: turn.entries.last!.sequence)
        }
        let newest = ScriptedHistory().turns.suffix(2).map { $0.entries.last!.sequence }
        #expect(try store.pool.read { try Int64.fetchAll($0, sql: "SELECT seq FROM snapshot ORDER BY seq") } == newest)
        #expect(try store.restore().replayed == 0)
        try store.close()
    }

    /// Whether a signal is on record may be answered without the database, but never wrongly.
    @Test func aSignalOnRecordIsNeverTakenForANewOne() async throws {
        let folder = try TemporaryFolder(), history = ScriptedHistory()
        let signals = history.entries.compactMap { if case .signalAccepted(let signal) = $0.fact.event { signal } else { nil } }
        let first = try folder.open()
        for turn in history.turns { try first.write(turn.entries, rows: turn.rows) }
        for signal in signals { #expect(try await first.signal(signal.id, owner: signal.owner) != nil) }
        try first.close()
        let second = try folder.open()
        for signal in signals { #expect(try await second.signal(signal.id, owner: signal.owner) != nil, "after opening again") }
        var chance = SeededRandom(seed: 7)
        let perhaps = (0..<10_000).count { _ in second.knownSignals.mayContain(SignalID(high: chance.next(), low: chance.next())) }
        #expect(perhaps < 100, "\(perhaps) of ten thousand new ones would be looked up")
        try second.close()
    }

    /// The log is moved into the database behind the writer's back, long before a commit would have to do it.
    @Test func theLogIsMovedInTheBackground() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        func size() throws -> Int { try FileManager.default.attributesOfItem(atPath: folder.database)[.size] as? Int ?? 0 }
        let before = try size(), commits: Int64 = 1_000
        for number in 1...commits {
            let isOn = number % 2 == 1
            let event = isOn ? Fact.Event.emergencyStopped(by: EngineScript.person) : .emergencyStopLifted(by: EngineScript.person)
            let fact = Fact(at: EngineScript.start, owner: EngineScript.owner, event)
            try store.write([JournalEntry(sequence: number, ownerSequence: number, fact: fact)], rows: [.emergencyStop(EngineScript.owner, isOn)])
        }
        store.checkpoint.wait()
        // Three pages a commit: more than it waits for, fewer than the writer does.
        #expect(try size() > before, "nothing was moved")
        #expect(store.checkpoint.failures == 0)
        try store.close()
        let again = try folder.open()
        #expect(try again.restore().nextSequence == commits + 1)
        try again.close()
    }
}
