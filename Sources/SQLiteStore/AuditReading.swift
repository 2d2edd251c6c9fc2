public import AuditLog
import GRDB
import TradingModel

/// The log of a store as it lies on the disk, for whoever examines it: nothing is written, and the server may be running.
public struct AuditReader: Sendable {
    private let queue: DatabaseQueue

    /// - Throws: `SQLiteStoreError` when there is no such file, or it is not one of ours, or from before the log.
    public init(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do { queue = try DatabaseQueue(path: path, configuration: configuration) } catch { throw SQLiteStoreError.cannotOpen(path: path, "\(error)") }
        let isOurs = try queue.read { db in
            let program = try Int32.fetchOne(db, sql: "PRAGMA application_id")
            return try program == Schema.applicationID && db.tableExists("audit")
        }
        guard isOurs else { throw SQLiteStoreError.notOurs(path: path) }
    }

    /// Follows the whole log and holds the journal against it, in one view of the store.
    ///
    /// - Parameter progress: entries that were followed, of how many; called now and then. What it throws ends the reading.
    /// - Throws: `AuditVerification.Fault` where it first is not what it was.
    public func verify(_ checkpoints: [AuditCheckpoint], progress: (Int64, Int64) throws -> Void = { _, _ in }) throws -> AuditVerification {
        try queue.read { db in
            var verification = AuditVerification(instance: try [UInt8].fetchOne(db, "SELECT random FROM instance"), checkpoints: checkpoints)
            let total = try Int64.fetchOne(db, sql: "SELECT max(seq) FROM audit") ?? 0
            let newestFact = try Int64.fetchOne(db, sql: "SELECT max(seq) FROM journal") ?? 0
            let facts = try Row.fetchCursor(db, sql: "SELECT \(JournalTable.columns) FROM journal ORDER BY seq")
            var fact = try facts.next().map(JournalTable.fact)
            let entries = try Row.fetchCursor(db, sql: "SELECT \(AuditTable.columns) FROM audit ORDER BY seq")
            while let row = try entries.next() {
                let (entry, hash) = try AuditTable.entry(row)
                var digests: [[UInt8]] = []
                if let numbers = entry.factNumbers {
                    while let next = fact, next.sequence <= numbers.upperBound {
                        if next.sequence == numbers.lowerBound + Int64(digests.count) { digests.append(next.digest) }
                        fact = try facts.next().map(JournalTable.fact)
                    }
                }
                let kept = try entry.originNumbers.map { try OriginTable.digests($0, db) } ?? []
                try verification.follow(entry, hash: hash, facts: digests, origins: kept)
                if entry.sequence.isMultiple(of: 5_000) { try progress(entry.sequence, total) }
            }
            try verification.end(newestFact: newestFact, newestOrigin: try OriginTable.newest(db))
            return verification
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value { try queue.read(body) }

    /// Entries after `sequence`, at most `limit`, in order.
    public func entries(after sequence: Int64, limit: Int) throws -> [AuditEntry] {
        try queue.read { db in
            try Row.fetchAll(db, sql: "SELECT \(AuditTable.columns) FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", arguments: [sequence, limit])
                .map { try AuditTable.entry($0).entry }
        }
    }
}
