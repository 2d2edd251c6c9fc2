import GRDB
import GRDBSQLite
import TradingModel

/// The steps from a file to a pool of connections that keeps what it promises.
enum StoreOpening {
    /// Small: a turn touches a dozen indexes in as many places, and each page it touches is written whole. Only a file
    /// that is made new takes it on.
    static let pageSize = 1_024

    static func pool(_ path: String, fileSystem: String?) throws -> DatabasePool {
        if let fileSystem {
            let code = sqlite3_vfs_register(sqlite3_vfs_find(fileSystem), 1)
            guard code == SQLITE_OK else { throw SQLiteStoreError.cannotOpen(path: path, "no VFS \(fileSystem)") }
        }
        var configuration = Configuration()
        configuration.label = "signalist"
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA page_size = \(pageSize)") }
        let pool = try DatabasePool(path: path, configuration: configuration)
        do {
            try setDurable(pool, path: path)
            try examine(pool, path: path)
            try Schema.migrator.migrate(pool)
            // Made beside SQLite's back, so only where the system keeps the file.
            if fileSystem == nil {
                try WriteAheadLog.makeRoom(beside: path)
                try StoreFile.syncFolder(of: path)
            }
        } catch {
            // The first error is the one to tell; closing an unused pool has nothing to add to it.
            try? pool.close()
            throw error
        }
        return pool
    }

    /// One more connection, which only reads.
    static func finder(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "signalist.finder"
        configuration.busyMode = .timeout(5)
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// The pool itself sets the writer to NORMAL when it opens, so FULL is set afterwards, and read back: with NORMAL a
    /// power failure takes the newest facts with it, and with them buys that were sent.
    private static func setDurable(_ pool: DatabasePool, path: String) throws {
        let settings = try pool.writeWithoutTransaction { db in
            #if SeededBugs
            if SeededBug.syncsNormally.isPlanted { try db.execute(sql: "PRAGMA synchronous = NORMAL"); return [("synchronous", "2")] }
            #endif
            // What is taken away is written over: who was forgotten is not found in the file's bytes either.
            try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = \(WriteAheadLog.pagesMost)")
            return try ["synchronous", "journal_mode", "foreign_keys"].map { ($0, try String.fetchOne(db, sql: "PRAGMA \($0)") ?? "none") }
        }
        for ((name, value), expected) in zip(settings, ["2", "wal", "1"]) where value != expected {
            throw SQLiteStoreError.notDurable(path: path, setting: name, value: value, expected: expected)
        }
    }

    private static func examine(_ pool: DatabasePool, path: String) throws {
        try pool.read { db in
            let report = try String.fetchAll(db, sql: "PRAGMA quick_check(3)")
            guard report == ["ok"] else { throw SQLiteStoreError.damaged(path: path, report.joined(separator: "; ")) }
            let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
            let program = try Int32.fetchOne(db, sql: "PRAGMA application_id")
            guard isEmpty || program == Schema.applicationID else { throw SQLiteStoreError.notOurs(path: path) }
            if try Schema.migrator.hasBeenSuperseded(db) {
                let unknown = try Schema.migrator.appliedIdentifiers(db).subtracting(Schema.migrator.migrations)
                throw SQLiteStoreError.newer(path: path, migrations: unknown.sorted())
            }
        }
    }

    /// SQLite's words for a file that cannot be used, with the file's name.
    static func explained(_ error: any Error, path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let reason = error.message ?? "\(error.resultCode)"
        return switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: SQLiteStoreError.damaged(path: path, reason)
        default: SQLiteStoreError.cannotOpen(path: path, reason)
        }
    }
}
