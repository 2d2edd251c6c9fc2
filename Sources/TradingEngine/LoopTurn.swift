public import TradingModel

/// One turn of the loop as a synchronous value: inputs become facts, and only a receipt for exactly these facts opens
/// the commands and answers that follow from them. The async loop only drives it; the simulation drives the same.
public struct LoopTurn: Sendable {
    public private(set) var engine: TradingEngine
    /// Sequence number of the next fact in the journal.
    public private(set) var nextSequence: Int64
    private var isOpen = false

    /// What may leave once the facts are durable.
    public struct Outcome: Sendable {
        public var commands: [BrokerCommand]
        public var answers: [Answer]
    }

    public init(engine: TradingEngine, nextSequence: Int64) { (self.engine, self.nextSequence) = (engine, nextSequence) }

    /// The facts that these inputs come to, in order.
    public mutating func begin(_ inputs: ArraySlice<Input>, at now: Timestamp) -> [Fact] {
        precondition(!isOpen, "a turn was begun before the last one was committed")
        isOpen = true
        engine.turn(inputs, at: now)
        #if SeededBugs
        if SeededBug.recordsAfterSending.isPlanted { engine.recordIntentsLate() }
        #endif
        return engine.output.facts
    }

    /// What follows from the facts. The receipt proves that they are durable; there is none when there were no facts.
    public mutating func committed(_ receipt: JournalReceipt?) -> Outcome {
        precondition(isOpen, "a turn was committed that was not begun")
        if let receipt {
            precondition(receipt.first == nextSequence && receipt.count == engine.output.facts.count, "the receipt is not this turn's")
            nextSequence += Int64(receipt.count)
        } else {
            precondition(engine.output.facts.isEmpty, "facts without a receipt")
        }
        isOpen = false
        return engine.takeOutcome()
    }
}

extension TradingEngine {
    mutating func turn(_ inputs: ArraySlice<Input>, at now: Timestamp) {
        // The zones' days that a new process is told first are needed before any day passes.
        var next = inputs.startIndex
        // And a session that must not run again fails before its time passes.
        leading: while next < inputs.endIndex {
            switch inputs[next].event {
            case .calendar(let calendar):
                reference.learn(calendar, at: now)
                reply(.done, to: inputs[next].request)
            case .failSession: handle(inputs[next], at: now)
            default: break leading
            }
            next += 1
        }
        passTime(at: now)
        for index in next..<inputs.endIndex { handle(inputs[index], at: now) }
        activate(at: now)
        applyRaises(at: now)
        for id in state.sessions.live(where: { $0.phase == .active && $0.openOrUnresolved == 0 || $0.phase == .stopping }) { review(id, at: now) }
        reconsider(at: now)
        checkInvariants(at: now)
    }

    /// Gives away what may leave, and begins anew with room for as much again.
    mutating func takeOutcome() -> LoopTurn.Outcome {
        let outcome = LoopTurn.Outcome(commands: output.commands, answers: output.answers)
        output.facts.removeAll(keepingCapacity: true)
        (output.commands, output.answers) = ([], [])
        output.commands.reserveCapacity(outcome.commands.count)
        output.answers.reserveCapacity(outcome.answers.count)
        return outcome
    }
}

/// Proof that facts are durable: the journal made them rows `first ..< first + count`. Only `Journal.append` makes one.
public struct JournalReceipt: Sendable {
    public let first: Int64
    public let count: Int
    package init(first: Int64, count: Int) { (self.first, self.count) = (first, count) }
}
