import AuditLog
import GRDB
public import TradingModel
public import TradingPorts

/// What operators and auditors ask: of everybody, by design.
extension SQLiteStore {
    public func anyonesSessions(_ page: Page<SessionFilter>) async throws -> PageOf<SessionRow> {
        let before = try PageCursor.number(page.after, .sessions), more = page.length + 1
        return try await pool.read { db in
            let rows = try Question.anyonesSessions.rows(db, [before, more]).map(SessionTable.row)
            return PageOf(rows.map { ($0.id.rawValue, $0) }, .sessions, length: page.length)
        }
    }

    public func anyonesSession(_ id: SessionID) async throws -> SessionRow? {
        try await pool.read { db in try Question.anyonesSession.row(db, [id.rawValue]).map(SessionTable.row) }
    }

    public func unclearTrades(_ page: Page<UnclearFilter>) async throws -> PageOf<TradeRow> {
        let before = try PageCursor.number(page.after, .unclear), more = page.length + 1
        return try await pool.read { db in
            let rows =
                switch page.filter.state {
                case nil: try Question.unclearTrades.rows(db, [before, before, more])
                case .inDoubt?: try Question.inDoubtTrades.rows(db, [before, more])
                case .ambiguous?: try Question.ambiguousTrades.rows(db, [before, more])
                }
            return try PageOf(rows.map(TradeTable.row), .unclear, length: page.length)
        }
    }

    public func anyonesTrade(_ id: IntentID) async throws -> TradeRow? {
        try await pool.read { db in
            try Question.anyonesTrade.row(db, [id.session.rawValue, id.signal.stored]).map { try TradeTable.row($0).row }
        }
    }

    public func anyonesEnding() async throws -> Ending { try await pool.read { db in try OperateTables.ending(Question.anyonesEnding.row(db, [])) } }

    /// Entries that one page looks at, at most: where few are sought among many, a page is short and has a next.
    static let auditLooksMost = 50_000

    public func auditEntries(_ page: Page<AuditFilter>) async throws -> PageOf<AuditRow> {
        let before = try PageCursor.number(page.after, .audit), filter = page.filter
        return try await pool.read { db in
            var rows: [AuditRow] = [], looked = 0, last = before
            let entries = try Question.auditEntries.cursor(db, [before, SQLiteStore.auditLooksMost])
            while let row = try entries.next() {
                let entry = try AuditTable.entry(row).entry
                if filter.takes(entry.action, entry.actor, entry.at) {
                    if rows.count == page.length { return PageOf(rows: rows, next: PageCursor.text(.audit, after: last)) }
                    rows.append(
                        AuditRow(
                            sequence: entry.sequence, at: entry.at, actor: entry.actor, action: entry.action, object: entry.object,
                            outcome: entry.outcome, content: entry.content))
                }
                (looked, last) = (looked + 1, entry.sequence)
            }
            return PageOf(rows: rows, next: looked == SQLiteStore.auditLooksMost && last > 1 ? PageCursor.text(.audit, after: last) : nil)
        }
    }
}

extension AuditFilter {
    fileprivate func takes(_ action: String, _ actor: String, _ at: Timestamp) -> Bool {
        if acts, actor == "loop" { return false }
        return (self.action ?? action) == action && (self.actor ?? actor) == actor && from.map { at >= $0 } ?? true && until.map { at < $0 } ?? true
    }
}
