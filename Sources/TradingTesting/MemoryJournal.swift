import Synchronization
public import TradingEngine
import TradingModel
public import TradingPorts

/// A journal in memory, for tests and the simulation. It keeps its promises as a store does, and can be told to fail.
public final class MemoryJournal: ReadableJournal {
    /// How a write fails that was told to.
    public enum Failure: Error, Hashable, Sendable {
        /// Nothing of it was written.
        case lost
        /// Everything was written, but the caller is not told so: the process died before the answer.
        case kept
    }
    /// A write failed before; `restart` first.
    public struct Broken: Error, Sendable {}

    private struct State {
        var entries: [JournalEntry] = []
        var intents: Set<IntentID> = []
        var ownerSequences: [OwnerID: Int64] = [:]
        var snapshots: [(sequence: Int64, state: EngineState?)] = []
        /// Writes that still succeed, and how the one after them fails.
        var failing: (after: Int, how: Failure)?
        var isBroken = false
        /// Of the newest opening.
        var epoch: Int64 = 1
    }
    /// What outlives a process.
    private final class Disk: Sendable {
        let state: Mutex<State>
        init(_ state: sending State) { self.state = Mutex(state) }
    }
    private let disk: Disk
    public let epoch: Int64

    /// With `failAfter` so many writes succeed and the next one fails.
    public init(failAfter: Int? = nil, failure: Failure = .lost) {
        (disk, epoch) = (Disk(State(failing: failAfter.map { ($0, failure) })), 1)
    }

    private init(overtaking other: MemoryJournal) {
        disk = other.disk
        epoch = disk.state.withLock { state in
            state.epoch += 1
            return state.epoch
        }
    }

    /// The same journal opened again, by another process: this one writes nothing from here on.
    public func openedAgain() -> MemoryJournal { MemoryJournal(overtaking: self) }

    public var entries: [JournalEntry] { disk.state.withLock(\.entries) }

    /// A new process: what was written is there, and it may be written again.
    public func restart(failAfter: Int? = nil, failure: Failure = .lost) {
        disk.state.withLock { state in
            state.isBroken = false
            state.failing = failAfter.map { ($0, failure) }
        }
    }

    public func write(_ entries: [JournalEntry], rows: [RowChange]) throws {
        try disk.state.withLock { state in
            guard state.epoch == epoch else { throw StaleEpoch(own: epoch, current: state.epoch) }
            guard !state.isBroken else { throw Broken() }
            do { try write(entries, &state) } catch {
                state.isBroken = true
                throw error
            }
        }
    }

    private func write(_ entries: [JournalEntry], _ state: inout State) throws {
        var failure: Failure?
        if let failing = state.failing {
            if failing.after == 0 { failure = failing.how } else { state.failing!.after -= 1 }
        }
        if failure == .lost { throw Failure.lost }
        let added = try intents(of: entries, state)
        state.entries += entries
        state.intents.formUnion(added)
        for entry in entries { state.ownerSequences[entry.fact.owner] = entry.ownerSequence }
        if let failure { throw failure }
    }

    /// The intents that these entries put on record; throws when the entries do not continue the journal.
    private func intents(of entries: [JournalEntry], _ state: State) throws(JournalConflict) -> Set<IntentID> {
        var intents: Set<IntentID> = [], ownerSequences = state.ownerSequences
        for (entry, expected) in zip(entries, (Int64(state.entries.count) + 1)...) {
            func conflict(_ reason: String) -> JournalConflict { JournalConflict(sequence: entry.sequence, reason: reason) }
            guard entry.sequence == expected else { throw conflict("the next number is \(expected)") }
            let next = ownerSequences[entry.fact.owner, default: 0] + 1
            guard entry.ownerSequence == next else { throw conflict("the next number of owner \(entry.fact.owner) is \(next), not \(entry.ownerSequence)") }
            ownerSequences[entry.fact.owner] = next
            if case .buyIntended(let intent) = entry.fact.event, state.intents.contains(intent.id) || !intents.insert(intent.id).inserted {
                throw conflict("intent \(intent.id) is on record already")
            }
        }
        return intents
    }

    public func read(from sequence: Int64, limit: Int) throws -> [JournalEntry] {
        disk.state.withLock { Array($0.entries.dropFirst(Int(max(sequence, 1)) - 1).prefix(limit)) }
    }

    public func restore() throws -> RestoredJournal {
        let (entries, snapshots, owners) = disk.state.withLock { ($0.entries, $0.snapshots, $0.ownerSequences) }
        let snapshot = snapshots.last { $0.state != nil && $0.sequence <= entries.count }
        let rest = entries.dropFirst(Int(snapshot?.sequence ?? 0))
        let base = snapshot?.state ?? EngineState()
        var restored = base
        for entry in rest { restored.evolve(entry.fact) }
        return RestoredJournal(state: restored, base: base, nextSequence: Int64(entries.count) + 1, ownerSequences: owners, replayed: rest.count)
    }

    public func keepSnapshot(_ engine: EngineState, after sequence: Int64) throws {
        disk.state.withLock { state in
            state.snapshots.removeAll { $0.sequence == sequence }
            state.snapshots.append((sequence, engine))
            state.snapshots.sort { $0.sequence < $1.sequence }
            state.snapshots = state.snapshots.suffix(2)
        }
    }

    /// Makes every snapshot one that cannot be read.
    public func spoilSnapshots() {
        disk.state.withLock { state in for index in state.snapshots.indices { state.snapshots[index].state = nil } }
    }
}
