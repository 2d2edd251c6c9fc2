import Foundation
import GRDB
public import TradingModel
public import TradingPorts

// The sealed tokens of accounts, and how far their way to another key has come.
extension SQLiteStore: ResealableCredentials {
    public func keep(_ sealed: [UInt8], account: AccountID, owner: OwnerID, loginID: Label, isVirtual: Bool, isCompromised: Bool) throws {
        let now = now()
        try pool.writeWithoutTransaction { db in
            try audited(db) { db in
                try db.execute(
                    sql: """
                        INSERT INTO credential (account, owner, login_id, is_virtual, sealed, is_compromised) VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT (account) DO UPDATE SET login_id = excluded.login_id, is_virtual = excluded.is_virtual,
                            sealed = excluded.sealed, is_compromised = excluded.is_compromised
                        WHERE owner = excluded.owner
                        """, arguments: [account.rawValue, owner.rawValue, loginID.text, isVirtual, Data(sealed), isCompromised])
                // An account never changes hands.
                guard db.changesCount == 1 else { throw SQLiteStoreError.rowMissing(table: "credential", of: "account \(account) and owner \(owner)") }
                try NoticeTable.add(db, .tokenStored, of: owner, about: "account \(account)", by: Doer("owner \(owner)"), at: now)
                return AuditAct(actor: "owner \(owner)", action: "token store", object: "account \(account), \(loginID)", content: sealed)
            }
        }
    }

    public func sealed(_ account: AccountID) throws -> SealedCredential? {
        try finder.read { db in
            try Row.fetchOne(db, sql: "SELECT \(CredentialRow.columns) FROM credential WHERE account = ?", arguments: [account.rawValue])
                .map { try CredentialRow.read($0).credential }
        }
    }

    public func erase(_ account: AccountID) throws {
        try pool.writeWithoutTransaction { db in
            try audited(db) { db in
                let owner = try Int64.fetchOne(db, sql: "SELECT owner FROM credential WHERE account = ?", arguments: [account.rawValue])
                try db.execute(sql: "DELETE FROM credential WHERE account = ?", arguments: [account.rawValue])
                return owner.map { AuditAct(actor: "owner \($0)", action: "token erase", object: "account \(account)") }
            }
        }
    }

    /// Takes away every token of an account that is none of these: somebody was killed between an account and its token. Says whose.
    public func eraseTokens(except accounts: Set<AccountID>) throws -> [AccountID] {
        let orphans = try accountsWithCredentials().filter { !accounts.contains($0) }
        for account in orphans { try erase(account) }
        return orphans
    }

    public func sealedRows(after account: AccountID, limit: Int) throws -> [SealedRow] {
        try finder.read { db in
            let tokens = try CredentialRow.page(db, after: account, limit: limit)
            let hooks = try HookTable.sealedPage(db, after: account, limit: limit - tokens.count)
            let factors = try SecondFactorTable.sealedPage(db, after: account, limit: limit - tokens.count - hooks.count)
            let left = limit - tokens.count - hooks.count - factors.count
            return try tokens + hooks + factors + PasswordTable.sealedPage(db, after: account, limit: left)
        }
    }

    public func sealedCount() throws -> Int {
        try finder.read { db in
            let tokens = try Int.fetchOne(db, sql: "SELECT count(*) FROM credential") ?? 0
            return try tokens + HookTable.sealedCount(db) + SecondFactorTable.sealedCount(db) + PasswordTable.sealedCount(db)
        }
    }

    public func reseal(_ changes: [Reseal], _ rotation: Rotation?) throws -> Set<AccountID> {
        try pool.write { db in
            var left: Set<AccountID> = []
            let update = try db.cachedStatement(
                sql: "UPDATE credential SET sealed = ?, is_compromised = max(is_compromised, ?) WHERE account = ? AND sealed = ?")
            for change in changes {
                if change.account.rawValue >= PasswordTable.first {
                    if try !PasswordTable.reseal(db, change) { left.insert(change.account) }
                    continue
                }
                if change.account.rawValue >= SecondFactorTable.first {
                    if try !SecondFactorTable.reseal(db, change) { left.insert(change.account) }
                    continue
                }
                if change.account.rawValue >= SealedRow.firstHook {
                    if try !HookTable.reseal(db, change) { left.insert(change.account) }
                    continue
                }
                try update.execute(arguments: [Data(change.new), change.isCompromised, change.account.rawValue, Data(change.old)])
                if db.changesCount == 0 { left.insert(change.account) }
            }
            if let rotation { try RotationRow.write(db, rotation) }
            return left
        }
    }

