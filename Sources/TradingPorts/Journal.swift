public import TradingEngine
public import TradingModel

/// The journal of facts, and the tables that follow from it, as the loop needs them. Synchronous on purpose: the loop
/// has a thread of its own and nothing else to do until the facts are durable.
public protocol Journal: Sendable {
    /// Makes the entries rows of the journal and applies the row changes, in one transaction that survives a power
    /// failure once this returns. Throws when that did not happen, whatever the reason (a sequence number or an intent
    /// that is there already among them): the caller's memory is then ahead of the journal and must not be used again.
    ///
    /// Of a journal that can be opened, only the newest opening writes: whether it still is, is decided in the same transaction, and
    /// any other one throws `StaleEpoch`.
    func write(_ entries: [JournalEntry], rows: [RowChange]) throws
}

extension Journal {
    /// The receipt for exactly these entries, of which there is one at least. The one place that makes one.
    public func append(_ entries: [JournalEntry], rows: [RowChange]) throws -> JournalReceipt {
        try write(entries, rows: rows)
        return JournalReceipt(first: entries[0].sequence, count: entries.count)
    }
}

/// A fact with its place in the journal and in its owner's own gapless sequence.
public struct JournalEntry: Sendable, Hashable {
    public let sequence: Int64
    public let ownerSequence: Int64
    public let fact: Fact
    public init(sequence: Int64, ownerSequence: Int64, fact: Fact) { (self.sequence, self.ownerSequence, self.fact) = (sequence, ownerSequence, fact) }
}

/// The entries do not continue the journal: a number or an intent is there already, or a number is left out. Nothing of
/// them was written.
public struct JournalConflict: Error, Hashable, Sendable, CustomStringConvertible {
    public var sequence: Int64
    public var reason: String
    public init(sequence: Int64, reason: String) { (self.sequence, self.reason) = (sequence, reason) }
    public var description: String { "fact \(sequence) does not continue the journal: \(reason)" }
}

/// The journal was opened again after it was opened here: that opening is its only writer now. Nothing was written.
public struct StaleEpoch: Error, Hashable, Sendable, CustomStringConvertible {
    public var own: Int64
    public var current: Int64
    public init(own: Int64, current: Int64) { (self.own, self.current) = (own, current) }
    public var description: String { "the journal was opened again by another process (epoch \(current), ours is \(own)): nothing more is written here" }
}

/// What is needed at a start: the state that the journal folds to, and where it ends.
public protocol ReadableJournal: Journal {
    /// The number of this opening. Each is higher than every one before it, and was durable before this opening wrote anything. Every
    /// fact is kept with the epoch that wrote it.
    var epoch: Int64 { get }
    /// The newest usable snapshot and the facts after it, or nil and all facts. A snapshot that cannot be read is ignored.
    func restore() throws -> RestoredJournal
    /// Facts from `sequence` on, at most `limit`, in order.
    func read(from sequence: Int64, limit: Int) throws -> [JournalEntry]
    /// Keeps the state after `sequence` facts; it may be thrown away at any time.
    func keepSnapshot(_ state: EngineState, after sequence: Int64) throws
}

public struct RestoredJournal: Sendable {
    public var state: EngineState
    /// The snapshot's state, or that of no fact: the `replayed` newest facts lead from here to `state`.
    public var base: EngineState
    /// Sequence number of the next fact.
    public var nextSequence: Int64
    /// The newest number of each owner's own sequence.
    public var ownerSequences: [OwnerID: Int64]
    /// Facts that were folded one by one.
    public var replayed: Int
    public init(state: EngineState, base: EngineState = EngineState(), nextSequence: Int64, ownerSequences: [OwnerID: Int64], replayed: Int) {
        self.base = base
        (self.state, self.nextSequence, self.ownerSequences, self.replayed) = (state, nextSequence, ownerSequences, replayed)
    }
}
