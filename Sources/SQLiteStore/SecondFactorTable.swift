import Foundation
import GRDB
public import TradingModel
public import TradingPorts

// Second factors and the codes for when they are lost. The secrets are sealed, and move from key to key with tokens and secrets of hooks.
enum SecondFactorTable {
    /// Numbers of `SealedRow` from here on are people's secrets, which come after those of hooks.
    static let first = SealedRow.firstHook + (1 << 61)

    static func sealedCount(_ db: Database) throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM second_factor") ?? 0 }

    static func sealedPage(_ db: Database, after account: AccountID, limit: Int) throws -> [SealedRow] {
        try Row.fetchAll(
            db, sql: "SELECT person, sealed FROM second_factor WHERE person > ? ORDER BY person LIMIT ?",
            arguments: [max(0, account.rawValue - first), limit]
        ).map { row in
            var columns = Columns(row, of: "second_factor")
            let person = try columns.owner()
            return SealedRow(
                account: AccountID(rawValue: first + person.rawValue),
                credential: SealedCredential(bytes: try columns.bytes(), owner: person, hook: SecondFactor.place))
        }
    }

    static func reseal(_ db: Database, _ change: Reseal) throws -> Bool {
        try db.execute(
            sql: "UPDATE second_factor SET sealed = ? WHERE person = ? AND sealed = ?",
            arguments: [Data(change.new), change.account.rawValue - first, Data(change.old)])
        return db.changesCount == 1
    }
}

extension SQLiteStore: SecondFactorStore {
    public func secondFactor(_ person: OwnerID) async throws -> SecondFactor? {
        try await pool.read { db in
            try Question.secondFactor.row(db, [person.rawValue]).map { row in
                var columns = Columns(row, of: "second_factor")
                return SecondFactor(sealed: try columns.bytes(), confirmedAt: try columns.momentIfAny())
            }
        }
    }

    public func beginSecondFactor(_ person: OwnerID, sealed: [UInt8], by doer: Doer) async throws -> Bool {
        try await audited(AuditAct(doer, "second factor begin", "person \(person)", content: sealed)) { db in
            try db.execute(
                sql: """
                    INSERT INTO second_factor (person, sealed, used_step) VALUES (?, ?, 0)
                    ON CONFLICT (person) DO UPDATE SET sealed = excluded.sealed WHERE confirmed_at IS NULL
                    """, arguments: [person.rawValue, Data(sealed)])
            return db.changesCount == 1
        }
    }

    public func confirmSecondFactor(
        _ person: OwnerID, step: Int64, recovery: [[UInt8]], at now: Timestamp, keeping visit: RenewedVisit, by doer: Doer
    ) async throws -> Ended? {
        try await audited { db in
            let waits = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM second_factor WHERE person = ? AND confirmed_at IS NULL)", arguments: [person.rawValue])
            guard waits == true, try VisitTable.renew(db, visit) else { return (nil, nil) }
            try db.execute(
                sql: "UPDATE second_factor SET confirmed_at = ?, used_step = ? WHERE person = ?", arguments: [now.milliseconds, step, person.rawValue])
            try db.execute(sql: "DELETE FROM recovery_code WHERE person = ?", arguments: [person.rawValue])
            for hash in recovery { try db.execute(sql: "INSERT INTO recovery_code (person, hash) VALUES (?, ?)", arguments: [person.rawValue, Data(hash)]) }
            let ended = Ended(visits: try VisitTable.end(db, "person = ? AND id <> ?", [person.rawValue, visit.id]))
            try NoticeTable.add(db, .secondFactorOn, of: person, by: doer, at: now)
            return (ended, AuditAct(doer, "second factor on", "person \(person)\(ended.words)"))
        }
    }

    public func useStep(_ step: Int64, of person: OwnerID) async throws -> Bool {
        try await pool.write { db in
            try db.execute(
                sql: "UPDATE second_factor SET used_step = ? WHERE person = ? AND used_step < ?", arguments: [step, person.rawValue, step])
            return db.changesCount == 1
        }
    }

    public func useRecoveryCode(hash: [UInt8], of person: OwnerID, at now: Timestamp, by doer: Doer) async throws -> Bool {
        try await audited(AuditAct(doer, "recovery code use", "person \(person)")) { db in
            try db.execute(
                sql: "UPDATE recovery_code SET used_at = ? WHERE person = ? AND hash = ? AND used_at IS NULL",
                arguments: [now.milliseconds, person.rawValue, Data(hash)])
            guard db.changesCount == 1 else { return false }
            try NoticeTable.add(db, .recoveryCodeUsed, of: person, by: doer, at: now)
            return true
        }
    }

    public func removeSecondFactor(_ person: OwnerID, keeping visit: RenewedVisit?, by doer: Doer) async throws -> Ended? {
        let now = now()
        return try await audited { db in
            if let visit, try !VisitTable.renew(db, visit) { return (nil, nil) }
            try db.execute(sql: "DELETE FROM recovery_code WHERE person = ?", arguments: [person.rawValue])
            try db.execute(sql: "DELETE FROM second_factor WHERE person = ?", arguments: [person.rawValue])
            guard db.changesCount == 1 else { return (Ended(), nil) }
            let ended = Ended(visits: try VisitTable.end(db, "person = ? AND id IS NOT ?", [person.rawValue, visit?.id]))
            try NoticeTable.add(db, .secondFactorOff, of: person, by: doer, at: now)
            return (ended, AuditAct(doer, "second factor off", "person \(person)\(ended.words)"))
        }
    }
}
