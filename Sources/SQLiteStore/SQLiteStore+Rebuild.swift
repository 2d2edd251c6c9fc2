import GRDB
import TradingEngine
import TradingPorts

// The tables again, from the journal alone.
extension SQLiteStore {
    /// Empties every table that follows from the journal and makes its rows again, fact by fact, in one transaction.
    public func rebuild() throws {
        try pool.write { db in
            for table in Schema.following { try db.execute(sql: "DELETE FROM \(table)") }
            let writer = RowWriter(db: db)
            var state = EngineState()
            try JournalTable.each(from: 1, db, path: path) { entry in
                state.evolve(entry.fact)
                for row in Projection.rows([entry.fact], state: state) { try writer.apply(row) }
            }
        }
    }
}
