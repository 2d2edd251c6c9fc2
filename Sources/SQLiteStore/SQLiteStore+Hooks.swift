import Foundation
import GRDB
import PlainJSON
public import TradingModel
public import TradingPorts

// Hooks and their secrets. They do not follow from the journal: a rebuild leaves them alone.
enum HookTable {
    static let tables = """
        CREATE TABLE hook (
            id TEXT PRIMARY KEY,
            owner INTEGER NOT NULL REFERENCES owner (id),
            name TEXT NOT NULL,
            format TEXT NOT NULL CHECK (format IN ('signed', 'tradingview')),
            session INTEGER,
            source TEXT NOT NULL,
            template TEXT NOT NULL,
            addresses TEXT NOT NULL,
            alerts_per_minute INTEGER NOT NULL,
            age_seconds INTEGER NOT NULL,
            valid_seconds INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX hook_by_owner ON hook (owner, created_at, id);
        CREATE TABLE hook_secret (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            hook TEXT NOT NULL REFERENCES hook (id) ON DELETE CASCADE,
            version INTEGER NOT NULL CHECK (version > 0),
            bytes BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            UNIQUE (hook, version)
        ) STRICT;
        """

    static let certificateName = "ALTER TABLE hook ADD COLUMN certificate_name TEXT"

    static let columns =
        "id, owner, name, format, session, source, template, addresses, alerts_per_minute, age_seconds, valid_seconds, created_at, certificate_name"

    static func hook(_ row: Row) throws -> Hook {
        var columns = Columns(row, of: "hook")
        var hook = Hook(
            id: try columns.text(), owner: try columns.owner(), name: try columns.label(), format: try columns.word("signed or tradingview"),
            session: try columns.wholeIfAny().map(SessionID.init(rawValue:)), source: try columns.label(), template: try columns.text(),
            addresses: try columns.text().split(separator: " ").map(String.init), alertsPerMinute: try columns.small(), ageSeconds: try columns.small(),
            validSeconds: try columns.small(), createdAt: try columns.moment())
        hook.certificateName = try columns.textIfAny()
        return hook
    }

    static func secret(_ row: Row) throws -> HookSecret {
        var columns = Columns(row, of: "hook_secret")
        return HookSecret(version: try columns.whole(), bytes: try columns.bytes(), createdAt: try columns.moment())
    }

    static func stored(_ db: Database, _ row: Row) throws -> StoredHook {
        let hook = try hook(row)
        return StoredHook(hook: hook, secrets: try Question.hookSecrets.rows(db, [hook.id]).map(secret))
    }

    // MARK: Those that are sealed

    private static let sealed = "FROM hook_secret JOIN hook ON hook.id = hook_secret.hook WHERE hook.format = 'signed'"

    static func sealedCount(_ db: Database) throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) \(sealed)") ?? 0 }

    /// Secrets after this number of `SealedRow`, in order.
    static func sealedPage(_ db: Database, after account: AccountID, limit: Int) throws -> [SealedRow] {
        let after = max(0, account.rawValue - SealedRow.firstHook)
        return try Row.fetchAll(
            db, sql: "SELECT hook_secret.id, hook_secret.bytes, hook.owner, hook.id \(sealed) AND hook_secret.id > ? ORDER BY hook_secret.id LIMIT ?",
            arguments: [after, limit]
        ).map { row in
            var columns = Columns(row, of: "hook_secret")
            let id = AccountID(rawValue: SealedRow.firstHook + (try columns.whole())), bytes = try columns.bytes(), owner = try columns.owner()
            return SealedRow(account: id, credential: SealedCredential(bytes: bytes, owner: owner, hook: try columns.text()))
        }
    }

    static func reseal(_ db: Database, _ change: Reseal) throws -> Bool {
        try db.cachedStatement(sql: "UPDATE hook_secret SET bytes = ? WHERE id = ? AND bytes = ?")
            .execute(arguments: [Data(change.new), change.account.rawValue - SealedRow.firstHook, Data(change.old)])
        return db.changesCount == 1
    }

    static func insert(_ db: Database, _ secret: HookSecret, of hook: String) throws {
        try db.execute(
            sql: "INSERT INTO hook_secret (hook, version, bytes, created_at) VALUES (?, ?, ?, ?)",
            arguments: [hook, secret.version, Data(secret.bytes), secret.createdAt.milliseconds])
    }
}

