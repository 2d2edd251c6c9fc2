public import TradingModel

/// All facts folded: owners, accounts and sessions. `evolve` is the only thing that changes it, and it asks no decision
/// again, so an old journal replays the same under new rules.
public struct EngineState: Hashable, Sendable, Codable {
    public internal(set) var owners = Roster<Owner>()
    public internal(set) var accounts = Roster<Account>()
    public internal(set) var sessions = SessionRoster()
    var seen = SeenSignals()
    /// Nil while everybody may trade.
    public internal(set) var operatorsStop: OperatorsStop?
    /// The signal on record last: the refusals that follow it in the same commit may let it wait.
    var newestSignal: Signal?
    /// The moment of the newest fact.
    public internal(set) var at = Timestamp(milliseconds: 0)

    public init() {}

    /// Signals that came a moment ago, the oldest first: one of them that comes again is known.
    public var seenSignals: [SignalID] { seen.all }
}

extension EngineState {
    public mutating func evolve(_ fact: Fact) {
        #if SeededBugs
        if SeededBug.forgetsTheEmergencyStop.isPlanted, case .emergencyStopped = fact.event { return }
        #endif
        at = max(at, fact.at)
        if fact.owner != .everybody, !owners.contains(fact.owner) { owners.insert(Owner(id: fact.owner)) }
        switch fact.event {
        case .emergencyStopped: owners[fact.owner].emergencyStopped = true
        case .emergencyStopLifted: owners[fact.owner].emergencyStopped = false
        case .ownerLimitsSet(let limits, _): owners[fact.owner].limits = limits
        case .promiseLockSet(let seconds, _): owners[fact.owner].promiseSeconds = seconds
        case .raiseRequested(let raise): owners[fact.owner].take(raise)
        case .raiseTakenBack(let id, _):
            #if SeededBugs
            if SeededBug.takenBackStillActs.isPlanted { return }
            #endif
            owners[fact.owner].raises.removeAll { $0.id == id }
        case .operatorsStopped(let reason, let by): operatorsStop = OperatorsStop(since: fact.at, by: by, reason: reason)
        case .operatorsStopLifted: operatorsStop = nil
        // Who said it; what it changes follows.
        case .doubtResolved: break
        case .signalAccepted(let signal):
            seen.insert(signal.id, at: fact.at)
            newestSignal = signal
        case .signalCancelled(let signal, _):
            for session in owners[fact.owner].sessions where !sessions[session].waiting.isEmpty {
                sessions[session].waiting.removeAll { $0.id == signal }
            }
        case .accountAdded(let profile):
            let id = fact.account!
            var account = Account(id: id, owner: fact.owner, profile: profile, day: fact.at.utcDay)
            if let before = accounts.elements.lastIndex(where: { $0.isTheSame(as: account) }) { account.takeOver(&accounts[at: before]) }
            accounts.insert(account)
            owners[fact.owner].accounts.append(id)
        case .accountRemoved, .accountLimitsSet, .realTradingSet, .lineUp, .lineDown, .loginRefused, .circuitOpened, .circuitClosed, .balanceReported,
            .lookUpAsked,
            .lookUpEnded, .outsideTradeSeen:
            accounts[fact.account!].evolve(fact)
        case .sessionCreated(let plan, _):
            let id = fact.session!, account = accounts[fact.account!]
            sessions.insert(Session(id: id, owner: fact.owner, account: account.id, createdAt: fact.at, plan: plan, currency: account.profile.currency))
        case .sessionStarting, .sessionStarted, .planChanged, .paused, .resumed, .stopping, .stopped, .failed, .signalRefused,
            .signalExpired, .refusalsCounted, .quoteAsked:
            guard let session = fact.session else { return }  // a signal that no session was there for
            sessions[session].evolve(fact)
            file(session, at: fact.at)
            if case .signalRefused(let id, _, waits: true) = fact.event, let signal = newestSignal, signal.id == id {
                sessions[session].waiting.append(signal)
            }
        case .previous(let previous): evolve(previous, fact)
        case .dayOpened(_, let from):
            sessions[fact.session!].evolve(fact)
            carryOver(fact.session!, account: fact.account!, from: from)
        case .buyIntended, .buyUnsent, .buyConfirmed, .buyRejected, .buyInDoubt, .doubtLookedInto, .buyAmbiguous, .buyAbandoned,
            .reservationReleased, .contractAdopted, .settled, .settlementCorrected, .settlementOverdue:
            evolveBuy(fact)
            file(fact.session!, at: fact.at)
        }
        settleRaises(by: fact)
    }

    /// After each change of a session: is it still, or again, one of the live ones?
    mutating func file(_ id: SessionID, at: Timestamp) {
        guard let isLive = sessions.file(id) else { return }
        let (owner, account) = (sessions[id].owner, sessions[id].account)
        owners[owner].sessions.file(id, isLive: isLive)
        accounts[account].sessions.file(id, isLive: isLive)
        if !isLive { accounts[account].restsSince = at }
    }
}

extension [SessionID] {
    /// Ids in their order, this one among them or not.
    fileprivate mutating func file(_ id: SessionID, isLive: Bool) {
        if isLive { insert(id, at: firstIndex { id < $0 } ?? count) } else { removeAll { $0 == id } }
    }
}

extension Timestamp {
    /// The civil day in UTC: the one that accounts and owners count.
    var utcDay: TradingDay { TradingDay(daysSince1970: Int32(TradingDay.floorDivide(milliseconds, 86_400_000))) }
    /// When the UTC day of this moment began.
    init(dayOf moment: Timestamp) { self.init(milliseconds: Int64(moment.utcDay.daysSince1970) * 86_400_000) }
}
