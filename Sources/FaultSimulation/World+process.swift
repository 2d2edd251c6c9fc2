import DerivSimulator
import DerivWire
import SimulatedMarket
import TradingAudit
import TradingEngine
import TradingModel
import TradingPorts

/// Everything of our process that is in memory only.
struct Process {
    var turn: LoopTurn
    var time: BrokerTime
    let started: Int64
    var lines: [DerivLine?]
    /// The wire of each account's line, while there is one.
    var connections: [Int?]
    var lineDueAt: [Int64?]
    var inbox: [Input] = []
    var isTurnPlanned = false
    var isCommitting = false
    var facts: [Fact] = []
    var rows: [RowChange] = []
    var wakeAt: Int64?
    var ownerSequences: [OwnerID: Int64]
    /// As in production: made anew at each start.
    var auditor: Auditor
    /// Commands reach their line in order.
    var commandDue: Int64 = 0
    var nextRequest: UInt64 = 1
    /// What people asked and were not yet answered.
    var asked: [(request: RequestID, what: Asked)] = []
    /// No account has come up since the start.
    var isRecovering = true
}

// Our process: the loop's turns, the commit, commands on their way to the lines. It may die at every step.
extension World {
    /// Inputs that may wait, as in production.
    static let inboxCapacity = 4_096
    static let turnMost = 512

    func boot() throws(Stop) {
        life += 1
        report.count(.restart)
        var state: EngineState, from = 0, sequences: [OwnerID: Int64], base: (state: EngineState, count: Int)?
        if let store {
            let restored = try restored(store)
            (state, sequences, from) = (restored.state, restored.ownerSequences, journal.count)
            base = (restored.base, from - restored.replayed)
        } else if let snapshot, faults.chance(percent: 80) {
            (state, from, sequences) = (snapshot.state, snapshot.count, snapshot.ownerSequences)
            report.count(.restartFromSnapshot)
        } else {
            (state, sequences) = (EngineState(), [:])
        }
        let (first, firstCount) = base ?? (state, from)
        var auditor = Auditor(takingOver: first, settings: settings.engine)
        for (index, row) in journal.rows(from: firstCount).enumerated() {
            do throws(FactCodingError) {
                let fact = try row.fact()
                auditor.retrace(fact)
                // What the store restored is folded already.
                if firstCount + index >= from { state.evolve(fact) }
            } catch { throw .failed(failure(Violation("I12", "the journal cannot be read: \(error)"))) }
            sequences[row.owner] = row.ownerSequence
        }
        auditor.goOn(from: Int64(journal.count) + 1, owners: sequences, newestAt: state.at)
        try heed(auditor.compareAll(with: state))
        try oracle { judge throws(Violation) in try judge.checkRestored(state) }
        for account in state.accounts.elements where !account.unresolved.isEmpty { report.count(.unresolvedAtRestart) }
        for session in state.sessions.elements where !session.open.isEmpty { report.count(.openAtRestart) }
        var wall = now
        if swarm.wallClockOff > 0 {
            wall += faults.pick(-swarm.wallClockOff...swarm.wallClockOff)
            report.count(.wallClockOff)
        }
        let start = max(Timestamp(milliseconds: wall), state.at)
        note("process \(life) starts, \(journal.count) facts")
        process = Process(
            turn: LoopTurn(engine: TradingEngine(state: state, settings: settings.engine), nextSequence: Int64(journal.count) + 1),
            time: BrokerTime(start: start), started: now, lines: Array(repeating: nil, count: accounts.count),
            connections: Array(repeating: nil, count: accounts.count), lineDueAt: Array(repeating: nil, count: accounts.count), ownerSequences: sequences,
            auditor: auditor)
        for account in state.accounts.elements where !account.isRemoved { try take(.open(account.id, account.profile)) }
        offer(Input(.calendar(zone)))
        for account in state.accounts.elements { offer(Input(.broker(account.id, .lineDown(cause: Label("restarted")!, clean: false)))) }
        if state.accounts.isEmpty { openBusiness() }
    }

