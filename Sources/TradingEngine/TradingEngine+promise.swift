import TradingModel

// The promise lock: what is lowered acts at once; what is raised waits as long as its owner chose, and never acts while what it concerns
// loses. What acts is the fact that it would have been without a lock.
extension TradingEngine {
    // MARK: What is asked for

    mutating func setPromise(_ seconds: Int64, owner: OwnerID, mayRaise: Bool, by: Label, at now: Timestamp) -> Decline? {
        let before = promiseSeconds(owner)
        if seconds == before { return takeBackIfAny(.promise, owner: owner, by: by, at: now) }
        let whole = Fact(at: now, owner: owner, .promiseLockSet(seconds: seconds, by: by))
        #if SeededBugs
        if SeededBug.shorterWaitsActAtOnce.isPlanted { note(whole); return nil }
        #endif
        guard seconds < before else { note(whole); return nil }
        return raise(.promise(seconds: seconds), owner: owner, mayRaise: mayRaise, by: by, acting: nil, whole: whole, at: now)
    }

    mutating func setOwnerLimits(_ limits: ExposureLimits, owner: OwnerID, mayRaise: Bool, by: Label, at now: Timestamp) -> Decline? {
        let before = state.owners.find(owner)?.limits ?? .none, acting = limits.noLaxer(than: before)
        func fact(_ limits: ExposureLimits) -> Fact { Fact(at: now, owner: owner, .ownerLimitsSet(limits, by: by)) }
        guard acting != limits else { note(fact(limits)); return nil }
        return raise(
            .ownerLimits(limits), owner: owner, mayRaise: mayRaise, by: by, acting: acting == before ? nil : fact(acting), whole: fact(limits), at: now)
    }

    mutating func setAccountLimits(_ limits: ExposureLimits, of account: Account, mayRaise: Bool, by: Label, at now: Timestamp) -> Decline? {
        let acting = limits.noLaxer(than: account.limits)
        func fact(_ limits: ExposureLimits) -> Fact { Fact(at: now, owner: account.owner, account: account.id, .accountLimitsSet(limits, by: by)) }
        guard acting != limits else { note(fact(limits)); return nil }
        return raise(
            .accountLimits(account.id, limits), owner: account.owner, mayRaise: mayRaise, by: by, acting: acting == account.limits ? nil : fact(acting),
            whole: fact(limits), at: now)
    }

    /// - Parameter plan: in the session's currency and zone.
    mutating func setPlan(_ plan: SessionPlan, of session: Session, mayRaise: Bool, by: Label, at now: Timestamp) -> Decline? {
        if plan == session.plan { return takeBackIfAny(.plan(session.id), owner: session.owner, by: by, at: now) }
        let acting = plan.noLaxer(than: session.plan)
        func fact(_ plan: SessionPlan) -> Fact {
            Fact(at: now, owner: session.owner, account: session.account, session: session.id, .planChanged(plan, by: by))
        }
        guard acting != plan else { note(fact(plan)); return nil }
        return raise(
            .plan(session.id, plan), owner: session.owner, mayRaise: mayRaise, by: by, acting: acting == session.plan ? nil : fact(acting),
            whole: fact(plan), at: now)
    }

    /// A new session is no way round the old one's limits. Laxer than the newest session of its account, or, when the account has had none,
    /// than the owner's newest in its currency and kind of money, it is a raise: it needs the same proof, and while there is a lock it
    /// begins no laxer.
    mutating func createSession(_ id: SessionID, on account: Account, _ plan: SessionPlan, mayRaise: Bool, by: Label, at now: Timestamp) -> Decline? {
        func fact(_ plan: SessionPlan) -> Fact { Fact(at: now, owner: account.owner, account: account.id, session: id, .sessionCreated(plan, by: by)) }
        #if SeededBugs
        if SeededBug.newSessionsAreFree.isPlanted { note(fact(plan)); return nil }
        #endif
        guard let before = sessionBefore(on: account) else { note(fact(plan)); return nil }
        let acting = plan.noLaxer(than: before.plan)
        guard acting != plan else { note(fact(plan)); return nil }
        return raise(.plan(id, plan), owner: account.owner, mayRaise: mayRaise, by: by, acting: fact(acting), whole: fact(plan), at: now)
    }

    private func sessionBefore(on account: Account) -> Session? {
        let sessions = state.sessions.elements
        return sessions.last { $0.account == account.id }
            ?? sessions.last { session in
                let other = state.accounts[session.account]
                return session.owner == account.owner && other.profile.currency == account.profile.currency
                    && other.profile.isVirtual == account.profile.isVirtual
            }
    }

