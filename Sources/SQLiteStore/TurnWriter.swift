import AuditLog
import GRDB
import GRDBSQLite
import TradingEngine
import TradingModel
import TradingPorts

/// Writes turns on the writer's connection: the facts and the rows that follow from them, in one transaction that is
/// durable when `commit` returns. It keeps the statements compiled, and knows the rows of accounts and sessions as they
/// stand on the disk, so that it writes only what is different.
///
/// `@unchecked Sendable` because it is used on the writer's queue only, where its connection lives.
final class TurnWriter: @unchecked Sendable {
    private let db: Database
    private let connection: OpaquePointer
    private var compiled = [CompiledStatement?](repeating: nil, count: WriteStatement.allCases.count)
    /// Number of the next origin of a signal, once it was looked up.
    private var nextOrigin: Int64?
    /// As they stand on the disk. A write that failed makes them wrong, but then nothing is written any more.
    private var accounts: [AccountID: AccountRow] = [:]
    private var sessions: [SessionID: SessionRow] = [:]

    /// The opening whose facts these are.
    private let epoch: Int64

    init(_ db: Database, epoch: Int64) throws {
        guard let connection = db.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the connection is closed") }
        (self.db, self.connection, self.epoch) = (db, connection, epoch)
    }

    /// `tip`: where the audit log ends, nil when that has to be looked up. `beside` writes what is no fact, in the same
    /// transaction, and says what of it is to be entered, and when it was. Gives where the log ends now.
    func commit(
        _ entries: [JournalEntry], rows: [RowChange], after tip: AuditTip?, _ beside: () throws -> (act: AuditAct, at: Timestamp)? = { nil }
    ) throws -> AuditTip? {
        try run(.begin)
        do {
            try checkEpoch()
            var end = try audit(entries, digests: try entries.map(insert), after: tip)
            #if SeededBugs
            if SeededBug.writesRowsAfterTheFacts.isPlanted { try run(.commit); try run(.begin) }
            #endif
            try apply(rows)
            end = try keepOrigins(rows, after: end, at: entries.last?.fact.at)
            if let (act, at) = try beside() {
                let tip = try end ?? AuditTip(db), entry = tip.entry(act, at: at), next = tip.after(entry)
                try run(.audit) { AuditTable.add(entry, hash: next.hash, to: &$0) }
                end = next
            }
            // References are checked here.
            try run(.commit)
            return end
        } catch {
            // SQLite may have ended the transaction by itself.
            if sqlite3_get_autocommit(connection) == 0 { try? run(.rollback) }
            throw error
        }
    }

    /// Whether this opening is still the newest one. The transaction has the write lock by now: nobody else can take over before its end.
    private func checkEpoch() throws {
        #if SeededBugs
        if SeededBug.epochIsNotChecked.isPlanted { return }
        #endif
        let current = try compiled(.epoch).value()
        guard current == epoch else { throw StaleEpoch(own: epoch, current: current) }
    }

    /// Within a transaction of the caller's.
    func apply(_ rows: [RowChange]) throws {
        var index = 0
        while index < rows.count {
            if case .signal(let signal, let acceptedAt) = rows[index] {
                index += 1
                let end = rows[index...].firstIndex { if case .signal = $0 { true } else { false } } ?? rows.count
                try insert(signal, acceptedAt: acceptedAt, with: rows[index..<end])
                var known: SignalID? = signal.id
                for row in rows[index..<end] {
                    try apply(row, newSignal: known)
                    // They change decisions that are not named in the turn: what comes after is looked at anew.
                    switch row {
                    case .refusePending, .closePending: known = nil
                    default: break
                    }
                }
                index = end
            } else {
                try apply(rows[index], newSignal: nil)
                index += 1
            }
        }
    }

    func run(_ statement: WriteStatement, _ bind: (inout CompiledStatement.Arguments) -> Void = { _ in }) throws {
        try compiled(statement).run(bind)
    }

