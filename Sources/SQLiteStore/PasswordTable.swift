import Foundation
import GRDB
import TradingModel
import TradingPorts

// Hashes of passwords that are sealed: they move from key to key with tokens and secrets.
enum PasswordTable {
    /// Numbers of `SealedRow` from here on are passwords, which come after the secrets of second factors.
    static let first = SecondFactorTable.first + (1 << 60)

    private static let isSealed = "substr(password, 1, \(SealedPassword.prefix.utf8.count)) = '\(SealedPassword.prefix)'"

    static func sealedCount(_ db: Database) throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM person WHERE \(isSealed)") ?? 0 }

    static func sealedPage(_ db: Database, after account: AccountID, limit: Int) throws -> [SealedRow] {
        try Row.fetchAll(
            db, sql: "SELECT owner, password FROM person WHERE owner > ? AND \(isSealed) ORDER BY owner LIMIT ?",
            arguments: [max(0, account.rawValue - first), limit]
        ).map { row in
            var columns = Columns(row, of: "person")
            let person = try columns.owner(), bytes = try columns.next("a sealed password") { (stored: String) in SealedPassword.bytes(stored) }
            return SealedRow(
                account: AccountID(rawValue: first + person.rawValue), credential: SealedCredential(bytes: bytes, owner: person, hook: SealedPassword.place))
        }
    }

    static func reseal(_ db: Database, _ change: Reseal) throws -> Bool {
        try db.execute(
            sql: "UPDATE person SET password = ? WHERE owner = ? AND password = ?",
            arguments: [SealedPassword.text(change.new), change.account.rawValue - first, SealedPassword.text(change.old)])
        return db.changesCount == 1
    }
}