    /// A process of ours ends here and now, if chance or the script says so.
    func mayDie(_ place: @autoclosure () -> String) throws(Stop) {
        if let script = settings.script {
            guard isArmed else { return }
            countPoint()
            if script.deaths.contains(points) { try die(place()) }
        } else if swarm.death > 0, faults.pick(0...99_999) < swarm.death {
            try die(place())
        }
    }

    /// What was only in memory is gone. What the kernel had of us may still arrive at the broker, or not.
    func die(_ place: String) throws(Stop) {
        guard let process else { return }
        note("dies")
        trace.remark("that was \(place)", at: now)
        if place == "before the commit" { report.count(.diedBeforeCommit) }
        if place == "after the commit" { report.count(.diedAfterCommit) }
        report.count(process.isRecovering && life > 1 ? .deathInRecovery : .death)
        for connection in process.connections { if let connection { abandon(connection) } }
        losesDisk()
        self.process = nil
        life += 1
        let down = settings.script == nil ? faults.pick(200...max(201, swarm.downMost)) : 3_000
        plan(.boot, after: down)
        throw .died
    }

    /// Broker time as our process reckons it.
    func ours() -> Timestamp { process!.time.now(elapsed: now - process!.started) }

    // MARK: Inputs

    /// For what must not be lost: broker's events, calendars. False when the process is not there.
    @discardableResult
    func offer(_ input: Input) -> Bool {
        guard process != nil else { return false }
        process!.inbox.append(input)
        planTurn()
        return true
    }

    /// From people: they are turned away when the inbox is full.
    func ask(_ event: Input.Event, _ what: Asked, mayRaise: Bool = true) {
        guard process != nil, process!.inbox.count < World.inboxCapacity else { return }
        let request = RequestID(rawValue: process!.nextRequest)
        process!.nextRequest += 1
        process!.asked.append((request, what))
        offer(Input(event, request: request, mayRaise: mayRaise))
    }

    func planTurn() {
        guard !process!.isTurnPlanned, !process!.isCommitting else { return }
        process!.isTurnPlanned = true
        plan(.turn(life: life), after: settings.script == nil ? network.pick(0...2) : 0)
    }

    func woken() throws(Stop) {
        process!.wakeAt = nil
        if process!.isCommitting || process!.isTurnPlanned { return }
        try turn()
    }

    // MARK: A turn

    func turn() throws(Stop) {
        process!.isTurnPlanned = false
        if process!.isCommitting { return }
        let inputs = Array(process!.inbox.prefix(World.turnMost))
        process!.inbox.removeFirst(inputs.count)
        try oracle { judge throws(Violation) in try judge.checkQueues(inbox: inputs.count) }
        let facts = process!.turn.begin(inputs[...], at: ours())
        if facts.isEmpty {
            try finish(nil)
        } else {
            process!.facts = facts
            process!.rows = Projection.rows(facts, state: process!.turn.engine.state)
            process!.isCommitting = true
            var wait = settings.script == nil ? network.pick(1...4) : 2
            if strikes(swarm.slowDisk, .slowDisk) { wait += faults.pick(100...12_000) }
            plan(.commit(life: life), after: wait)
        }
    }

    func commit() throws(Stop) {
        try mayDie("before the commit")
        let facts = process!.facts, first = process!.turn.nextSequence
        var entries: [JournalEntry] = []
        entries.reserveCapacity(facts.count)
        for (index, fact) in facts.enumerated() {
            let next = process!.ownerSequences[fact.owner, default: 0] + 1
            process!.ownerSequences[fact.owner] = next
            entries.append(JournalEntry(sequence: first + Int64(index), ownerSequence: next, fact: fact))
        }
        if store == nil, swarm.writeError > 0, faults.pick(0...9_999) < swarm.writeError {
            let isKept = faults.chance(percent: 50)
            report.count(isKept ? .writeErrorKept : .writeErrorLost)
            journal.failNext(isKept ? .kept : .lost)
        }
        if let store { return try commit(entries, facts, to: store) }
        let receipt: JournalReceipt
        do { receipt = try journal.append(entries, rows: process!.rows) } catch let error as SimulatedJournal.WriteError {
            try judgeNew(facts)
            return try die("of a write error (\(error))")
        } catch { throw .failed(failure(Violation("I12", "the journal refused: \(error)"))) }
        try committed(receipt, entries)
    }

