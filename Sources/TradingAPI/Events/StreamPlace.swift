// Where a stream of facts stands, as a value: where it begins, what of a batch is new, when it has to start over.

import TradingPorts

/// The owner's sequence number up to which a client has everything. What is sent next follows without gap or repeat.
struct StreamPlace: Hashable, Sendable {
    /// Further behind than this a client reads the lists again rather than every fact.
    static let behindMost: Int64 = 10_000

    private(set) var last: Int64

    /// Where a stream begins.
    enum Start: Hashable, Sendable {
        /// The client has everything up to here; what follows is read from the journal.
        case after(Int64)
        /// What the client says cannot be followed up: it is told so and goes on from the newest fact.
        case reset(newest: Int64)
    }

    /// `asked` is what the client had last, as it says; without it the stream begins with what happens next.
    static func start(asked: String?, newest: Int64) -> Start {
        guard let asked else { return .after(newest) }
        guard asked.utf8.count <= 19, asked.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let after = Int64(asked), after <= newest,
            newest - after <= behindMost
        else { return .reset(newest: newest) }
        return .after(after)
    }

    init(last: Int64) { self.last = last }

    enum Step: Hashable, Sendable {
        case send([JournalEntry])
        /// Something before these is missing: read the journal from `last` on.
        case gap
    }

    /// What of these the client has not had, in order. A gap changes nothing.
    mutating func take(_ entries: [JournalEntry]) -> Step {
        let new = entries.filter { $0.ownerSequence > last }
        guard let first = new.first, let end = new.last else { return .send([]) }
        guard first.ownerSequence == last + 1, end.ownerSequence == last + Int64(new.count) else { return .gap }
        last = end.ownerSequence
        return .send(new)
    }
}