    /// An account that is added again, after it was removed, keeps its limits while there is a lock.
    mutating func keepLimits(ofNew account: Account, at now: Timestamp) {
        guard promiseSeconds(account.owner) > 0 else { return }
        let before = state.accounts.elements.last { $0.id != account.id && $0.isTheSame(as: account) }
        guard let limits = before?.limits, limits != .none else { return }
        note(.accountLimitsSet(limits, by: Label.system), about: account.id, at: now)
    }

    mutating func liftEmergencyStop(_ owner: OwnerID, mayRaise: Bool, by: Label, at now: Timestamp) -> Decline? {
        guard state.owners.find(owner)?.emergencyStopped == true else { return nil }
        return raise(
            .liftEmergencyStop, owner: owner, mayRaise: mayRaise, by: by, acting: nil, whole: Fact(at: now, owner: owner, .emergencyStopLifted(by: by)),
            at: now)
    }

    mutating func takeBackRaise(_ id: Int64, owner: OwnerID, by: Label, at now: Timestamp) -> Decline? {
        guard let raise = state.owners.find(owner)?.raises.first(where: { $0.id == id }) else { return .raiseNotFound }
        noteTakenBack(raise, owner: owner, by: by, at: now)
        return nil
    }

    func promise(of owner: OwnerID, at now: Timestamp) -> PromiseStanding {
        guard let place = state.owners.place(of: owner) else { return PromiseStanding(seconds: 0, raises: []) }
        return PromiseStanding(
            seconds: state.owners[at: place].promiseSeconds,
            raises: state.owners[at: place].raises.map { .init($0, isHeld: losesUntil($0.change, owner: place, at: now) != nil) })
    }

    // MARK: Parts

    func promiseSeconds(_ owner: OwnerID) -> Int64 { state.owners.place(of: owner).map { state.owners[at: $0].promiseSeconds } ?? 0 }

    /// Something that lets more be lost: needs proof that a person means it, and waits.
    /// - Parameters:
    ///   - acting: what of it acts at once; nil for nothing.
    ///   - whole: all of it, when nothing has to wait.
    mutating func raise(
        _ change: Raise.Change, owner: OwnerID, mayRaise: Bool, by: Label, acting: Fact?, whole: Fact, at now: Timestamp
    ) -> Decline? {
        #if SeededBugs
        let mayRaise = mayRaise || SeededBug.keysMayRaise.isPlanted
        #endif
        guard mayRaise else { return .personNeeded }
        let seconds = promiseSeconds(owner)
        guard seconds > 0 else { note(whole); return nil }
        #if SeededBugs
        if SeededBug.raisesActAtOnce.isPlanted { note(whole); return nil }
        #endif
        let waiting = state.owners[owner].raises
        // The same once more waits no longer.
        if acting == nil, waiting.contains(where: { $0.change == change }) { return nil }
        guard waiting.count(where: { $0.change.subject != change.subject }) < Owner.raisesMost else { return .overloaded }
        #if SeededBugs
        let acting = SeededBug.lowerPartsWaitToo.isPlanted ? nil : acting
        #endif
        if let acting { note(acting) }
        #if SeededBugs
        let first = SeededBug.anotherRaiseGoesOnWaiting.isPlanted ? waiting.first { $0.change.subject == change.subject } : nil
        let dueAt = first?.dueAt ?? now.adding(seconds: seconds)
        #else
        let dueAt = now.adding(seconds: seconds)
        #endif
        let raise = Raise(id: state.owners[owner].raisesMade + 1, change: change, requestedAt: now, dueAt: dueAt, by: by)
        note(about(change, owner: owner, .raiseRequested(raise), at: now))
        return nil
    }

    /// What is asked for is what holds: what waited to change it is not wanted any more.
    mutating func takeBackIfAny(_ subject: Raise.Subject, owner: OwnerID, by: Label, at now: Timestamp) -> Decline? {
        if let raise = state.owners.find(owner)?.raises.first(where: { $0.change.subject == subject }) {
            noteTakenBack(raise, owner: owner, by: by, at: now)
        }
        return nil
    }

    private mutating func noteTakenBack(_ raise: Raise, owner: OwnerID, by: Label, at now: Timestamp) {
        note(about(raise.change, owner: owner, .raiseTakenBack(raise.id, by: by), at: now))
    }