    func committed(_ receipt: JournalReceipt, _ entries: [JournalEntry]) throws(Stop) {
        try audit(entries)
        try judgeNew(entries.map(\.fact))
        try mayDie("after the commit")
        process!.isCommitting = false
        try finish(receipt)
        if process!.turn.nextSequence > Int64(snapshot?.count ?? 0) + 200 {
            outside += 1
            snapshot = (journal.count, process!.turn.engine.state, process!.ownerSequences)
            if let store { try storage { try store.keepSnapshot(snapshot!.state, after: Int64(snapshot!.count)) } }
        }
    }

    /// The same as in production, which has no ledger of the broker's to look into.
    private func audit(_ entries: [JournalEntry]) throws(Stop) {
        for entry in entries { process!.auditor.take(entry.fact, sequence: entry.sequence, ownerSequence: entry.ownerSequence) }
        try heed(process!.auditor.compare(with: process!.turn.engine.state))
    }

    private func heed(_ findings: [Finding]) throws(Stop) {
        if let first = findings.first { throw .failed(failure(Violation("auditor \(first.invariant)", "\(first)"))) }
    }

    /// The oracles see what is on disk, which a write error may have kept.
    func judgeNew(_ facts: [Fact]) throws(Stop) {
        let rows = journal.rows(from: judged)
        judged += rows.count
        for (row, fact) in zip(rows, facts) {
            note(fact.line)
            count(fact)
            try oracle { judge throws(Violation) in
                try judge.checkCoding(row, fact)
                try judge.record(fact, self)
            }
        }
    }

    private func finish(_ receipt: JournalReceipt?) throws(Stop) {
        let outcome = process!.turn.committed(receipt)
        for command in outcome.commands {
            process!.commandDue = max(process!.commandDue, now + (settings.script == nil ? network.pick(0...2) : 0))
            queue.plan(.command(life: life, command), at: process!.commandDue)
        }
        // Who stops is told after the buys that are on their way to the line, as the loop does it.
        if !outcome.answers.isEmpty { queue.plan(.answers(life: life, outcome.answers), at: max(now, process!.commandDue)) }
        if !process!.inbox.isEmpty { planTurn() }
        planWake()
    }

    func planWake() {
        guard let deadline = process!.turn.engine.nextDeadline else { return }
        let at = now + max(0, deadline.milliseconds(since: ours())) + 1
        if let planned = process!.wakeAt, planned > now, planned <= at { return }
        process!.wakeAt = at
        queue.plan(.wake(life: life, at: at), at: at)
    }

    func answered(_ answer: Answer) throws(Stop) {
        guard let index = process!.asked.firstIndex(where: { $0.request == answer.request }) else { return }
        let what = process!.asked.remove(at: index).what
        if case .declined(let decline) = answer.outcome { return note("declined: \(decline.rawValue)") }
        if what == .resolveDoubt { report.count(.resolvedByPerson) }
        judge.acknowledged(what, at: now)
        if case .limits(let asked) = what { try oracle { judge throws(Violation) in try judge.checkLowered(asked) } }
    }

    private func count(_ fact: Fact) {
        for point in Reached.points(of: fact.event) { report.count(point) }
        switch fact.event {
        // The oracles' state is still the one before this fact.
        case .buyConfirmed(let id, _, .some):
            let isDoubted = judge.folded.accounts[fact.account!].unresolved.contains { $0.intent.id == id && $0.isInDoubt }
            if isDoubted { report.count(.confirmedByLateAnswer) }
        case .buyIntended: if zone.day(at: fact.at) > zone.day(at: Timestamp(milliseconds: began)) { report.count(.tradedAfterMidnight) }
        default: break
        }
    }
}
