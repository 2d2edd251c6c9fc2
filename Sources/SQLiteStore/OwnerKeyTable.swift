import Foundation
import GRDB
import Synchronization
public import TradingModel
public import TradingPorts

// Keys of the first start and of `signalist owner`, by the hash of their text. Which are known is kept in memory, too: every request asks.

/// Keys that were asked for and found. What was read before a key was taken away is not remembered after it.
struct KeyOwners {
    private var owners: [[UInt8]: OwnerID] = [:]
    private(set) var generation = 0

    subscript(hash: [UInt8]) -> OwnerID? { owners[hash] }
    /// - Parameter generation: of the moment before it was read.
    mutating func found(_ owner: OwnerID, _ hash: [UInt8], generation: Int) { if generation == self.generation { owners[hash] = owner } }
    /// Keys came or went.
    mutating func forget() {
        owners = [:]
        generation += 1
    }
}

enum OwnerKeyTable {
    /// Within the caller's transaction, who then makes memory forget. Gives their ids.
    static func removeAll(_ db: Database, of owner: OwnerID) throws -> [String] {
        try String.fetchAll(db, sql: "DELETE FROM api_key WHERE owner = ? RETURNING lower(substr(hex(hash), 1, 8))", arguments: [owner.rawValue])
    }
}

extension SQLiteStore {
    public func owner(keyHash: [UInt8]) async throws -> OwnerID? {
        let (known, generation) = keyOwners.withLock { ($0[keyHash], $0.generation) }
        if let known { return known }
        // Not under the lock: keys that are known wait for nobody's wrong one.
        let found = try find { db in try Question.keyOwner.row(db, [Data(keyHash)]).map { OwnerID(rawValue: $0[0]) } }
        if let found { keyOwners.withLock { $0.found(found, keyHash, generation: generation) } }
        return found
    }

    /// Lets whoever holds the key with this SHA-256 speak for the owner. Throws when the key is there already.
    public func addKey(_ owner: OwnerID, hash: [UInt8], name: String) throws {
        let created = now()
        defer { keyOwners.withLock { $0.forget() } }
        try pool.writeWithoutTransaction { db in
            try audited(db) { db in
                try db.execute(
                    sql: "INSERT INTO api_key (hash, owner, name, created_at) VALUES (?, ?, ?, ?)",
                    arguments: [Data(hash), owner.rawValue, name, created.milliseconds])
                return AuditAct(actor: "host", action: "api key add", object: "owner \(owner)", content: hash)
            }
        }
    }

    /// Of one owner, or of everybody, oldest first.
    public func ownerKeys(of owner: OwnerID?) throws -> [OwnerKey] {
        try finder.read { db in try SQLiteStore.ownerKeys(db, owner) }
    }

    private static func ownerKeys(_ db: Database, _ owner: OwnerID?) throws -> [OwnerKey] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT lower(substr(hex(hash), 1, 8)), owner, name, created_at FROM api_key WHERE ?1 IS NULL OR owner = ?1
                ORDER BY owner, created_at, hash
                """, arguments: [owner?.rawValue]
        ).map { row in
            var columns = Columns(row, of: "api_key")
            return OwnerKey(id: try columns.text(), owner: try columns.owner(), name: try columns.text(), createdAt: try columns.moment())
        }
    }

    public func ownerKeys(_ owner: OwnerID) async throws -> [OwnerKey] { try await pool.read { db in try SQLiteStore.ownerKeys(db, owner) } }

    /// For the machine itself, whosever it is. Nil when there is none of this id.
    public func removeOwnerKey(_ id: String) throws -> OwnerKey? {
        defer { keyOwners.withLock { $0.forget() } }
        guard let key = try ownerKeys(of: nil).first(where: { $0.id == id }) else { return nil }
        try pool.writeWithoutTransaction { db in
            try audited(db) { db in
                try db.execute(
                    sql: "DELETE FROM api_key WHERE lower(substr(hex(hash), 1, 8)) = ? AND owner = ?", arguments: [id, key.owner.rawValue])
                return AuditAct(actor: "host", action: "api key remove", object: "key \(id) of owner \(key.owner)")
            }
        }
        return key
    }

    public func remove(ownerKey id: String, owner: OwnerID, by doer: Doer) async throws -> Bool {
        let now = now()
        defer { keyOwners.withLock { $0.forget() } }
        return try await audited(AuditAct(doer, "api key remove", "key \(id) of owner \(owner)")) { db in
            try db.execute(sql: "DELETE FROM api_key WHERE lower(substr(hex(hash), 1, 8)) = ? AND owner = ?", arguments: [id, owner.rawValue])
            guard db.changesCount > 0 else { return false }
            if try Question.person.row(db, [owner.rawValue]) != nil { try NoticeTable.add(db, .keyRemoved, of: owner, about: id, by: doer, at: now) }
            return true
        }
    }
}
