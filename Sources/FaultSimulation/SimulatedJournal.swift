import Synchronization
import TradingEngine
import TradingModel
import TradingPorts

/// One row as the store keeps it: the columns, and the event in the production coding.
struct JournalRow: Sendable {
    let sequence: Int64, ownerSequence: Int64
    let at: Timestamp, owner: OwnerID, account: AccountID?, session: SessionID?
    let kind: String, body: [UInt8]

    init(_ entry: JournalEntry) {
        (sequence, ownerSequence) = (entry.sequence, entry.ownerSequence)
        (at, owner, account, session) = (entry.fact.at, entry.fact.owner, entry.fact.account, entry.fact.session)
        (kind, body) = FactCoding.encode(entry.fact.event)
    }

    func fact() throws(FactCodingError) -> Fact {
        Fact(at: at, owner: owner, account: account, session: session, try FactCoding.decode(kind: kind, body: body, sequence: sequence))
    }
}

/// The disk of the simulated machine: rows of encoded facts that survive every death, and write errors on demand.
final class SimulatedJournal: Journal {
    enum WriteError: Error { case lost, kept }
    struct Gap: Error { let expected: Int64, got: Int64 }

    private struct State {
        var rows: [JournalRow] = []
        var tables = MemoryTables()
        var nextError: WriteError?
    }
    private let state = Mutex(State())

    var rows: [JournalRow] { state.withLock(\.rows) }
    var count: Int { state.withLock { $0.rows.count } }
    func rows(from index: Int) -> ArraySlice<JournalRow> { state.withLock { $0.rows[index...] } }
    var tables: MemoryTables { state.withLock(\.tables) }

    /// The next write fails: with nothing of it on disk, or with all of it.
    func failNext(_ error: WriteError) { state.withLock { $0.nextError = error } }

    func write(_ entries: [JournalEntry], rows changes: [RowChange]) throws {
        try state.withLock { state in
            let error = state.nextError
            state.nextError = nil
            if error == .lost { throw WriteError.lost }
            for entry in entries {
                guard entry.sequence == Int64(state.rows.count) + 1 else { throw Gap(expected: Int64(state.rows.count) + 1, got: entry.sequence) }
                state.rows.append(JournalRow(entry))
            }
            try state.tables.apply(changes)
            if let error { throw error }
        }
    }
}