    private func compiled(_ statement: WriteStatement) throws -> CompiledStatement {
        if let ready = compiled[statement.rawValue] { return ready }
        let new = try CompiledStatement(statement.sql, on: connection)
        compiled[statement.rawValue] = new
        return new
    }

    /// The change before met exactly one row.
    func requireOne(_ table: String, of what: some CustomStringConvertible) throws {
        guard sqlite3_changes(connection) == 1 else { throw SQLiteStoreError.rowMissing(table: table, of: what.description) }
    }

    // MARK: What is written only where it differs

    /// One entry of the audit log stands for all facts of a turn.
    private func audit(_ entries: [JournalEntry], digests: [[UInt8]], after known: AuditTip?) throws -> AuditTip? {
        guard let first = entries.first, let last = entries.last else { return known }
        let tip = try known ?? AuditTip(db), entry = tip.facts(first.sequence...last.sequence, digests, at: last.fact.at), end = tip.after(entry)
        try run(.audit) { AuditTable.add(entry, hash: end.hash, to: &$0) }
        return end
    }

    /// One entry of the audit log stands for all that the accepted signals of a turn came in.
    private func keepOrigins(_ rows: [RowChange], after known: AuditTip?, at: Timestamp?) throws -> AuditTip? {
        var digests: [[UInt8]] = [], next = nextOrigin
        for case .origin(let signal, let origin) in rows {
            let number = try next ?? (Int64.fetchOne(db, sql: "SELECT max(number) FROM signal_origin") ?? 0) + 1
            let row = OriginRow(number: number, signal: signal.text, way: origin.way.rawValue, name: origin.name, key: origin.key, body: origin.body)
            let digest = row.digest
            try run(.origin) { OriginTable.add(row, of: signal, digest: digest, to: &$0) }
            digests.append(digest)
            next = number + 1
        }
        guard let newest = next, !digests.isEmpty, let at, let tip = known else { return known }
        let entry = tip.origins(newest - Int64(digests.count)...newest - 1, digests, at: at), end = tip.after(entry)
        try run(.audit) { AuditTable.add(entry, hash: end.hash, to: &$0) }
        nextOrigin = newest
        return end
    }

    /// Gives its digest.
    private func insert(_ entry: JournalEntry) throws -> [UInt8] {
        let row = JournalTable.fact(entry)
        do { try run(.fact) { JournalTable.add(row, of: entry, epoch: epoch, to: &$0) } } catch let error as DatabaseError
            where error.resultCode == .SQLITE_CONSTRAINT
        {
            throw JournalConflict(sequence: entry.sequence, reason: error.message ?? "\(error.extendedResultCode)")
        }
        return row.digest
    }

    func write(_ row: AccountRow) throws {
        if let known = accounts[row.id], known.differsOnlyInFigures(from: row) {
            if known == row { return }
            try run(.accountFigures) { AccountTable.addFigures(row, to: &$0) }
            try requireOne("account", of: row.id)
        } else {
            try run(.account) { AccountTable.add(row, to: &$0) }
        }
        accounts[row.id] = row
    }

    func write(_ row: SessionRow) throws {
        if let known = sessions[row.id], known.differsOnlyInFigures(from: row) {
            if known == row { return }
            try run(.sessionFigures) { SessionTable.addFigures(row, to: &$0) }
            try requireOne("session", of: row.id)
        } else {
            try run(.session) { SessionTable.add(row, to: &$0) }
        }
        sessions[row.id] = row
    }

    /// The signals that this session has not decided yet.
    func pending(_ session: SessionID) throws -> [SignalID] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT signal FROM signal_decision WHERE session = ? AND status = 'pending' ORDER BY signal"),
            arguments: [session.rawValue]
        )
        .map { row in
            var columns = Columns(row, of: "signal_decision")
            return try columns.signalID()
        }
    }
}
