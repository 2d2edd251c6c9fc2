public import TradingModel

/// An invariant that does not hold, whose it is, and what shows it.
public struct Finding: Error, Hashable, Sendable, CustomStringConvertible {
    /// Whose figures cannot be trusted any more: the session's alone, or those of its account and of everything on it, or the journal's.
    public enum Subject: Hashable, Sendable {
        case session(SessionID)
        case account(AccountID)
        case journal
    }

    /// Its name in docs/exactly-once.md.
    public let invariant: String
    public let subject: Subject
    public let evidence: String

    public init(_ invariant: String, _ subject: Subject, _ evidence: String) { (self.invariant, self.subject, self.evidence) = (invariant, subject, evidence) }

    /// `session 7`, `account 3` or `journal`.
    public var object: String {
        switch subject {
        case .session(let id): "session \(id)"
        case .account(let id): "account \(id)"
        case .journal: "journal"
        }
    }
    public var description: String { "broken invariant \(invariant) of \(object): \(evidence)" }
}
