import GRDB
import TradingEngine
import TradingPorts

// The tables again, from the journal alone.
extension SQLiteStore {
    /// Empties every table that follows from the journal and makes its rows again, fact by fact, in one transaction.
    public func rebuild() throws {
        try pool.write { db in
            for table in Schema.following { try db.execute(sql: "DELETE FROM \(table)") }
            // One of its own: what the other knows of the tables is not what stands in them now.
            let writer = try TurnWriter(db, epoch: epoch)
            var state = EngineState()
            try JournalTable.each(from: 1, db, path: path) { entry in
                state.evolve(entry.fact)
                try writer.apply(Projection.rows([entry.fact], state: state))
            }
        }
    }
}
