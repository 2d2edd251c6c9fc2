import GRDB
import TradingEngine
import TradingModel
import TradingPorts

/// The journal's rows: written once, read in order.
enum JournalTable {
    static let columns = "seq, owner, owner_seq, at, account, session, kind, body"

    /// In the order of `WriteStatement.fact`.
    static func add(_ entry: JournalEntry, to arguments: inout CompiledStatement.Arguments) {
        let fact = entry.fact
        let (kind, body) = FactCoding.encode(fact.event)
        arguments.add(entry.sequence); arguments.add(fact.owner.rawValue); arguments.add(entry.ownerSequence); arguments.add(fact.at)
        arguments.add(fact.account?.rawValue); arguments.add(fact.session?.rawValue); arguments.add(kind); arguments.add(utf8: body)
        if case .buyIntended(let intent) = fact.event { arguments.add(intent.id.signal) } else { arguments.addNull() }
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