    public func rotation() throws -> Rotation? { try pool.read(RotationRow.newest) }

    @discardableResult
    public func keep(_ rotation: Rotation) throws -> Rotation {
        try pool.write { db in
            if rotation.id > 0 {
                try RotationRow.write(db, rotation)
                return rotation
            }
            var kept = rotation
            kept.id = try RotationRow.add(db, rotation)
            return kept
        }
    }

    public func fence(_ versions: [UInt32]) throws {
        let wanted = Set(versions.map { String(format: "%08X", $0) })
        try pool.write { db in
            guard try Set(String.fetchAll(db, sql: "SELECT version FROM sealed_fence")) != wanted else { return }
            try db.execute(sql: "DELETE FROM sealed_fence")
            for version in wanted.sorted() { try db.execute(sql: "INSERT INTO sealed_fence (version) VALUES (?)", arguments: [version]) }
        }
    }

    public func ringEpoch() throws -> Int64 { try finder.read { db in try Int64.fetchOne(db, sql: "SELECT epoch FROM key_ring") ?? 0 } }

    public func keepRingEpoch(_ epoch: Int64) throws {
        try pool.write { db in try db.execute(sql: "UPDATE key_ring SET epoch = ?", arguments: [epoch]) }
    }
}

enum CredentialRow {
    static let columns = "account, sealed, owner, login_id, is_virtual, is_compromised"

    static func read(_ row: Row) throws -> SealedRow {
        var columns = Columns(row, of: "credential")
        let account = try columns.account(), bytes = try columns.bytes(), owner = try columns.owner(), loginID = try columns.label()
        let isVirtual = try columns.flag()
        return SealedRow(
            account: account,
            credential: SealedCredential(bytes: bytes, owner: owner, loginID: loginID, isVirtual: isVirtual, isCompromised: try columns.flag()))
    }

    static func page(_ db: Database, after account: AccountID, limit: Int, hasMark: Bool = true) throws -> [SealedRow] {
        let columns = hasMark ? columns : columns.replacing("is_compromised", with: "0")
        return try Row.fetchAll(
            db, sql: "SELECT \(columns) FROM credential WHERE account > ? ORDER BY account LIMIT ?", arguments: [account.rawValue, limit]
        ).map(read)
    }
}

enum RotationRow {
    static func newest(_ db: Database) throws -> Rotation? {
        let row = try Row.fetchOne(
            db, sql: "SELECT id, from_version, to_version, phase, up_to, resealed, started_at, changed_at FROM rotation ORDER BY id DESC LIMIT 1")
        guard let row else { return nil }
        var columns = Columns(row, of: "rotation")
        func version(_ columns: inout Columns) throws -> UInt32 { try columns.next("a key version") { (stored: Int64) in UInt32(exactly: stored) } }
        let id = try columns.whole(), from = try version(&columns), to = try version(&columns)
        let phase: RotationPhase = try columns.word("a phase"), upTo = try columns.account(), resealed = try columns.whole()
        return Rotation(
            id: id, from: from, to: to, phase: phase, upTo: upTo, resealed: resealed, startedAt: try columns.moment(), changedAt: try columns.moment())
    }

    static func add(_ db: Database, _ rotation: Rotation) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO rotation (from_version, to_version, phase, up_to, resealed, started_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                Int64(rotation.from), Int64(rotation.to), rotation.phase.rawValue, rotation.upTo.rawValue, rotation.resealed,
                rotation.startedAt.milliseconds, rotation.changedAt.milliseconds,
            ])
        return db.lastInsertedRowID
    }

    static func write(_ db: Database, _ rotation: Rotation) throws {
        try db.execute(
            sql: "UPDATE rotation SET phase = ?, up_to = ?, resealed = ?, changed_at = ? WHERE id = ?",
            arguments: [rotation.phase.rawValue, rotation.upTo.rawValue, rotation.resealed, rotation.changedAt.milliseconds, rotation.id])
        guard db.changesCount == 1 else { throw SQLiteStoreError.rowMissing(table: "rotation", of: "id \(rotation.id)") }
    }
}
