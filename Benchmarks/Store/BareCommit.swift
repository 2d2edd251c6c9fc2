// The least that a durable commit can cost here: one row in a file of its own, in a write-ahead log that waits for the
// disk (`synchronous = FULL`). Nothing else is set up for it: no room is made in the log before.

import GRDBSQLite

/// Used by one thread at a time.
final class BareCommit {
    private var connection: OpaquePointer?
    private var insert: OpaquePointer?
    private let body = [UInt8](repeating: 0x61, count: 200)
    private(set) var rows: Int64 = 0

    enum Pages: String {
        /// The store's: the smaller reference, and the one that ratios are made with.
        case stores = "PRAGMA page_size = 1024; PRAGMA wal_autocheckpoint = 4000; "
        /// SQLite's own.
        case usual = ""
    }

    init(_ path: String, _ pages: Pages = .stores) throws {
        guard sqlite3_open(path, &connection) == SQLITE_OK else { throw failure("open") }
        try execute(pages.rawValue + "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        try execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
        guard sqlite3_prepare_v2(connection, "INSERT INTO bare (id, body) VALUES (?, ?)", -1, &insert, nil) == SQLITE_OK else { throw failure("prepare") }
    }

    deinit {
        sqlite3_finalize(insert)
        sqlite3_close(connection)
    }

    /// Nanoseconds that one commit took.
    func commit() throws -> Int {
        let began = Stopwatch.now()
        rows += 1
        sqlite3_bind_int64(insert, 1, rows)
        // Null: the bytes live as long as this object.
        body.withUnsafeBytes { _ = sqlite3_bind_blob(insert, 2, $0.baseAddress, Int32($0.count), nil) }
        guard sqlite3_step(insert) == SQLITE_DONE else { throw failure("insert") }
        sqlite3_reset(insert)
        return Stopwatch.now() - began
    }

    private func execute(_ sql: String) throws {
        guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else { throw failure(sql) }
    }

    private func failure(_ what: String) -> BenchmarkFailure { BenchmarkFailure("bare commit, \(what): \(String(cString: sqlite3_errmsg(connection)))") }
}
