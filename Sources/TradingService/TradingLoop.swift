import Foundation
import Synchronization
public import TradingAudit
public import TradingEngine
public import TradingModel
public import TradingPorts

/// The one writer. It takes what waits, lets the engine decide, makes the facts durable, and only then lets commands
/// and answers go. It runs on a thread of its own, because it waits for the disk and nothing else may.
public final class TradingLoop: Sendable {
    /// What is done with a turn once its facts are durable; all of these return at once.
    public struct Outlets: Sendable {
        public var command: @Sendable (BrokerCommand) -> Bool
        public var answer: @Sendable (Answer) -> Void
        /// Calls back once no buy of these accounts that was handed out before can leave any more.
        public var whenBuysHaveLeft: @Sendable ([AccountID], @escaping @Sendable () -> Void) -> Void
        public var committed: @Sendable ([JournalEntry], TradingEngine) -> Void
        /// The auditor found something.
        public var found: @Sendable (Finding) -> Void
        public init(
            command: @escaping @Sendable (BrokerCommand) -> Bool, answer: @escaping @Sendable (Answer) -> Void,
            whenBuysHaveLeft: @escaping @Sendable ([AccountID], @escaping @Sendable () -> Void) -> Void,
            committed: @escaping @Sendable ([JournalEntry], TradingEngine) -> Void, found: @escaping @Sendable (Finding) -> Void
        ) {
            (self.command, self.answer, self.whenBuysHaveLeft) = (command, answer, whenBuysHaveLeft)
            (self.committed, self.found) = (committed, found)
        }
    }

    private let inbox: Inbox
    private let journal: any ReadableJournal
    private let clock: TradingClock
    private let outlets: Outlets
    /// Facts between two snapshots.
    static let snapshotEvery: Int64 = 10_000
    /// Inputs that one turn takes at most: a commit stays short.
    static let turnMost = 512

    init(inbox: Inbox, journal: any ReadableJournal, clock: TradingClock, outlets: Outlets) {
        (self.inbox, self.journal, self.clock, self.outlets) = (inbox, journal, clock, outlets)
    }

    /// Runs until the inbox is closed and empty. Throws when the journal failed: this process's memory is then ahead of
    /// it, and the process must end. Throws a `Finding` when the auditor found what is not one session's own: the same.
    /// `begun` is told once, when what the start itself brings is durable: whoever reads from then on reads nothing of the last process.
    func run(_ restored: RestoredJournal, settings: EngineSettings, first: [Input], begun: () -> Void = {}) throws {
        var turn = LoopTurn(engine: TradingEngine(state: restored.state, settings: settings), nextSequence: restored.nextSequence)
        var ownerSequences = restored.ownerSequences, snapshotAt = restored.nextSequence
        var auditor = try auditor(of: restored, settings: settings)
        var waiting = try (act(on: auditor.compareAll(with: restored.state)) + first)[...]
        var hasBegun = false
        while true {
            if waiting.isEmpty {
                if !hasBegun { begun() }
                hasBegun = true
                guard let batch = inbox.take(until: wakeTime(turn.engine.nextDeadline)) else { break }
                waiting = batch[...]
            }
            let inputs = waiting.prefix(TradingLoop.turnMost)
            waiting = waiting.dropFirst(inputs.count)

            let now = clock.now()
            let facts = turn.begin(inputs, at: now)
            var receipt: JournalReceipt?
            var entries: [JournalEntry] = []
            if !facts.isEmpty {
                entries.reserveCapacity(facts.count)
                for (index, fact) in facts.enumerated() {
                    let next = ownerSequences[fact.owner, default: 0] + 1
                    ownerSequences[fact.owner] = next
                    entries.append(JournalEntry(sequence: turn.nextSequence + Int64(index), ownerSequence: next, fact: fact))
                }
                receipt = try journal.append(entries, rows: Projection.rows(facts, state: turn.engine.state) + origins(of: facts, inputs))  // durable first
            }
            let outcome = turn.committed(receipt)
            for command in outcome.commands where !outlets.command(command) { notTaken(command) }  // only then sent
            for answer in outcome.answers { give(answer, to: inputs, turn.engine.state) }
            if !entries.isEmpty {
                outlets.committed(entries, turn.engine)
                // Whatever follows has left by now; nothing more is decided before these facts were looked at.
                for entry in entries { auditor.take(entry.fact, sequence: entry.sequence, ownerSequence: entry.ownerSequence) }
                let failing = try act(on: auditor.compare(with: turn.engine.state))
                if !failing.isEmpty { waiting = (failing + waiting)[...] }
            }
            if turn.nextSequence - snapshotAt >= TradingLoop.snapshotEvery {
                try journal.keepSnapshot(turn.engine.state, after: turn.nextSequence - 1)
                snapshotAt = turn.nextSequence
            }
        }
        if turn.nextSequence > restored.nextSequence { try? journal.keepSnapshot(turn.engine.state, after: turn.nextSequence - 1) }
    }

