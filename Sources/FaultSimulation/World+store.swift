import TradingEngine
import TradingModel
import TradingPorts

// Runs whose journal is the production store, on a disk that loses its power when the process dies, and refuses a write now and then.
extension World {
    /// What the store says is on record. The array that the oracles read is brought to the same.
    func restored(_ store: any SimulatedStorage) throws(Stop) -> RestoredJournal {
        let restored = try storage { try store.start() }, known = journal.count
        let rest = try storage { try store.entries(from: Int64(known) + 1) }
        if let lost = unacknowledged, !rest.isEmpty {
            if rest != lost.entries { throw .failed(failure(Violation("I12", "of a turn of \(lost.entries.count) facts \(rest.count) are on the disk"))) }
            try storage { try journal.write(lost.entries, rows: lost.rows) }
            try judgeNew(lost.facts)
        } else if !rest.isEmpty {
            throw .failed(failure(Violation("I12", "\(rest.count) facts are on the disk that nobody wrote")))
        }
        unacknowledged = nil
        // What is on the disk was written by the process that died.
        let found = try storage { try store.epochs(from: Int64(known) + 1) }
        try oracle { judge throws(Violation) in try judge.checkEpochs(found) }
        try checkOpening(store)
        if restored.nextSequence != Int64(journal.count) + 1 {
            throw .failed(failure(Violation("I12", "the store goes on at \(restored.nextSequence), \(journal.count) facts were acknowledged")))
        }
        report.count(.restartFromStore)
        if restored.replayed < journal.count { report.count(.restartFromSnapshot) }
        // Another process on the same file would make a second writer.
        if store.letsAnotherIn() { throw .failed(failure(Violation("I14", "a second store of the same file was opened"))) }
        if storageDice.chance(percent: 20) { try overtake(store, restored) }
        return restored
    }

    private func checkOpening(_ store: any SimulatedStorage) throws(Stop) {
        let epoch = try storage { try store.epoch }
        try oracle { judge throws(Violation) in try judge.checkOpening(epoch) }
    }

    /// The process is paused, another one takes over around the lock, and the first goes on.
    private func overtake(_ store: any SimulatedStorage, _ restored: RestoredJournal) throws(Stop) {
        let owner = OwnerID(rawValue: 1)
        let entry = JournalEntry(
            sequence: restored.nextSequence, ownerSequence: (restored.ownerSequences[owner] ?? 0) + 1,
            fact: Fact(at: restored.state.at, owner: owner, .emergencyStopLifted(by: Label("who was paused")!)))
        report.count(.overtaken)
        let isRefused = try storage { try store.isOvertaken(writing: [entry]) }
        let written = try storage { try store.entries(from: restored.nextSequence) }
        if !isRefused || !written.isEmpty {
            throw .failed(failure(Violation("I14", "who was overtaken wrote \(written.count) facts, \(isRefused ? "" : "not ")refused")))
        }
        try checkOpening(store)
    }

    /// Any error that the swarm did not ask for is one.
    @discardableResult
    func storage<Value>(_ body: () throws -> Value) throws(Stop) -> Value {
        do { return try body() } catch { throw .failed(failure(Violation("I12", "the store: \(error)"))) }
    }

    func commit(_ entries: [JournalEntry], _ facts: [Fact], to store: any SimulatedStorage) throws(Stop) {
        let rows = process!.rows
        var isFaulty = false
        // Deaths within a commit among them, for the points before and after it are not all.
        let chance = (swarm.writeError + swarm.death / 20) * 4
        if chance > 0, storageDice.pick(0...9_999) < chance {
            isFaulty = true
            let dies = storageDice.chance(percent: 50)
            report.count(dies ? .diskDied : .diskFull)
            // A commit is some tens of writes and a sync.
            store.fail(after: Int(storageDice.pick(0...40)), dying: dies)
        }
        unacknowledged = (entries, rows, facts)
        let receipt: JournalReceipt
        do { receipt = try store.append(entries, rows: rows) } catch {
            if isFaulty { return try die("of a disk that failed") }
            throw .failed(failure(Violation("I12", "the store: \(error)")))
        }
        store.heal()
        unacknowledged = nil
        let epochs = try storage { try store.epochs(from: receipt.first) }
        try oracle { judge throws(Violation) in try judge.checkEpochs(epochs) }
        try storage { try journal.write(entries, rows: rows) }
        try committed(receipt, entries)
    }

    /// With the process goes, one time in two, the power.
    func losesDisk() {
        guard let store else { return }
        let power = storageDice.chance(percent: 50)
        if power { report.count(.powerLost) }
        if store.die(power: power, &storageDice) > 0 { report.count(.powerTore) }
    }
}

extension Judge {
    /// I14: every opening of the store has a higher epoch than any before it.
    mutating func checkOpening(_ epoch: Int64) throws(Violation) {
        if epoch <= newestEpoch { throw Violation("I14", "the store was opened as epoch \(epoch), after \(newestEpoch)") }
        newestEpoch = epoch
    }

    /// I14: what was committed, intents among it, bears the epoch that was current then.
    func checkEpochs(_ epochs: [Int64]) throws(Violation) {
        if let other = epochs.first(where: { $0 != newestEpoch }) { throw Violation("I14", "a fact of epoch \(other) was written, \(newestEpoch) is current") }
    }

    /// I12 of the store: it holds the same facts, and its tables are those that a rebuild from them makes.
    func checkStore(_ store: any SimulatedStorage, _ journal: SimulatedJournal) throws(Violation) {
        do {
            let entries = try store.entries(from: 1)
            let rows = journal.rows
            guard entries.count == rows.count else { throw Violation("I12", "the store has \(entries.count) facts, \(rows.count) were acknowledged") }
            for (entry, row) in zip(entries, rows) {
                if try entry.fact != row.fact() || entry.ownerSequence != row.ownerSequence {
                    throw Violation("I12", "fact \(entry.sequence) of the store is another")
                }
            }
            let differences = try store.differencesToARebuild()
            if !differences.isEmpty { throw Violation("I12", "the store's tables differ from a rebuild in \(differences.joined(separator: ", "))") }
        } catch let violation as Violation { throw violation } catch { throw Violation("I12", "the store: \(error)") }
    }
}
