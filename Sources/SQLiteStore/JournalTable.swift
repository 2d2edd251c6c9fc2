import GRDB
import TradingEngine
import TradingModel
import TradingPorts

/// The journal's rows: written once, read in order.
enum JournalTable {
    static let columns = "seq, owner, owner_seq, at, account, session, kind, body"

    static func insert(_ entry: JournalEntry, into db: Database) throws {
        let fact = entry.fact
        let (kind, body) = FactCoding.encode(fact.event)
        let intended: SignalID? = if case .buyIntended(let intent) = fact.event { intent.id.signal } else { nil }
        do {
            try db.cachedStatement(sql: """
                INSERT INTO journal (\(columns), intended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """).execute(arguments: [
                    entry.sequence, fact.owner.rawValue, entry.ownerSequence, fact.at.milliseconds, fact.account?.rawValue,
                    fact.session?.rawValue, kind, String(decoding: body, as: UTF8.self), intended?.stored,
                ])
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw JournalConflict(sequence: entry.sequence, reason: error.message ?? "\(error.extendedResultCode)")
        }
    }

    /// From a row of `columns`.
    static func entry(_ row: Row) throws -> JournalEntry {
        var columns = Columns(row, of: "journal")
        let sequence = try columns.whole(), owner = try columns.owner(), ownerSequence = try columns.whole(), at = try columns.moment()
        let account = try columns.wholeIfAny().map(AccountID.init(rawValue:)), session = try columns.wholeIfAny().map(SessionID.init(rawValue:))
        let event = try FactCoding.decode(kind: try columns.text(), body: try columns.text().utf8, sequence: sequence)
        return JournalEntry(sequence: sequence, ownerSequence: ownerSequence, fact: Fact(at: at, owner: owner, account: account, session: session, event))
    }

    /// Calls `body` with the facts from `sequence` on, in order; throws when a number is left out.
    static func each(from sequence: Int64, _ db: Database, path: String, _ body: (JournalEntry) throws -> Void) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT \(columns) FROM journal WHERE seq >= ? ORDER BY seq", arguments: [sequence])
        var expected = sequence
        while let row = try rows.next() {
            let entry = try entry(row)
            guard entry.sequence == expected else { throw SQLiteStoreError.gap(path: path, sequence: expected) }
            expected += 1
            try body(entry)
        }
    }
}
