import Foundation
import GRDB
public import TradingModel
public import TradingPorts

// Keys of programs in the store. The sessions that a key is bound to stand among its scopes, as `session:7`.
enum AccessKeyTable {
    static let columns = "id, owner, mac, name, scopes, addresses, created_at, expires_at, used_at"

    static func key(_ row: Row) throws -> AccessKey {
        var columns = Columns(row, of: "access_key")
        let id = try columns.text(), owner = try columns.owner(), mac = try columns.bytes(), name = try columns.label()
        let words = try columns.text().split(separator: " ").map(String.init), addresses = try columns.text().split(separator: " ").map(String.init)
        let sessions = words.compactMap { $0.hasPrefix("session:") ? Int64($0.dropFirst("session:".count)) : nil }.map(SessionID.init(rawValue:))
        return AccessKey(
            id: id, owner: owner, mac: mac, name: name, scopes: words.filter { !isSession($0) }, sessions: sessions, addresses: addresses,
            createdAt: try columns.moment(), expiresAt: try columns.moment(), usedAt: try columns.momentIfAny())
    }

    /// Within the caller's transaction; gives their ids.
    static func removeAll(_ db: Database, of owner: OwnerID) throws -> [String] {
        try String.fetchAll(db, sql: "DELETE FROM access_key WHERE owner = ? RETURNING id", arguments: [owner.rawValue])
    }

    /// `session:control` is a scope, `session:7` is not.
    private static func isSession(_ word: String) -> Bool { word.hasPrefix("session:") && Int64(word.dropFirst("session:".count)) != nil }
}

extension SQLiteStore: AccessKeyStore {
    public func accessKeys(_ owner: OwnerID) async throws -> [AccessKey] {
        try await pool.read { db in try Question.accessKeys.rows(db, [owner.rawValue]).map(AccessKeyTable.key) }
    }

    /// Everybody's, at once: for a start.
    public func everyAccessKey() throws -> [AccessKey] {
        try pool.read { db in
            try Row.fetchAll(db, sql: "SELECT \(AccessKeyTable.columns) FROM access_key ORDER BY id").map(AccessKeyTable.key)
        }
    }

    public func hasAccessKey(_ id: String) throws -> Bool { try finder.read { db in try Question.accessKey.row(db, [id]) != nil } }

    public func add(_ key: AccessKey, atMost most: Int, in visit: String, by doer: Doer) async throws -> AddedKey {
        try await audited { db in
            let isIn = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM visit WHERE id = ? AND person = ?)", arguments: [visit, key.owner.rawValue])
            guard isIn == true else { return (.visitEnded, nil) }
            let have = try Int.fetchOne(db, sql: "SELECT count(*) FROM access_key WHERE owner = ?", arguments: [key.owner.rawValue]) ?? 0
            guard have < most, try Question.accessKey.row(db, [key.id]) == nil else { return (.tooMany, nil) }
            let scopes = key.scopes + key.sessions.map { "session:\($0)" }
            try db.execute(
                sql: "INSERT INTO access_key (\(AccessKeyTable.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    key.id, key.owner.rawValue, Data(key.mac), key.name.text, scopes.joined(separator: " "), key.addresses.joined(separator: " "),
                    key.createdAt.milliseconds, key.expiresAt.milliseconds, key.usedAt?.milliseconds,
                ])
            try NoticeTable.add(db, .keyMade, of: key.owner, about: key.id, by: doer, at: key.createdAt)
            let object = "key \(key.id) of person \(key.owner): \(scopes.joined(separator: " ")), until \(key.expiresAt)"
            return (.added, AuditAct(doer, "access key add", object))
        }
    }

    public func remove(accessKey id: String, owner: OwnerID, by doer: Doer) async throws -> Bool {
        let now = now()
        return try await audited(AuditAct(doer, "access key remove", "key \(id) of person \(owner)")) { db in
            try db.execute(sql: "DELETE FROM access_key WHERE id = ? AND owner = ?", arguments: [id, owner.rawValue])
            guard db.changesCount == 1 else { return false }
            try NoticeTable.add(db, .keyRemoved, of: owner, about: id, by: doer, at: now)
            return true
        }
    }

    public func used(_ marks: [(id: String, at: Timestamp)]) async throws {
        try await pool.write { db in
            let update = try db.cachedStatement(sql: "UPDATE access_key SET used_at = max(coalesce(used_at, 0), ?) WHERE id = ?")
            for mark in marks { try update.execute(arguments: [mark.at.milliseconds, mark.id]) }
        }
    }
}
