public import TradingEngine
public import TradingModel

/// I27: what lets more be lost has waited as long as its owner promised, was not taken back meanwhile, and does not act while what it
/// concerns loses. What each owner promised, what holds and what waits, by their facts alone.
///
/// The wait is reckoned from the fact that asked and the promise of that moment; what the fact itself says of its end is held against that.
public struct PromiseBooks: Sendable {
    /// What must not lose when something acts.
    public enum Scope: Hashable, Sendable {
        case session(SessionID)
        /// With its sessions that run.
        case account(AccountID)
        /// All accounts and all sessions that run.
        case owner(OwnerID)
    }

    /// What a fact comes to.
    public struct Outcome: Sendable {
        /// More can be lost than before.
        public var isLaxer = false
        /// What had waited for it.
        public var acted: Waiting?
        /// It may act only if this does not lose.
        public var mustNotLose: Scope?
        public var broken: String?
    }

    public struct Waiting: Sendable {
        public let id: Int64
        public let subject: Raise.Subject
        public let askedAt: Timestamp
        public let seconds: Int64
        let wanted: Room
        public var due: Timestamp { askedAt.adding(seconds: seconds) }
    }

    private struct OwnerBooks: Sendable {
        var seconds: Int64 = 0
        var limits = Room(.none as ExposureLimits)
        var isStopped = false
        var waiting: [Waiting] = []

        mutating func take(_ subject: Raise.Subject) -> Waiting? {
            waiting.firstIndex { $0.subject == subject }.map { waiting.remove(at: $0) }
        }
    }
    private struct AccountBooks: Sendable {
        let owner: OwnerID, currency: Currency, isVirtual: Bool
        var limits = Room(.none as ExposureLimits)
        var newest: SessionID?
    }
    private var owners: [OwnerID: OwnerBooks] = [:]
    private var accounts: [AccountID: AccountBooks] = [:]
    private var plans: [SessionID: Room] = [:]

    public init() {}

    /// Begins with a state that is believed.
    public init(takingOver state: EngineState) {
        for owner in state.owners.elements {
            owners[owner.id] = OwnerBooks(
                seconds: owner.promiseSeconds, limits: Room(owner.limits), isStopped: owner.emergencyStopped,
                waiting: owner.raises.map { raise in
                    Waiting(
                        id: raise.id, subject: raise.change.subject, askedAt: raise.requestedAt,
                        seconds: raise.dueAt.milliseconds(since: raise.requestedAt) / 1_000, wanted: Room(raise.change))
                })
        }
        for account in state.accounts.elements { add(account.id, account.owner, account.profile, Room(account.limits)) }
        for session in state.sessions.elements { add(session.id, on: session.account, Room(session.plan)) }
    }

    // MARK: What holds

    public func seconds(of owner: OwnerID) -> Int64 { owners[owner]?.seconds ?? 0 }
    public func waiting(of owner: OwnerID) -> [Waiting] { owners[owner]?.waiting ?? [] }

    /// What a subject of this owner lets be lost now; nil when it is on no record.
    public func room(of subject: Raise.Subject, owner: OwnerID) -> Room? {
        switch subject {
        case .promise: Room(waitingSeconds: seconds(of: owner))
        case .ownerLimits: owners[owner]?.limits
        case .accountLimits(let account): accounts[account]?.limits
        case .plan(let session): plans[session]
        case .emergencyStop: Room(isOpen: owners[owner]?.isStopped != true)
        case .drawdown: Room(isOpen: false)
        }
    }

    /// What is wrong with this stake: with a lock none is more than what the session's plan comes to, whoever asked for it.
    /// - Parameter available: minor units that were free without this stake.
    public func broken(_ stake: Money, plan: SessionPlan, owner: OwnerID, available: Int64) -> String? {
        guard seconds(of: owner) > 0 else { return nil }
        let most =
            switch plan.stakeRule {
            case .fixed(let amount): amount.minorUnits
            case .shareOfBalance(let basisPoints): Money(minorUnits: max(0, available), currency: stake.currency).share(basisPoints: basisPoints).minorUnits
            }
        return stake.minorUnits > most ? "a stake of \(stake) by a promise, the plan comes to \(most)" : nil
    }

    // MARK: Facts

