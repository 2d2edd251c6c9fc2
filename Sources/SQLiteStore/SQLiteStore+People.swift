import Foundation
import GRDB
import Synchronization
public import TradingModel
import TradingPorts

// Owners and their keys, and which accounts have a token.
extension SQLiteStore {
    public struct NamedOwner: Sendable, Hashable {
        public var id: OwnerID
        public var name: String
    }

    public func createOwner(_ name: String) throws -> OwnerID {
        let created = now()
        return try pool.writeWithoutTransaction { db in
            var owner = OwnerID(rawValue: 0)
            try audited(db) { db in
                try db.execute(sql: "INSERT INTO owner (name, created_at) VALUES (?, ?)", arguments: [name, created.milliseconds])
                owner = OwnerID(rawValue: db.lastInsertedRowID)
                return AuditAct(actor: "host", action: "owner add", object: "owner \(owner)")
            }
            return owner
        }
    }

    /// In the order of their ids.
    public func owners() throws -> [NamedOwner] {
        try finder.read { db in
            try Row.fetchAll(db, sql: "SELECT id, name FROM owner ORDER BY id").map { NamedOwner(id: OwnerID(rawValue: $0[0]), name: $0[1]) }
        }
    }

    /// Accounts whose sealed token is kept, in the order of their ids: those to connect at a start.
    public func accountsWithCredentials() throws -> [AccountID] {
        try finder.read { db in try Int64.fetchAll(db, sql: "SELECT account FROM credential ORDER BY account").map(AccountID.init(rawValue:)) }
    }
}
