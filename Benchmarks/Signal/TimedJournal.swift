// The store's journal with a stopwatch: when the newest commit began and when it was durable.

import Synchronization
import TradingEngine
import TradingPorts

final class TimedJournal: ReadableJournal {
    struct Commit { var began = 0, durable = 0 }
    private let store: any ReadableJournal
    private let newest = Mutex(Commit())

    init(_ store: any ReadableJournal) { self.store = store }
    var epoch: Int64 { store.epoch }

    /// Read while nothing is being decided.
    var newestIntent: Commit { newest.withLock(\.self) }

    func write(_ entries: [JournalEntry], rows: [RowChange]) throws {
        let began = Stopwatch.now()
        try store.write(entries, rows: rows)
        let durable = Stopwatch.now()
        if entries.contains(where: { if case .buyIntended = $0.fact.event { true } else { false } }) {
            newest.withLock { $0 = Commit(began: began, durable: durable) }
        }
    }

    func restore() throws -> RestoredJournal { try store.restore() }
    func read(from sequence: Int64, limit: Int) throws -> [JournalEntry] { try store.read(from: sequence, limit: limit) }
    func keepSnapshot(_ state: EngineState, after sequence: Int64) throws { try store.keepSnapshot(state, after: sequence) }
}
