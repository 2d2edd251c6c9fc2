import AuditLog
import GRDB
import TradingEngine
import TradingModel
import TradingPorts

/// The journal's rows: written once, read in order.
enum JournalTable {
    static let columns = "seq, owner, owner_seq, at, account, session, kind, body"

    /// In the order of `WriteStatement.fact`.
    static func add(_ row: FactRow, of entry: JournalEntry, epoch: Int64, to arguments: inout CompiledStatement.Arguments) {
        arguments.add(row.sequence); arguments.add(row.owner); arguments.add(row.ownerSequence); arguments.add(row.at)
        arguments.add(row.account); arguments.add(row.session); arguments.add(row.kind); arguments.add(utf8: row.body)
        if case .buyIntended(let intent) = entry.fact.event { arguments.add(intent.id.signal) } else { arguments.addNull() }
        arguments.add(epoch)
    }

    /// As it will stand there.
    static func fact(_ entry: JournalEntry) -> FactRow {
        let fact = entry.fact, (kind, body) = FactCoding.encode(fact.event)
        return FactRow(
            sequence: entry.sequence, owner: fact.owner.rawValue, ownerSequence: entry.ownerSequence, at: fact.at, account: fact.account?.rawValue,
            session: fact.session?.rawValue, kind: kind, body: body)
    }

    /// From a row of `columns`, not understood.
    static func fact(_ row: Row) throws -> FactRow {
        var columns = Columns(row, of: "journal")
        return FactRow(
            sequence: try columns.whole(), owner: try columns.whole(), ownerSequence: try columns.whole(), at: try columns.moment(),
            account: try columns.wholeIfAny(), session: try columns.wholeIfAny(), kind: try columns.text(), body: Array(try columns.text().utf8))
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
