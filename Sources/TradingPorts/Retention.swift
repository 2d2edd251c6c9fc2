public import TradingModel

// What is not needed any more goes: by itself after set times, and a person's name and address when somebody says so.

/// Until when what has ended is kept.
public struct RetentionLimits: Sendable, Hashable {
    /// Visits that began before, or in which nothing was asked since, have ended.
    public var visitsBegan: Timestamp
    public var visitsSeen: Timestamp
    /// One-time codes that were good until before this.
    public var codes: Timestamp
    /// Notices, keys that have ended, and networks from which nobody logged in since.
    public var others: Timestamp
    public init(visitsBegan: Timestamp, visitsSeen: Timestamp, codes: Timestamp, others: Timestamp) {
        (self.visitsBegan, self.visitsSeen, self.codes, self.others) = (visitsBegan, visitsSeen, codes, others)
    }
}

/// What was removed.
public struct Removed: Sendable, Hashable {
    public var ended = Ended()
    public var codes = 0
    public var notices = 0
    public var networks = 0
    public init() {}

    /// `2 visits, 1 codes`; empty when it was nothing.
    public var words: String {
        [(ended.visits.count, "visits"), (ended.keys.count, "keys"), (codes, "codes"), (notices, "notices"), (networks, "networks")]
            .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
}

public enum ForgottenPerson: Sendable, Hashable {
    /// As it is from now on; the same when it was forgotten before.
    case forgotten(Person)
    case unknown
    /// Only who is disabled is forgotten.
    case notDisabled
}

/// Everything is durable when it returns, with its entry on the audit log.
public protocol RetentionStore: Sendable {
    /// Takes away name, address and all that let this person in or told where it was. The number stays, with what the books hold of it: facts and
    /// the audit log name people by their numbers alone. Nothing brings it back.
    func forget(_ person: OwnerID, by: Doer) async throws -> ForgottenPerson
    /// Removes what has ended; nothing is entered when that was nothing.
    func removeOld(_ limits: RetentionLimits) async throws -> Removed
}
