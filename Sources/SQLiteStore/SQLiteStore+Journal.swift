import GRDB
import Synchronization
public import TradingEngine
import TradingModel
public import TradingPorts

/// The journal as the loop needs it. A write that failed breaks the store: memory is ahead of the journal from then on.
extension SQLiteStore: ReadableJournal {
    public func write(_ entries: [JournalEntry], rows: [RowChange]) throws {
        try position.withLock { position in
            guard !position.isBroken else { throw SQLiteStoreError.broken(path: path) }
            do {
                for (entry, expected) in zip(entries, position.next...) where entry.sequence != expected {
                    throw JournalConflict(sequence: entry.sequence, reason: "the next number is \(expected)")
                }
                for case .signal(let signal, _) in rows { knownSignals.insert(signal.id) }
                try pool.writeWithoutTransaction { db in
                    let writer = try position.writer ?? TurnWriter(db, epoch: epoch)
                    position.writer = writer
                    let end = try writer.commit(entries, rows: rows, after: auditTip.withLock { $0 })
                    auditTip.withLock { $0 = end }
                }
                position.next += Int64(entries.count)
            } catch {
                #if SeededBugs
                if SeededBug.swallowsWriteErrors.isPlanted { position.next += Int64(entries.count); return }
                #endif
                position.isBroken = true
                throw error
            }
        }
    }

    public func read(from sequence: Int64, limit: Int) throws -> [JournalEntry] {
        try pool.read { db in
            try Row.fetchAll(db, sql: "SELECT \(JournalTable.columns) FROM journal WHERE seq >= ? ORDER BY seq LIMIT ?", arguments: [sequence, limit])
                .map(JournalTable.entry)
        }
    }

    public func restore() throws -> RestoredJournal {
        try pool.read { db in
            let (newest, owners) = try ends(db)
            let snapshot = try SnapshotTable.newest(notAfter: newest, db)
            let base = snapshot?.state ?? EngineState()
            var state = base, replayed = 0
            try JournalTable.each(from: (snapshot?.sequence ?? 0) + 1, db, path: path) { entry in
                state.evolve(entry.fact)
                replayed += 1
            }
            return RestoredJournal(state: state, base: base, nextSequence: newest + 1, ownerSequences: owners, replayed: replayed)
        }
    }

    public func keepSnapshot(_ state: EngineState, after sequence: Int64) throws {
        #if SeededBugs
        if SeededBug.snapshotsOneAhead.isPlanted {
            return try pool.write { db in try SnapshotTable.keep(try SnapshotTable.encode(state), after: sequence + 1, db) }
        }
        #endif
        let encoded = try SnapshotTable.encode(state)
        try pool.write { db in try SnapshotTable.keep(encoded, after: sequence, db) }
    }

    /// The newest number of the journal and of each owner, after counting that none is missing.
    private func ends(_ db: Database) throws -> (newest: Int64, owners: [OwnerID: Int64]) {
        var count: Int64 = 0, owners: [OwnerID: Int64] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT owner, count(*), max(owner_seq) FROM journal GROUP BY owner")
        while let row = try rows.next() {
            var columns = Columns(row, of: "journal")
            let owner = try columns.owner(), facts = try columns.whole(), newest = try columns.whole()
            guard facts == newest else { throw SQLiteStoreError.ownerGap(path: path, owner: owner.rawValue, facts: facts, newest: newest) }
            count += facts
            owners[owner] = newest
        }
        let newest = try Int64.fetchOne(db, sql: "SELECT max(seq) FROM journal") ?? 0
        guard count == newest else {
            let missing = try Int64.fetchOne(
                db,
                sql: """
                    SELECT CASE WHEN EXISTS (SELECT 1 FROM journal WHERE seq = 1) THEN
                        (SELECT min(seq) + 1 FROM journal a WHERE NOT EXISTS (SELECT 1 FROM journal b WHERE b.seq = a.seq + 1))
                    ELSE 1 END
                    """)
            throw SQLiteStoreError.gap(path: path, sequence: missing ?? 1)
        }
        return (newest, owners)
    }
}
