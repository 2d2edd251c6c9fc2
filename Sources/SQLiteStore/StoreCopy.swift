import GRDB
import Glibc
public import TradingModel
public import TradingPorts

/// A copy of the database that is looked at and not changed: nothing is migrated, locked or written.
public struct StoreCopy: SealedRows {
    public let instanceID: [UInt8]
    private let queue: DatabaseQueue

    /// - Throws: `SQLiteStoreError` when there is none, when it is damaged, not ours or newer.
    public static func open(_ path: String) throws -> StoreCopy {
        let file = try StoreFile(path)
        guard access(file.path, R_OK) == 0 else { throw SQLiteStoreError.cannotOpen(path: file.path, systemError()) }
        do { return try StoreCopy(file.path) } catch { throw StoreOpening.explained(error, path: file.path) }
    }

    private init(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        // With a write-ahead log beside it, what is in there is read too, and SQLite keeps a file of its own for that. Without one the file
        // alone is all there is, and its folder may be one that nobody can write.
        var log = stat()
        let isWhole = stat(path + "-wal", &log) != 0 || log.st_size == 0
        let escaped = path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
        queue = try DatabaseQueue(path: isWhole ? "file:\(escaped)?immutable=1" : path, configuration: configuration)
        instanceID = try queue.read { db in
            let report = try String.fetchAll(db, sql: "PRAGMA quick_check(3)")
            guard report == ["ok"] else { throw SQLiteStoreError.damaged(path: path, report.joined(separator: "; ")) }
            guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else { throw SQLiteStoreError.notOurs(path: path) }
            if try Schema.migrator.hasBeenSuperseded(db) {
                let unknown = try Schema.migrator.appliedIdentifiers(db).subtracting(Schema.migrator.migrations)
                throw SQLiteStoreError.newer(path: path, migrations: unknown.sorted())
            }
            return try [UInt8].fetchOne(db, "SELECT random FROM instance")
        }
    }

    /// As `ResealableCredentials.sealedRows`.
    public func sealedRows(after account: AccountID, limit: Int) throws -> [SealedRow] {
        try queue.read { db in
            // A copy of before the mark was kept has none.
            let hasMark = try db.columns(in: "credential").contains { $0.name == "is_compromised" }
            let tokens = try CredentialRow.page(db, after: account, limit: limit, hasMark: hasMark)
            guard try db.tableExists("hook_secret") else { return tokens }
            let hooks = try tokens + HookTable.sealedPage(db, after: account, limit: limit - tokens.count)
            guard try db.tableExists("person") else { return hooks }
            let factors = try hooks + SecondFactorTable.sealedPage(db, after: account, limit: limit - hooks.count)
            return try factors + PasswordTable.sealedPage(db, after: account, limit: limit - factors.count)
        }
    }
}
