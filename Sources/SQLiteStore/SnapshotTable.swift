import Foundation
import GRDB
import TradingEngine

/// States that spare a start the fold of the whole journal. Each can be thrown away: one that cannot be read is passed
/// over, and without any the journal is folded from its first fact.
enum SnapshotTable {
    /// To be raised when the state means something else than before although it can still be decoded.
    static let format: Int64 = 1
    private static let kept = 2

    static func encode(_ state: EngineState) throws -> Data { try JSONEncoder().encode(state) }

    static func keep(_ state: Data, after sequence: Int64, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO snapshot (seq, format, state) VALUES (?, ?, ?) ON CONFLICT (seq) DO UPDATE SET format = excluded.format, state = excluded.state",
            arguments: [sequence, format, state])
        try db.execute(sql: "DELETE FROM snapshot WHERE seq NOT IN (SELECT seq FROM snapshot ORDER BY seq DESC LIMIT \(kept))")
    }

    /// The newest one that can be read and is not ahead of the journal.
    static func newest(notAfter end: Int64, _ db: Database) throws -> (sequence: Int64, state: EngineState)? {
        let rows = try Row.fetchCursor(db, sql: "SELECT seq, state FROM snapshot WHERE format = ? AND seq <= ? ORDER BY seq DESC", arguments: [format, end])
        while let row = try rows.next() {
            // Unreadable is as good as not there: the facts say the same.
            if let state = try? JSONDecoder().decode(EngineState.self, from: row[1] as Data) { return (row[0], state) }
        }
        return nil
    }
}
