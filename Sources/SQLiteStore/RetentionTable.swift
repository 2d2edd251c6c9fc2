import Foundation
import GRDB
public import TradingModel
public import TradingPorts

// What is taken away: of one person by an admin, and of everybody once it is over.
extension SQLiteStore: RetentionStore {
    public func forget(_ person: OwnerID, by doer: Doer) async throws -> ForgottenPerson {
        let forgotten = try await forgetRows(person, by: doer)
        if case .forgotten = forgotten { await moveWholeLog() }
        return forgotten
    }

    /// The write-ahead log still has the pages of before. It is cut once no reader needs it; past a second the next checkpoint has to do.
    private func moveWholeLog() async {
        for _ in 0..<20 {
            let isBusy = try? await pool.writeWithoutTransaction { db in
                try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)").map { $0[0] as Int } ?? 1
            }
            if isBusy == 0 { return }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func forgetRows(_ person: OwnerID, by doer: Doer) async throws -> ForgottenPerson {
        let now = now()
        return try await audited { db in
            guard let row = try Question.person.row(db, [person.rawValue]) else { return (.unknown, nil) }
            let before = try PeopleTables.person(row)
            if before.forgottenAt != nil { return (.forgotten(before), nil) }
            guard before.disabledAt != nil else { return (.notDisabled, nil) }
            for table in ["visit", "one_time_code", "second_factor", "recovery_code", "log_in_network"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE person = ?", arguments: [person.rawValue])
            }
            for table in ["access_key", "api_key", "notice"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE owner = ?", arguments: [person.rawValue])
            }
            // Answers that are kept for a request that comes again: its own, and those of whoever looked after it.
            try db.execute(sql: "DELETE FROM idempotency WHERE owner = ? OR instr(body, ?) > 0", arguments: [person.rawValue, Data(before.email.text.utf8)])
            // A domain that can never be anybody's (RFC 2606).
            let address = "person-\(person)@forgotten.invalid"
            try db.execute(
                sql: "UPDATE person SET name = ?, email = ?, email_key = ?, password = NULL, forgotten_at = ? WHERE owner = ?",
                arguments: ["person \(person)", address, address, now.milliseconds, person.rawValue])
            try db.execute(sql: "UPDATE owner SET name = ? WHERE id = ?", arguments: ["person \(person)", person.rawValue])
            try db.execute(sql: "UPDATE previous_user SET email = NULL, name = NULL WHERE owner = ?", arguments: [person.rawValue])
            guard let after = try Question.person.row(db, [person.rawValue]).map(PeopleTables.person) else {
                throw SQLiteStoreError.rowMissing(table: "person", of: "owner \(person)")
            }
            return (.forgotten(after), AuditAct(doer, "person forget", "person \(person)"))
        }
    }

    public func removeOld(_ limits: RetentionLimits) async throws -> Removed {
        try await audited { db in
            var removed = Removed()
            removed.ended.visits = try VisitTable.end(
                db, "began_at < ? OR seen_at < ?", [limits.visitsBegan.milliseconds, limits.visitsSeen.milliseconds])
            removed.ended.keys = try String.fetchAll(
                db, sql: "DELETE FROM access_key WHERE expires_at < ? RETURNING id", arguments: [limits.others.milliseconds])
            func remove(_ sql: String, _ before: Timestamp) throws -> Int {
                try db.execute(sql: sql, arguments: [before.milliseconds])
                return db.changesCount
            }
            removed.codes = try remove("DELETE FROM one_time_code WHERE valid_until < ?", limits.codes)
            removed.notices = try remove("DELETE FROM notice WHERE last_at < ?", limits.others)
            removed.networks = try remove("DELETE FROM log_in_network WHERE seen_at < ?", limits.others)
            return (removed, removed == Removed() ? nil : AuditAct(.server, "remove old", removed.words))
        }
    }
}