    public mutating func take(_ fact: Fact) -> Outcome {
        let owner = fact.owner
        switch fact.event {
        case .promiseLockSet(let seconds, _):
            let outcome = change(.promise, to: Room(waitingSeconds: seconds), in: .owner(owner), fact)
            owners[owner, default: OwnerBooks()].seconds = seconds
            return outcome
        case .ownerLimitsSet(let limits, _):
            let outcome = change(.ownerLimits, to: Room(limits), in: .owner(owner), fact)
            owners[owner, default: OwnerBooks()].limits = Room(limits)
            return outcome
        case .emergencyStopped:
            owners[owner, default: OwnerBooks()].isStopped = true
            _ = owners[owner]!.take(.emergencyStop)
        case .emergencyStopLifted:
            let outcome = change(.emergencyStop, to: Room(isOpen: true), in: .owner(owner), fact)
            owners[owner, default: OwnerBooks()].isStopped = false
            return outcome
        case .raiseRequested(let raise): return ask(raise, fact)
        case .raiseTakenBack(let id, _): owners[owner]?.waiting.removeAll { $0.id == id }
        case .accountAdded(let profile): if let id = fact.account { add(id, owner, profile, Room(.none as ExposureLimits)) }
        case .accountLimitsSet(let limits, _):
            guard let id = fact.account else { break }
            let outcome = change(.accountLimits(id), to: Room(limits), in: .account(id), fact)
            accounts[id]?.limits = Room(limits)
            return outcome
        case .accountRemoved: if let id = fact.account { _ = owners[owner]?.take(.accountLimits(id)) }
        case .sessionCreated(let plan, _): return begin(Room(plan), fact)
        case .previous(.sessionImported(let record)): if let id = fact.session, let account = fact.account { add(id, on: account, Room(record.plan)) }
        case .planChanged(let plan, _):
            guard let id = fact.session else { break }
            let outcome = change(.plan(id), to: Room(plan), in: .session(id), fact)
            plans[id] = Room(plan)
            return outcome
        case .resumed(_, _, let peakCleared):
            guard let id = fact.session else { break }
            if peakCleared { return change(.drawdown(id), to: Room(isOpen: true), in: .session(id), fact) }
            _ = owners[owner]?.take(.drawdown(id))
        case .stopping, .stopped, .failed:
            guard let id = fact.session else { break }
            _ = owners[owner]?.take(.plan(id))
            _ = owners[owner]?.take(.drawdown(id))
        default: break
        }
        return Outcome()
    }

    private mutating func ask(_ raise: Raise, _ fact: Fact) -> Outcome {
        var books = owners[fact.owner] ?? OwnerBooks()
        let waiting = Waiting(id: raise.id, subject: raise.change.subject, askedAt: fact.at, seconds: books.seconds, wanted: Room(raise.change))
        _ = books.take(waiting.subject)
        books.waiting.append(waiting)
        owners[fact.owner] = books
        if raise.dueAt >= waiting.due { return Outcome() }
        return Outcome(broken: "\(fact.line): the promise is to wait until \(waiting.due)")
    }

    /// A value takes the place of another, and of what waited to.
    private mutating func change(_ subject: Raise.Subject, to after: Room, in scope: Scope, _ fact: Fact) -> Outcome {
        let before = room(of: subject, owner: fact.owner), waiting = owners[fact.owner]?.take(subject)
        guard let before, let limit = after.laxer(than: before) else { return Outcome() }
        guard seconds(of: fact.owner) > 0 else { return Outcome(isLaxer: true) }
        guard let waiting, after.laxer(than: waiting.wanted) == nil else {
            return Outcome(isLaxer: true, broken: "\(fact.line): nothing waited to raise \(limit) so far")
        }
        if fact.at < waiting.due { return Outcome(isLaxer: true, broken: "\(fact.line): asked for at \(waiting.askedAt), it acts before \(waiting.due)") }
        return Outcome(isLaxer: true, acted: waiting, mustNotLose: scope)
    }

    /// A new session is no way round the limits of the one before it on its account, or else of the owner's newest in its money.
    private mutating func begin(_ plan: Room, _ fact: Fact) -> Outcome {
        guard let id = fact.session, let account = fact.account, let own = accounts[account] else { return Outcome() }
        let ofItsMoney = accounts.values.filter { $0.owner == own.owner && $0.currency == own.currency && $0.isVirtual == own.isVirtual }
        let before = own.newest ?? ofItsMoney.compactMap(\.newest).max()
        add(id, on: account, plan)
        guard seconds(of: fact.owner) > 0, let before, let limit = plans[before].flatMap({ plan.laxer(than: $0) }) else { return Outcome() }
        return Outcome(isLaxer: true, broken: "\(fact.line): its \(limit) is laxer than that of session \(before)")
    }

    private mutating func add(_ id: AccountID, _ owner: OwnerID, _ profile: AccountProfile, _ limits: Room) {
        accounts[id] = AccountBooks(owner: owner, currency: profile.currency, isVirtual: profile.isVirtual, limits: limits)
    }

    private mutating func add(_ id: SessionID, on account: AccountID, _ plan: Room) {
        plans[id] = plan
        // Numbers are given when a session is asked for, and it may be made after one that was asked for later.
        if let books = accounts[account] { accounts[account]!.newest = books.newest.map { max($0, id) } ?? id }
    }
}