extension SQLiteStore: HookStore {
    public func hooks(_ owner: OwnerID) async throws -> [StoredHook] {
        try await pool.read { db in try Question.hooks.rows(db, [owner.rawValue]).map { try HookTable.stored(db, $0) } }
    }

    public func hook(_ id: String, owner: OwnerID) async throws -> StoredHook? {
        try await pool.read { db in try Question.hook.row(db, [owner.rawValue, id]).map { try HookTable.stored(db, $0) } }
    }

    public func hook(anyonesWith id: String) async throws -> StoredHook? {
        try await pool.read { db in try Question.anyonesHook.row(db, [id]).map { try HookTable.stored(db, $0) } }
    }

    public func add(_ hook: Hook, _ secret: HookSecret, atMost most: Int) async throws -> Bool {
        try await audited(AuditAct(actor: "owner \(hook.owner)", action: "hook add", object: hook.id)) { db in
            let have = try Int.fetchOne(db, sql: "SELECT count(*) FROM hook WHERE owner = ?", arguments: [hook.owner.rawValue]) ?? 0
            let isTaken = try Question.anyonesHook.row(db, [hook.id]) != nil
            guard have < most, !isTaken else { return false }
            try db.execute(
                sql: "INSERT INTO hook (\(HookTable.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    hook.id, hook.owner.rawValue, hook.name.text, hook.format.rawValue, hook.session?.rawValue, hook.source.text, hook.template,
                    hook.addresses.joined(separator: " "), hook.alertsPerMinute, hook.ageSeconds, hook.validSeconds, hook.createdAt.milliseconds,
                    hook.certificateName,
                ])
            try HookTable.insert(db, secret, of: hook.id)
            return true
        }
    }

    public func change(_ hook: Hook) async throws -> Bool {
        try await audited(AuditAct(actor: "owner \(hook.owner)", action: "hook change", object: hook.id)) { db in
            try db.execute(
                sql: """
                    UPDATE hook SET name = ?, session = ?, source = ?, template = ?, addresses = ?, alerts_per_minute = ?, age_seconds = ?,
                        valid_seconds = ?, certificate_name = ? WHERE id = ? AND owner = ?
                    """,
                arguments: [
                    hook.name.text, hook.session?.rawValue, hook.source.text, hook.template, hook.addresses.joined(separator: " "),
                    hook.alertsPerMinute, hook.ageSeconds, hook.validSeconds, hook.certificateName, hook.id, hook.owner.rawValue,
                ])
            return db.changesCount == 1
        }
    }

    public func remove(hook id: String, owner: OwnerID) async throws -> Bool {
        try await audited(AuditAct(actor: "owner \(owner)", action: "hook remove", object: id)) { db in
            try db.execute(sql: "DELETE FROM hook WHERE id = ? AND owner = ?", arguments: [id, owner.rawValue])
            return db.changesCount > 0
        }
    }

    public func add(_ secret: HookSecret, to id: String, owner: OwnerID) async throws -> Bool {
        try await audited(AuditAct(actor: "owner \(owner)", action: "hook secret add", object: id)) { db in
            guard let row = try Question.hook.row(db, [owner.rawValue, id]) else { return false }
            let secrets = try HookTable.stored(db, row).secrets
            guard secrets.count < 2, !secrets.contains(where: { $0.version >= secret.version }) else { return false }
            try HookTable.insert(db, secret, of: id)
            return true
        }
    }

    public func remove(secret version: Int64, of id: String, owner: OwnerID) async throws -> Bool {
        try await audited(AuditAct(actor: "owner \(owner)", action: "hook secret remove", object: id)) { db in
            guard let row = try Question.hook.row(db, [owner.rawValue, id]), try HookTable.stored(db, row).secrets.count == 2 else { return false }
            try db.execute(sql: "DELETE FROM hook_secret WHERE hook = ? AND version = ?", arguments: [id, version])
            return db.changesCount == 1
        }
    }
}
