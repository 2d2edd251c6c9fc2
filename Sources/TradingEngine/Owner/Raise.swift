public import TradingModel

/// Something that an owner asked for and that lets more be lost. It waits as long as the owner chose when calm, and acts then, but never
/// while what it concerns loses. It can be taken back at any time, and another change of the same takes its place.
public struct Raise: Hashable, Sendable, Codable {
    /// Counts the owner's raises from 1.
    public let id: Int64
    public let change: Change
    public let requestedAt: Timestamp
    /// It acts at this moment at the earliest.
    public let dueAt: Timestamp
    public let by: Label

    public init(id: Int64, change: Change, requestedAt: Timestamp, dueAt: Timestamp, by: Label) {
        (self.id, self.change, self.requestedAt, self.dueAt, self.by) = (id, change, requestedAt, dueAt, by)
    }

    /// What holds once it acts: all of what was asked for, not only what was raised.
    public indirect enum Change: Hashable, Sendable, Codable {
        /// A shorter time to wait.
        case promise(seconds: Int64)
        case ownerLimits(ExposureLimits)
        case accountLimits(AccountID, ExposureLimits)
        case plan(SessionID, SessionPlan)
        /// The session resumes and measures its drawdown anew.
        case acceptDrawdown(SessionID)
        case liftEmergencyStop

        /// The zone whose days it is to be followed in, if it is a plan.
        public var zone: Label? { if case .plan(_, let plan) = self { plan.zone } else { nil } }

        public var subject: Subject {
            switch self {
            case .promise: .promise
            case .ownerLimits: .ownerLimits
            case .accountLimits(let account, _): .accountLimits(account)
            case .plan(let session, _): .plan(session)
            case .acceptDrawdown(let session): .drawdown(session)
            case .liftEmergencyStop: .emergencyStop
            }
        }
    }

    /// What it changes. Of one subject one raise waits at most.
    public enum Subject: Hashable, Sendable {
        case promise, ownerLimits, emergencyStop
        case accountLimits(AccountID)
        case plan(SessionID)
        case drawdown(SessionID)
    }
}

/// How an owner's promise stands.
public struct PromiseStanding: Hashable, Sendable {
    /// How long what is raised waits; 0 is not at all.
    public var seconds: Int64
    /// In the order in which they were asked for.
    public var raises: [Waiting]

    public struct Waiting: Hashable, Sendable {
        public var raise: Raise
        /// What it concerns loses: as long as that holds it does not act, due or not.
        public var isHeld: Bool
        public init(_ raise: Raise, isHeld: Bool) { (self.raise, self.isHeld) = (raise, isHeld) }
    }

    public init(seconds: Int64, raises: [Waiting]) { (self.seconds, self.raises) = (seconds, raises) }
}

extension Owner {
    /// What was asked for about this is done, or has nothing to change any more.
    mutating func settle(_ subject: Raise.Subject) { raises.removeAll { $0.change.subject == subject } }

    mutating func take(_ raise: Raise) {
        settle(raise.change.subject)
        raises.append(raise)
        raisesMade = max(raisesMade, raise.id)
    }
}

extension EngineState {
    /// A fact about limits that acts takes the place of what waited to change them.
    mutating func settleRaises(by fact: Fact) {
        guard let owner = owners.place(of: fact.owner), !owners[at: owner].raises.isEmpty else { return }
        switch fact.event {
        case .promiseLockSet: owners[at: owner].settle(.promise)
        case .emergencyStopped, .emergencyStopLifted: owners[at: owner].settle(.emergencyStop)
        case .ownerLimitsSet: owners[at: owner].settle(.ownerLimits)
        case .accountLimitsSet, .accountRemoved: owners[at: owner].settle(.accountLimits(fact.account!))
        case .planChanged: owners[at: owner].settle(.plan(fact.session!))
        case .resumed: owners[at: owner].settle(.drawdown(fact.session!))
        case .stopping, .stopped, .failed:
            owners[at: owner].settle(.plan(fact.session!))
            owners[at: owner].settle(.drawdown(fact.session!))
        default: break
        }
    }
}
