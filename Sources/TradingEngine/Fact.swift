public import TradingModel

/// What is put on record, with its moment in broker time and whom it is about. Never changed, never deleted.
public struct Fact: Hashable, Sendable {
    public let at: Timestamp
    public let owner: OwnerID
    public let account: AccountID?
    public let session: SessionID?
    public let event: Event

    public init(at: Timestamp, owner: OwnerID, account: AccountID? = nil, session: SessionID? = nil, _ event: consuming Event) {
        (self.at, self.owner, self.account, self.session, self.event) = (at, owner, account, session, event)
    }

    public enum Event: Hashable, Sendable {
        // About an owner.
        case emergencyStopped(by: Label)
        case emergencyStopLifted(by: Label)
        case ownerLimitsSet(ExposureLimits, by: Label)
        /// The signal is on record; what each session makes of it follows in the same commit.
        case signalAccepted(Signal)
        case signalCancelled(SignalID, by: Label)
        /// How long whatever is raised waits from now on.
        case promiseLockSet(seconds: Int64, by: Label)
        /// Of a limit of the owner's, of an account's or of a session's. It acts as the fact that it is then.
        indirect case raiseRequested(Raise)
        case raiseTakenBack(Int64, by: Label)

        // About everybody.
        case operatorsStopped(reason: String, by: Label)
        case operatorsStopLifted(by: Label)

        // About an account.
        indirect case accountAdded(AccountProfile)
        case accountRemoved(by: Label)
        case accountLimitsSet(ExposureLimits, by: Label)
        /// Its owner lets the account trade with real money, or takes that back.
        case realTradingSet(Bool, by: Label)
        case lineUp(balance: Money, newest: TransactionID?)
        case lineDown(cause: Label, clean: Bool)
        /// The broker does not take the account's token.
        case loginRefused(code: Label)
        /// Nothing is bought on the account until the line says that it may be: after repeated failures, when the broker
        /// says that it is asked too much, and when no call is left. `until` at the earliest.
        case circuitOpened(cause: Label, until: Timestamp)
        case circuitClosed
        /// Money moved without our doing, or the balance was read anew.
        case balanceReported(Money, TransactionID?)
        case lookUpAsked
        /// A look-up ended. Everything booked up to here is explained; nil when a row was missing.
        case lookUpEnded(walkedTo: TransactionID?)
        /// A contract that no intent of ours explains.
        case outsideTradeSeen(ContractID, TransactionID, price: Money)

        // About a session.
        indirect case sessionCreated(SessionPlan, by: Label)
        case sessionStarting(by: Label)
        case sessionStarted(balance: Money)
        indirect case planChanged(SessionPlan, by: Label)
        case paused(PauseCause, by: Label)
        /// `streakCleared`: losses in a row are counted from 0 again. `peakCleared`: drawdown is measured from the
        /// present equity on.
        case resumed(by: Label, streakCleared: Bool, peakCleared: Bool)
        case stopping(by: Label)
        case stopped(by: Label)
        indirect case failed(evidence: String)
        case dayOpened(TradingDay, from: Timestamp)
        /// `waits`: it stays pending and is decided again when something changes.
        case signalRefused(SignalID, Refusal, waits: Bool)
        case signalExpired(SignalID)
        /// A strategy's signals that were refused alike since the last such fact.
        case refusalsCounted(strategy: Label, Refusal, count: Int64)

        /// What would it pay? The signal waits for the answer.
        case quoteAsked(SignalID, ContractTerms, stake: Money)

        // About a buy of a session.
        /// From here on the broker may sell it to us.
        case buyIntended(BuyIntent)
        /// No byte of it left; it never will.
        case buyUnsent(IntentID)
        case buyConfirmed(IntentID, Contract, balance: Money?)
        case buyRejected(IntentID, Rejection)
        /// Sent, perhaps; no answer that tells. Its stake stays reserved, and the account buys nothing.
        case buyInDoubt(IntentID, cause: Label)
        /// A look-up found no trace of it. `proves`: at a time and with a chain that counts as evidence.
        case doubtLookedInto(IntentID, proves: Bool)
        /// More than one contract may be it: a person has to say.
        indirect case buyAmbiguous(IntentID, candidates: [Contract])
        /// Which of the candidates it was, as this person says; nil is none of them. What follows from that are facts of their own.
        case doubtResolved(IntentID, contract: ContractID?, by: Label)
        /// It is proven that the broker did not sell it. Its reservation ends at `until`.
        case buyAbandoned(IntentID, until: Timestamp)
        case reservationReleased(IntentID)
        /// The broker sold what we had given up.
        case contractAdopted(IntentID, Contract)
        case settled(IntentID, Settlement, balance: Money?)
        /// The statement says that a contract paid something else than was heard of it first, which `was`.
        case settlementCorrected(IntentID, Settlement, was: Money, balance: Money?)
        /// It should have ended by now: it is asked for.
        case settlementOverdue(ContractID)

        /// Of what the previous system stored.
        indirect case previous(PreviousFact)
    }
}

/// What is known of an account when it is added.
public struct AccountProfile: Hashable, Sendable, Codable {
    public var broker: Label
    public var loginID: Label
    public var currency: Currency
    public var isVirtual: Bool
    public init(broker: Label, loginID: Label, currency: Currency, isVirtual: Bool) {
        (self.broker, self.loginID, self.currency, self.isVirtual) = (broker, loginID, currency, isVirtual)
    }
}

/// Why a session takes no signals for the time being.
public enum PauseCause: Hashable, Sendable, Codable {
    case person
    /// Resumes by itself on the next trading day.
    case limitOfTheDay(Refusal.Code)
    /// Resumes when a person says so.
    case limit(Refusal.Code)
    /// A buy may be one of several contracts.
    case ambiguous
    /// A contract was found that had been given up.
    case adopted
    case tokenRefused

    public var code: String {
        switch self {
        case .person: "person"
        case .limitOfTheDay(let code), .limit(let code): code.rawValue
        case .ambiguous: "buy_ambiguous"
        case .adopted: "contract_adopted"
        case .tokenRefused: "token_refused"
        }
    }
}
