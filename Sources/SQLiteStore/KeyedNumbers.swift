import Foundation
import GRDB
public import TradingModel

/// Migration 2. Never edit it. Which number a client's key and request were given for what they make.
enum KeyedNumbers {
    static let table = """
        CREATE TABLE keyed_number (
            owner INTEGER NOT NULL,
            key TEXT NOT NULL,
            request_hash BLOB NOT NULL,
            number INTEGER NOT NULL CHECK (number > 0),
            at INTEGER NOT NULL,
            PRIMARY KEY (owner, key, request_hash)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX keyed_number_by_age ON keyed_number (at);
        """
}

extension SQLiteStore {
    public func newID() async throws -> Int64 { try await pool.write { db in try SQLiteStore.nextNumber(db) } }

    public func newID(_ owner: OwnerID, idempotencyKey: String, requestHash: [UInt8]) async throws -> Int64 {
        let at = now(), since = at.adding(seconds: -SQLiteStore.rememberedSeconds)
        return try await pool.write { db in
            try db.cachedStatement(sql: "DELETE FROM keyed_number WHERE at < ?").execute(arguments: [since.milliseconds])
            let known = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT number FROM keyed_number WHERE owner = ? AND key = ? AND request_hash = ?"),
                arguments: [owner.rawValue, idempotencyKey, Data(requestHash)])
            if let known { return known }
            let number = try SQLiteStore.nextNumber(db)
            try db.cachedStatement(sql: "INSERT INTO keyed_number (owner, key, request_hash, number, at) VALUES (?, ?, ?, ?, ?)")
                .execute(arguments: [owner.rawValue, idempotencyKey, Data(requestHash), number, at.milliseconds])
            return number
        }
    }

    private static func nextNumber(_ db: Database) throws -> Int64 {
        guard let next = try Int64.fetchOne(db, sql: "UPDATE sequence SET next = next + 1 WHERE name = 'id' RETURNING next - 1") else {
            throw SQLiteStoreError.rowMissing(table: "sequence", of: "id")
        }
        return next
    }
}
