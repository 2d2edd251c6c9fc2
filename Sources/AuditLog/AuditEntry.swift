public import TradingModel

/// What somebody did, or what a turn of the trading loop put on record, with its place in the log.
public struct AuditEntry: Hashable, Sendable {
    /// 1, 2, 3 … without a gap.
    public let sequence: Int64
    /// For facts in broker time, else of this machine.
    public let at: Timestamp
    /// Who: `loop`, `owner 1`, `host` (a command on this machine).
    public let actor: String
    /// What: `facts`, `hook add`, `keys promote` …
    public let action: String
    /// Upon what: for facts the first and last number in the journal, `12-15`.
    public let object: String
    /// What came of it: `done`, or why not.
    public let outcome: String
    /// 32 bytes: for facts `FactRow.digest(of:)`; else the SHA-256 of what else belongs to it, or of nothing.
    public let content: [UInt8]

    public init(sequence: Int64, at: Timestamp, actor: String, action: String, object: String, outcome: String, content: [UInt8]) {
        precondition(content.count == AuditChain.hashLength, "a content of \(content.count) bytes")
        (self.sequence, self.at, self.actor, self.action, self.object, self.outcome, self.content) = (sequence, at, actor, action, object, outcome, content)
    }

    /// The action of an entry that stands for facts of the journal.
    public static let facts = "facts"
    /// The action of an entry that stands for what accepted signals came in.
    public static let origins = "origins"

    /// What the chain takes in of it: all of it.
    public var digest: [UInt8] {
        var canonical = CanonicalBytes("signalist audit entry 1")
        canonical.add(sequence); canonical.add(at.milliseconds)
        for text in [actor, action, object, outcome] { canonical.add(text) }
        canonical.add(content)
        return canonical.digest
    }

    /// The facts that it stands for; nil when it is about something else or its object is none.
    public var factNumbers: ClosedRange<Int64>? {
        action == AuditEntry.facts ? numbers : nil
    }

    /// The origins of signals that it stands for; nil when it is about something else or its object is none.
    public var originNumbers: ClosedRange<Int64>? { action == AuditEntry.origins ? numbers : nil }

    private var numbers: ClosedRange<Int64>? {
        let ends = object.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int64(ends[0]), let last = Int64(ends[1]), first >= 1, first <= last else { return nil }
        return first...last
    }

    public static func factNumbers(_ range: ClosedRange<Int64>) -> String { "\(range.lowerBound)-\(range.upperBound)" }
}
