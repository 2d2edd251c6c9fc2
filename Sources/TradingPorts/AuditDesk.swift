public import TradingModel

/// What the API may ask of the log of what was done. Proofs are an owner's own; the rest is for auditors.
public protocol AuditDesk: Sendable {
    /// The file that proves a trade of this owner; nil when there is no such trade, or it was taken over from the previous
    /// system. Throws `AuditBusy` while another is being made.
    func proof(of trade: IntentID, owner: OwnerID) async throws -> [UInt8]?
    /// Entries of the log, the newest first. A page may hold fewer than its length, or none, and still have a next.
    func entries(_ page: Page<AuditFilter>) async throws -> PageOf<AuditRow>
    /// Puts on the log what somebody did, durably: for what is a fact of the journal and is to be found here, too, or changed nothing.
    func enter(_ action: String, _ object: String, outcome: String, by doer: Doer) async throws
    /// Follows the whole log, for a minute at most. Throws `AuditBusy` while that is being done.
    func verify() async throws -> AuditFinding
}

/// One at a time: another is at it.
public struct AuditBusy: Error, Sendable { public init() {} }

/// Which entries; nil is any.
public struct AuditFilter: Sendable, Hashable {
    public var action: String?
    public var actor: String?
    /// Only what people and commands did, not what the trading loop put on record.
    public var acts: Bool
    /// Included.
    public var from: Timestamp?
    /// Not included.
    public var until: Timestamp?
    public init(action: String? = nil, actor: String? = nil, acts: Bool = false, from: Timestamp? = nil, until: Timestamp? = nil) {
        (self.action, self.actor, self.acts, self.from, self.until) = (action, actor, acts, from, until)
    }
}

public struct AuditRow: Sendable, Hashable {
    public var sequence: Int64
    public var at: Timestamp
    public var actor: String
    public var action: String
    public var object: String
    public var outcome: String
    /// 32 bytes.
    public var content: [UInt8]
    public init(sequence: Int64, at: Timestamp, actor: String, action: String, object: String, outcome: String, content: [UInt8]) {
        (self.sequence, self.at, self.actor, self.action, self.object, self.outcome, self.content) = (sequence, at, actor, action, object, outcome, content)
    }
}

/// What following the log came to.
public struct AuditFinding: Sendable, Hashable {
    /// Nil when it was given up after a minute: the command has all the time it takes.
    public var isWhole: Bool?
    /// Entries that were followed, facts that they stand for, checkpoints that agree, keys that signed them.
    public var entries: Int64
    public var facts: Int64
    public var checkpoints: Int
    public var signingKeys: Int
    public var faults: [String]
    public init(isWhole: Bool?, entries: Int64, facts: Int64, checkpoints: Int, signingKeys: Int, faults: [String]) {
        (self.isWhole, self.entries, self.facts, self.checkpoints) = (isWhole, entries, facts, checkpoints)
        (self.signingKeys, self.faults) = (signingKeys, faults)
    }
}

/// For a desk without a log: nothing is on it.
public struct NoAudit: AuditDesk {
    public init() {}
    public func proof(of trade: IntentID, owner: OwnerID) async throws -> [UInt8]? { nil }
    public func entries(_ page: Page<AuditFilter>) async throws -> PageOf<AuditRow> { PageOf(rows: [], next: nil) }
    public func enter(_ action: String, _ object: String, outcome: String, by doer: Doer) async throws {}
    public func verify() async throws -> AuditFinding {
        AuditFinding(isWhole: true, entries: 0, facts: 0, checkpoints: 0, signingKeys: 0, faults: [])
    }
}