    /// What the signals that these facts accept came in. Inputs are taken in their order, so facts are found in the same.
    private func origins(of facts: [Fact], _ inputs: ArraySlice<Input>) -> [RowChange] {
        var rows: [RowChange] = [], rest = inputs
        for fact in facts {
            guard case .signalAccepted(let signal) = fact.event else { continue }
            while let input = rest.popFirst() {
                guard input.event.proposed == signal else { continue }
                if let origin = input.origin { rows.append(.origin(signal.id, origin)) }
                break
            }
        }
        return rows
    }

    // MARK: The auditor

    /// More facts than this are not gone through once more at a start: the state that they fold to is taken over.
    static let retracedMost = 100_000

    /// Its books as they stand at the end of the journal.
    private func auditor(of restored: RestoredJournal, settings: EngineSettings) throws -> Auditor {
        let isRetraced = restored.replayed <= TradingLoop.retracedMost
        var auditor = Auditor(takingOver: isRetraced ? restored.base : restored.state, settings: settings)
        var next = restored.nextSequence - (isRetraced ? Int64(restored.replayed) : 0)
        while next < restored.nextSequence {
            let page = try journal.read(from: next, limit: 10_000)
            guard let last = page.last else { break }
            for entry in page { auditor.retrace(entry.fact) }
            next = last.sequence + 1
        }
        auditor.goOn(from: restored.nextSequence, owners: restored.ownerSequences, newestAt: restored.state.at)
        return auditor
    }

    /// A session's own broken invariant ends that session, before anything else is taken; any other one ends the process.
    private func act(on findings: [Finding]) throws -> [Input] {
        for finding in findings { outlets.found(finding) }
        return try findings.map { finding in
            guard case .session(let session) = finding.subject else { throw finding }
            return Input(.failSession(session, evidence: "\(finding)"))
        }
    }

    /// Who is told that buying has stopped may rely on it: a buy that the turns before handed to its line is out by then,
    /// or never will be.
    private func give(_ answer: Answer, to inputs: ArraySlice<Input>, _ state: EngineState) {
        guard answer.outcome == .done, let input = inputs.first(where: { $0.request == answer.request }) else { return outlets.answer(answer) }
        let accounts = input.event.stopsBuying(state)
        if accounts.isEmpty { return outlets.answer(answer) }
        outlets.whenBuysHaveLeft(accounts) { [outlets] in outlets.answer(answer) }
    }

    /// What a full line could not take. A buy is told; the rest is asked for again when its deadline comes.
    private func notTaken(_ command: BrokerCommand) {
        switch command {
        case .buy(let account, let intent): inbox.deliver(Input(.broker(account, .notSent(intent.id))))
        case .open, .close, .hangUp, .watch, .lookUp, .offers, .quote: break
        }
    }

    private func wakeTime(_ deadline: Timestamp?) -> Date? {
        guard let deadline else { return nil }
        let wait = max(0, deadline.milliseconds(since: clock.now())) / Int64(clock.speed) + 1
        return Date(timeIntervalSinceNow: Double(min(wait, 3_600_000)) / 1_000)
    }
}

extension Input.Event {
    fileprivate var proposed: Signal? {
        switch self {
        case .signal(let signal), .strategySignal(let signal): signal
        default: nil
        }
    }

    /// The accounts on which this, once done, ends or interrupts buying.
    fileprivate func stopsBuying(_ state: EngineState) -> [AccountID] {
        switch self {
        case .stopSession(let session, _, _), .pauseSession(let session, _, _): state.sessions.find(session).map { [$0.account] } ?? []
        case .emergencyStop(let owner, _): state.accounts.elements.filter { $0.owner == owner }.map(\.id)
        case .operatorsStop: state.accounts.elements.map(\.id)
        case .removeAccount(let account, _, _): [account]
        case .signal, .strategySignal, .cancelSignal, .addAccount, .setRealTrading, .setAccountLimits, .setOwnerLimits, .setPromise, .takeBackRaise,
            .createSession, .startSession,
            .changePlan,
            .resumeSession, .acceptReview, .liftEmergencyStop, .liftOperatorsStop, .ask, .askPromise, .askCandidates, .resolveDoubt, .calendar, .broker,
            .deadline, .failSession,
            .flush:
            []
        }
    }
}
