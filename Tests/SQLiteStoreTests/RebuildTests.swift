import GRDB
import Testing
import TradingTesting

@testable import SQLiteStore

/// The tables follow from the journal: emptied and made again they are the same to the last column.
@Suite struct RebuildTests {
    @Test func rebuiltTablesAreTheSame() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        for turn in ScriptedHistory().turns { try store.write(turn.entries, rows: turn.rows) }
        let before = try store.dump()
        #expect(before.filter { $0.value.isEmpty }.keys.sorted() == [], "the script leaves no table empty")
        try store.rebuild()
        #expect(try store.dump() == before)
        try store.close()
    }

    @Test func whatWasSpoiledIsMadeRight() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let turns = ScriptedHistory().turns
        for turn in turns.dropLast(10) { try store.write(turn.entries, rows: turn.rows) }
        let before = try store.dump()
        try store.pool.write { db in
            try db.execute(sql: "UPDATE session SET profit = 1; DELETE FROM refusal; UPDATE trade SET stake = 0")
        }
        #expect(try store.dump() != before)
        try store.rebuild()
        #expect(try store.dump() == before)
        for turn in turns.suffix(10) { try store.write(turn.entries, rows: turn.rows) }
        try store.close()
    }

    @Test func aFactIsNeitherChangedNorDeleted() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let turn = ScriptedHistory().turns[0]
        try store.write(turn.entries, rows: turn.rows)
        for sql in ["UPDATE journal SET at = 0", "DELETE FROM journal", "DELETE FROM journal WHERE seq = 1"] {
            #expect(throws: DatabaseError.self) { try store.pool.write { try $0.execute(sql: sql) } }
        }
        #expect(try store.read(from: 1, limit: 10) == turn.entries)
        try store.close()
    }
}

extension SQLiteStore {
    /// Every row of every table that follows from the journal, as text.
    func dump() throws -> [String: [String]] {
        try pool.read { db in
            var dump: [String: [String]] = [:]
            for table in Schema.following { dump[table] = try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY 1, 2").map(\.description) }
            return dump
        }
    }
}
