public import TradingModel

/// Something that happened outside, on its way to the loop. With a request, somebody waits for the answer.
public struct Input: Hashable, Sendable {
    public var event: Event
    public var request: RequestID?
    /// Whoever asks has shown to be the person whose money it is: only then may more be lost than before.
    public var mayRaise: Bool
    /// What a signal came in. The engine does not look at it; the loop keeps it with the facts when the signal is accepted.
    public var origin: SignalOrigin?
    public init(_ event: Event, request: RequestID? = nil, mayRaise: Bool = true, origin: SignalOrigin? = nil) {
        (self.event, self.request, self.mayRaise, self.origin) = (event, request, mayRaise, origin)
    }

    public enum Event: Hashable, Sendable {
        /// From a person, a program or a webhook. Recorded whatever becomes of it.
        case signal(Signal)
        /// From a built-in strategy of the session it names. Recorded when it is followed; refusals are counted.
        case strategySignal(Signal)
        case cancelSignal(SignalID, owner: OwnerID, by: Label)

        indirect case addAccount(AccountID, owner: OwnerID, AccountProfile)
        case removeAccount(AccountID, owner: OwnerID, by: Label)
        /// Whether the account may trade with real money, as its owner said with the password typed again.
        case setRealTrading(AccountID, owner: OwnerID, Bool, by: Label)
        case setAccountLimits(AccountID, owner: OwnerID, ExposureLimits, by: Label)
        case setOwnerLimits(OwnerID, ExposureLimits, by: Label)
        /// How long whatever is raised waits: 0 to `Owner.promiseSecondsMost`.
        case setPromise(OwnerID, seconds: Int64, by: Label)
        case takeBackRaise(OwnerID, Int64, by: Label)

        indirect case createSession(SessionID, owner: OwnerID, account: AccountID, SessionPlan, by: Label)
        case startSession(SessionID, owner: OwnerID, by: Label)
        indirect case changePlan(SessionID, owner: OwnerID, SessionPlan, by: Label)
        case pauseSession(SessionID, owner: OwnerID, by: Label)
        case resumeSession(SessionID, owner: OwnerID, acceptDrawdown: Bool, by: Label)
        case stopSession(SessionID, owner: OwnerID, by: Label)
        /// What is flagged of a session of the previous system was looked at.
        case acceptReview(SessionID, owner: OwnerID, by: Label)
        /// Not from a person: the server has evidence against it.
        indirect case failSession(SessionID, evidence: String)
        case emergencyStop(OwnerID, by: Label)
        case liftEmergencyStop(OwnerID, by: Label)
        /// Of everybody's trading, by an operator; with a reason of 1 to `OperatorsStop.reasonLongest` bytes.
        case operatorsStop(reason: String, by: Label)
        case liftOperatorsStop(by: Label)

        case ask(SessionID, owner: OwnerID, RiskQuestion)

        /// What waits to be raised?
        case askPromise(OwnerID)
        /// Which contracts may an ambiguous buy be?
        case askCandidates(IntentID, owner: OwnerID)
        /// A person says which contract an ambiguous buy was, or that it was none of them.
        case resolveDoubt(IntentID, owner: OwnerID, contract: ContractID?, by: Label)

        /// Time-zone data that the engine will need; not a fact, made again at each start.
        indirect case calendar(TradingCalendar)
        case broker(AccountID, BrokerEvent)
        /// Time alone changed something.
        case deadline
        /// Put counted refusals on record now: the process is about to end.
        case flush
    }
}

/// Ties an answer to whoever waits for it. Given by the edge, unique in one process.
public struct RequestID: Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// What came of a request. It is given away only after the facts of its turn are durable.
public struct Answer: Hashable, Sendable {
    public let request: RequestID
    public let outcome: Outcome

    public enum Outcome: Hashable, Sendable {
        case done
        /// What each session made of a signal.
        case signal([SignalDecision])
        case risk(RiskAnswer)
        /// What an ambiguous buy may be, as the broker's statement shows it.
        case candidates([Contract])
        case promise(PromiseStanding)
        /// Nothing was changed.
        case declined(Decline)
    }
}

/// What a session made of a signal.
public enum SignalDecision: Hashable, Sendable {
    case intended(BuyIntent)
    case refused(SessionID?, Refusal, waits: Bool)
}

/// Why a request changed nothing. Stable codes of the API.
public enum Decline: String, Error, Hashable, Sendable, CaseIterable {
    case accountNotFound = "account_not_found"
    case accountInUse = "account_in_use"
    case accountExists = "account_exists"
    case sessionNotFound = "session_not_found"
    case sessionNotIdle = "session_not_idle"
    case sessionNotActive = "session_not_active"
    case sessionNotPaused = "session_not_paused"
    case sessionEnded = "session_ended"
    case currencyDiffers = "currency_differs"
    case emergencyStopped = "emergency_stopped"
    case stoppedByOperators = "stopped_by_operators"
    case drawdownNotAccepted = "drawdown_not_accepted"
    case limitStillReached = "limit_still_reached"
    case doubtUnresolved = "doubt_unresolved"
    case signalExists = "signal_exists"
    case signalNotFound = "signal_not_found"
    case signalNotPending = "signal_not_pending"
    case intentNotFound = "intent_not_found"
    case intentNotAmbiguous = "intent_not_ambiguous"
    case contractNotACandidate = "contract_not_a_candidate"
    case reviewNotAwaited = "review_not_awaited"
    case brokerNotServed = "broker_not_served"
    case personNeeded = "person_needed"
    case raiseNotFound = "raise_not_found"
    case overloaded
}
