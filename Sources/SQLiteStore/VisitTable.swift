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
}

extension SQLiteStore: VisitStore {
    public func visit(hash: [UInt8]) throws -> Visit? {
        try finder.read { db in try Question.visit.row(db, [Data(hash)]).map(VisitTable.visit) }
    }

    public func visits(_ person: OwnerID) async throws -> [Visit] {
        try await pool.read { db in try Question.visits.rows(db, [person.rawValue]).map(VisitTable.visit) }
    }

    public func begin(_ visit: Visit, atMost most: Int, since: Timestamp) async throws -> [[UInt8]] {
        try await pool.write { db in
            var ended = try VisitTable.end(db, "person = ? AND began_at < ?", [visit.person.rawValue, since.milliseconds])
            ended += try VisitTable.end(
                db, "hash IN (SELECT hash FROM visit WHERE person = ? ORDER BY began_at DESC LIMIT -1 OFFSET ?)", [visit.person.rawValue, most - 1])
            try db.execute(
                sql: "INSERT INTO visit (\(VisitTable.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    visit.id, Data(visit.hash), visit.person.rawValue, visit.beganAt.milliseconds, visit.seenAt.milliseconds,
                    visit.provedAt.milliseconds, visit.address, visit.agent,
                ])
            return ended
        }
    }

    public func end(visit id: String, of person: OwnerID) async throws -> [UInt8]? {
        try await pool.write { db in try VisitTable.end(db, "id = ? AND person = ?", [id, person.rawValue]).first }
    }

    public func endVisits(of person: OwnerID, but id: String?) async throws -> [[UInt8]] {
        try await pool.write { db in try VisitTable.end(db, "person = ? AND id IS NOT ?", [person.rawValue, id]) }
    }

    public func renew(visit id: String, of person: OwnerID, hash: [UInt8], provedAt: Timestamp) async throws -> Bool {
        try await pool.write { db in
            try db.execute(
                sql: "UPDATE visit SET hash = ?, proved_at = ? WHERE id = ? AND person = ?",
                arguments: [Data(hash), provedAt.milliseconds, id, person.rawValue])
            return db.changesCount == 1
        }
    }

    public func seen(_ marks: [(hash: [UInt8], at: Timestamp)]) async throws {
        try await pool.write { db in
            let update = try db.cachedStatement(sql: "UPDATE visit SET seen_at = max(seen_at, ?) WHERE hash = ?")
            for mark in marks { try update.execute(arguments: [mark.at.milliseconds, Data(mark.hash)]) }
        }
    }
}
