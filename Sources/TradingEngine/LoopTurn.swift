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
    public mutating func begin(_ inputs: some Collection<Input>, at now: Timestamp) -> [Fact] {
        precondition(!isOpen, "a turn was begun before the last one was committed")
        isOpen = true
        engine.turn(inputs, at: now)
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
        defer { engine.clearOutput() }
        return Outcome(commands: engine.output.commands, answers: engine.output.answers)
    }
}

extension TradingEngine {
    mutating func turn(_ inputs: some Collection<Input>, at now: Timestamp) {
        // A fresh engine is told what a day is together with its first inputs, and time passes before those.
        for input in inputs { if case .calendar(let calendar) = input.event { reference.learn(calendar) } }
        passTime(at: now)
        for input in inputs { handle(input, at: now) }
        activate(at: now)
        for session in state.sessions.elements { review(session.id, at: now) }
        reconsider(at: now)
        checkInvariants(at: now)
    }

    mutating func clearOutput() {
        output.facts.removeAll(keepingCapacity: true)
        output.commands.removeAll(keepingCapacity: true)
        output.answers.removeAll(keepingCapacity: true)
    }
}

/// Proof that facts are durable: the journal made them rows `first ..< first + count`. Only `Journal.append` makes one.
public struct JournalReceipt: Sendable {
    public let first: Int64
    public let count: Int
    package init(first: Int64, count: Int) { (self.first, self.count) = (first, count) }
}