    private func about(_ change: Raise.Change, owner: OwnerID, _ event: Fact.Event, at now: Timestamp) -> Fact {
        switch change {
        case .promise, .ownerLimits, .liftEmergencyStop: Fact(at: now, owner: owner, event)
        case .accountLimits(let account, _): Fact(at: now, owner: owner, account: account, event)
        case .plan(let session, _), .acceptDrawdown(let session):
            Fact(at: now, owner: owner, account: state.sessions[session].account, session: session, event)
        }
    }

    // MARK: What time brings

    /// Lets everything act that is due, where nothing that it concerns loses. Called in each turn after its inputs.
    mutating func applyRaises(at now: Timestamp) {
        raiseDeadline = nil
        for place in state.owners.elements.indices where !state.owners[at: place].raises.isEmpty {
            for raise in state.owners[at: place].raises where state.owners[at: place].raises.contains(raise) {
                #if SeededBugs
                if SeededBug.waitsEndWithTheProcess.isPlanted, raise.requestedAt <= beganAt { act(raise, owner: state.owners[at: place].id, at: now); continue }
                #endif
                let until = raise.dueAt > now ? raise.dueAt : losesUntil(raise.change, owner: place, at: now)
                if let until { raiseDeadline = min(raiseDeadline ?? until, until) } else { act(raise, owner: state.owners[at: place].id, at: now) }
            }
        }
    }

    private mutating func act(_ raise: Raise, owner: OwnerID, at now: Timestamp) {
        switch raise.change {
        case .promise(let seconds): note(Fact(at: now, owner: owner, .promiseLockSet(seconds: seconds, by: raise.by)))
        case .ownerLimits(let limits): note(Fact(at: now, owner: owner, .ownerLimitsSet(limits, by: raise.by)))
        case .accountLimits(let account, let limits): note(.accountLimitsSet(limits, by: raise.by), about: account, at: now)
        case .plan(let session, var plan):
            // It may have been started meanwhile, and another zone would cut a day short.
            if state.sessions[session].phase != .idle || !reference.knows(plan.zone) { plan.zone = state.sessions[session].plan.zone }
            note(.planChanged(plan, by: raise.by), about: session, at: now)
        case .acceptDrawdown(let session):
            // It may be that nothing is to be accepted any more, or that something else stands in the way by now.
            _ = resume(session, owner: owner, acceptDrawdown: true, waits: false, mayRaise: true, by: raise.by, at: now)
            if state.owners[owner].raises.contains(where: { $0.id == raise.id }) { noteTakenBack(raise, owner: owner, by: Label.system, at: now) }
        case .liftEmergencyStop: note(Fact(at: now, owner: owner, .emergencyStopLifted(by: raise.by)))
        }
    }

    /// When what it concerns may stop losing by time alone; nil while it does not lose. A session loses while what was settled on its
    /// trading day comes to less than nothing, an account while that of its UTC day does. A plan concerns its session; limits of an account
    /// the account and its live sessions; everything else all accounts and live sessions of the owner.
    private func losesUntil(_ change: Raise.Change, owner: Int, at now: Timestamp) -> Timestamp? {
        #if SeededBugs
        if SeededBug.raisesActWhileLosing.isPlanted { return nil }
        #endif
        var until: Timestamp?
        func heed(_ moment: Timestamp) { until = min(until ?? moment, moment) }
        func look(session id: SessionID) {
            let place = state.sessions.knownPlace(of: id)
            var session: Session { state.sessions[at: place] }
            #if SeededBugs
            if SeededBug.losingDaysAreUTC.isPlanted { return look(account: session.account) }
            #endif
            guard session.profitToday.isNegative, let day = session.day else { return }
            // Whose day it is nobody can say: held until somebody can.
            guard reference.knows(session.plan.zone) else { return heed(now.adding(seconds: 60)) }
            let today = reference.today(in: session.plan.zone, at: now)
            if day >= today.day { heed(today.until) }
        }
        func look(account id: AccountID) {
            if state.accounts[id].profitOfDay(at: now).isNegative { heed(Timestamp(dayOf: now).adding(seconds: 86_400)) }
        }
        switch change {
        case .plan(let session, _), .acceptDrawdown(let session): look(session: session)
        case .accountLimits(let account, _):
            look(account: account)
            for session in state.accounts[account].sessions { look(session: session) }
        case .promise, .ownerLimits, .liftEmergencyStop:
            for account in state.owners[at: owner].accounts { look(account: account) }
            for session in state.owners[at: owner].sessions { look(session: session) }
        }
        return until
    }
}
