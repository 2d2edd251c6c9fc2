import Foundation
import GRDB
public import TradingModel
public import TradingPorts

// Visits in the store.
enum VisitTable {
    static let columns = "id, hash, person, began_at, seen_at, proved_at, address, agent"

    static func visit(_ row: Row) throws -> Visit {
        var columns = Columns(row, of: "visit")
        let id = try columns.text(), hash = try columns.bytes(), person = try columns.owner(), began = try columns.moment()
        let seen = try columns.moment(), proved = try columns.moment(), address = try columns.text()
        return Visit(id: id, hash: hash, person: person, beganAt: began, seenAt: seen, provedAt: proved, address: address, agent: try columns.text())
    }

    /// Within the caller's transaction; gives the hashes of those that ended.
    static func end(_ db: Database, _ condition: String, _ arguments: StatementArguments) throws -> [[UInt8]] {
        try Data.fetchAll(db, sql: "DELETE FROM visit WHERE \(condition) RETURNING hash", arguments: arguments).map { [UInt8]($0) }
    }

    /// Within the caller's transaction. False when it has ended or has another cookie by now.
    static func renew(_ db: Database, _ visit: RenewedVisit) throws -> Bool {
        try db.execute(
            sql: "UPDATE visit SET hash = ?, proved_at = ? WHERE id = ? AND person = ? AND hash = ?",
            arguments: [Data(visit.to), visit.provedAt.milliseconds, visit.id, visit.person.rawValue, Data(visit.from)])
        return db.changesCount == 1
    }

    /// Networks of one person that are remembered; the ones seen longest ago go.
    private static let networksMost = 50

    static func remember(_ db: Database, _ network: String, of person: OwnerID, at now: Timestamp) throws {
        try db.execute(
            sql: "INSERT INTO log_in_network (person, network, seen_at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at",
            arguments: [person.rawValue, network, now.milliseconds])
        try db.execute(
            sql: """
                DELETE FROM log_in_network WHERE person = ? AND network IN (
                    SELECT network FROM log_in_network WHERE person = ? ORDER BY seen_at DESC, network LIMIT -1 OFFSET ?)
                """, arguments: [person.rawValue, person.rawValue, networksMost])
    }
}

extension SQLiteStore: VisitStore {
    public func visit(hash: [UInt8]) throws -> Visit? {
        try finder.read { db in try Question.visit.row(db, [Data(hash)]).map(VisitTable.visit) }
    }

    public func visits(_ person: OwnerID) async throws -> [Visit] {
        try await pool.read { db in try Question.visits.rows(db, [person.rawValue]).map(VisitTable.visit) }
    }

    public func hasLoggedIn(account: String, from network: String) async throws -> Bool {
        try await pool.read { db in try Question.knownNetwork.row(db, [account, network]) != nil }
    }

    public func begin(_ visit: Visit, _ shown: ShownAtLogIn, atMost most: Int, since: Timestamp, by doer: Doer) async throws -> [[UInt8]]? {
        try await audited { db in
            // What was looked at a moment ago, once more: between the two a hash is worked out, and much can change meanwhile.
            guard let person = try Question.person.row(db, [visit.person.rawValue]).map(PeopleTables.person), person.disabledAt == nil,
                person.password != nil, person.passwordNumber == shown.passwordNumber
            else { return (nil, nil) }
            let needsCode = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM second_factor WHERE person = ? AND confirmed_at IS NOT NULL)", arguments: [visit.person.rawValue])
            guard needsCode != true || shown.hasShownCode else { return (nil, nil) }
            var ended = try VisitTable.end(db, "person = ? AND began_at < ?", [visit.person.rawValue, since.milliseconds])
            ended += try VisitTable.end(
                db, "hash IN (SELECT hash FROM visit WHERE person = ? ORDER BY began_at DESC LIMIT -1 OFFSET ?)", [visit.person.rawValue, most - 1])
            try db.execute(
                sql: "INSERT INTO visit (\(VisitTable.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    visit.id, Data(visit.hash), visit.person.rawValue, visit.beganAt.milliseconds, visit.seenAt.milliseconds,
                    visit.provedAt.milliseconds, visit.address, visit.agent,
                ])
            if try Question.knownNetwork.row(db, [person.email.key, shown.network]) == nil {
                try NoticeTable.add(db, .newNetwork, of: visit.person, by: doer, network: shown.network, at: visit.beganAt)
            }
            try VisitTable.remember(db, shown.network, of: visit.person, at: visit.beganAt)
            return (ended, AuditAct(doer, "log in", "visit \(visit.id)\(Ended(visits: ended).words)", content: Array(visit.agent.utf8)))
        }
    }

    public func end(visit id: String, of person: OwnerID, _ how: VisitEnd, by doer: Doer) async throws -> [UInt8]? {
        try await audited { db in
            let ended = try VisitTable.end(db, "id = ? AND person = ?", [id, person.rawValue]).first
            return (ended, ended == nil ? nil : AuditAct(doer, how.rawValue, "visit \(id)"))
        }
    }

    public func renew(_ visit: RenewedVisit) async throws -> Bool { try await pool.write { db in try VisitTable.renew(db, visit) } }

    public func seen(_ marks: [(hash: [UInt8], at: Timestamp)]) async throws {
        try await pool.write { db in
            let update = try db.cachedStatement(sql: "UPDATE visit SET seen_at = max(seen_at, ?) WHERE hash = ?")
            for mark in marks { try update.execute(arguments: [mark.at.milliseconds, Data(mark.hash)]) }
        }
    }
}
