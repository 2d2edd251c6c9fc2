import AuditLog
import GRDB
import TradingModel

/// Migration 16. Never edit it. What accepted signals came in, word for word; written with their acceptance, in the same
/// transaction. It does not follow from the journal.
enum OriginTable {
    static let table = """
        CREATE TABLE signal_origin (
            number INTEGER PRIMARY KEY CHECK (number > 0),
            signal BLOB NOT NULL UNIQUE CHECK (length(signal) = 16),
            way TEXT NOT NULL,
            name TEXT NOT NULL,
            key TEXT,
            body BLOB NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32)
        ) STRICT;
        CREATE TRIGGER signal_origin_keeps_its_rows BEFORE UPDATE ON signal_origin BEGIN SELECT RAISE(ABORT, 'an origin is never changed'); END;
        CREATE TRIGGER signal_origin_loses_no_row BEFORE DELETE ON signal_origin BEGIN SELECT RAISE(ABORT, 'an origin is never deleted'); END;
        """

    static let columns = "number, signal, way, name, key, body"
    static let insert = "INSERT INTO signal_origin (\(columns), digest) VALUES (?, ?, ?, ?, ?, ?, ?)"

    static func add(_ row: OriginRow, of signal: SignalID, digest: [UInt8], to arguments: inout CompiledStatement.Arguments) {
        arguments.add(row.number); arguments.add(signal); arguments.add(row.way); arguments.add(row.name); arguments.add(row.key)
        arguments.add(blob: row.body); arguments.add(blob: digest)
    }

    /// Of those that there are of these numbers, each made from its row.
    static func digests(_ numbers: ClosedRange<Int64>, _ db: Database) throws -> [[UInt8]] {
        guard try db.tableExists("signal_origin") else { return [] }
        let rows = try Row.fetchCursor(
            db, sql: "SELECT \(columns) FROM signal_origin WHERE number BETWEEN ? AND ? ORDER BY number",
            arguments: [numbers.lowerBound, numbers.upperBound])
        var digests: [[UInt8]] = []
        while let row = try rows.next() { digests.append(try origin(row).digest) }
        return digests
    }

    /// The newest number; 0 when there is none, or the store is from before they were kept.
    static func newest(_ db: Database) throws -> Int64 {
        guard try db.tableExists("signal_origin") else { return 0 }
        return try Int64.fetchOne(db, sql: "SELECT max(number) FROM signal_origin") ?? 0
    }

    /// From a row of `columns`.
    static func origin(_ row: Row) throws -> OriginRow {
        var columns = Columns(row, of: "signal_origin")
        return OriginRow(
            number: try columns.whole(), signal: try columns.signalID().text, way: try columns.text(), name: try columns.text(),
            key: try columns.textIfAny(), body: try columns.bytes())
    }
}
