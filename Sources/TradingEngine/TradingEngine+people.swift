import TradingModel

// What people ask for. Each request is done, with its facts, or declined with nothing changed.
extension TradingEngine {
    /// Nil when it was done (or was so already).
    mutating func personAsked(_ event: Input.Event, mayRaise: Bool, at now: Timestamp) -> Decline? {
        switch event {
        case .addAccount(let id, let owner, let profile):
            // One login is one account: its contracts and limits could not be told apart otherwise.
            let isThere = state.accounts.elements.contains { !$0.isRemoved && $0.profile.broker == profile.broker && $0.profile.loginID == profile.loginID }
            if state.accounts.contains(id) || isThere { return .accountExists }
            note(Fact(at: now, owner: owner, account: id, .accountAdded(profile)))
            keepLimits(ofNew: state.accounts[id], at: now)
        case .removeAccount(let id, let owner, let by):
            guard let account = account(id, of: owner) else { return .accountNotFound }
            // A buy that was given up is waited for until its stake is released: were it bought after all, nobody would be there to take it.
            guard !state.sessions.elements.contains(where: { $0.account == id && !$0.phase.hasEnded }), account.openContracts == 0,
                account.unresolved.isEmpty
            else { return .accountInUse }
            note(.accountRemoved(by: by), about: id, at: now)
        case .setAccountLimits(let id, let owner, let limits, let by):
            guard let account = account(id, of: owner) else { return .accountNotFound }
            guard limits.isIn(account.profile.currency) else { return .currencyDiffers }
            return setAccountLimits(limits, of: account, mayRaise: mayRaise, by: by, at: now)
        case .setRealTrading(let id, let owner, let isEnabled, let by):
            guard let account = account(id, of: owner) else { return .accountNotFound }
            if account.isRealEnabled != isEnabled { note(.realTradingSet(isEnabled, by: by), about: id, at: now) }
        case .setOwnerLimits(let owner, let limits, let by):
            return setOwnerLimits(limits, owner: owner, mayRaise: mayRaise, by: by, at: now)
        case .setPromise(let owner, let seconds, let by): return setPromise(seconds, owner: owner, mayRaise: mayRaise, by: by, at: now)
        case .takeBackRaise(let owner, let id, let by): return takeBackRaise(id, owner: owner, by: by, at: now)
        case .createSession(let id, let owner, let account, let plan, let by):
            guard let account = self.account(account, of: owner) else { return .accountNotFound }
            guard plan.isIn(account.profile.currency) else { return .currencyDiffers }
            precondition(reference.knows(plan.zone), "the calendar of \(plan.zone) was not given")
            return createSession(id, on: account, plan, mayRaise: mayRaise, by: by, at: now)
        case .emergencyStop(let owner, let by):
            if state.owners.find(owner)?.emergencyStopped != true { note(Fact(at: now, owner: owner, .emergencyStopped(by: by))) }
            // Whoever stops once more does not want it lifted any more.
            _ = takeBackIfAny(.emergencyStop, owner: owner, by: by, at: now)
            for id in state.owners[owner].sessions where state.sessions[id].phase.isRunning { stop(id, by: by, at: now) }
        case .liftEmergencyStop(let owner, let by):
            return liftEmergencyStop(owner, mayRaise: mayRaise, by: by, at: now)
        case .operatorsStop(let reason, let by):
            if state.operatorsStop == nil { note(Fact(at: now, owner: .everybody, .operatorsStopped(reason: reason, by: by))) }
            for id in state.sessions.live(where: { $0.phase.isRunning }) { stop(id, by: by, at: now) }
        case .liftOperatorsStop(let by):
            if state.operatorsStop != nil { note(Fact(at: now, owner: .everybody, .operatorsStopLifted(by: by))) }
        case .startSession(let id, let owner, let by): return start(id, owner: owner, by: by, at: now)
        case .changePlan(let id, let owner, let plan, let by): return change(id, to: plan, owner: owner, mayRaise: mayRaise, by: by, at: now)
        case .pauseSession(let id, let owner, let by):
            guard let session = session(id, of: owner) else { return .sessionNotFound }
            switch session.phase.pauseRequested() {
            case .go: note(.paused(.person, by: by), about: id, at: now)
            case .alreadyThere: break
            case .declined(let decline): return decline
            }
        case .resumeSession(let id, let owner, let acceptDrawdown, let by):
            return resume(id, owner: owner, acceptDrawdown: acceptDrawdown, waits: true, mayRaise: mayRaise, by: by, at: now)
        case .stopSession(let id, let owner, let by):
            guard let session = session(id, of: owner) else { return .sessionNotFound }
            if session.phase.stopRequested() == .go { stop(id, by: by, at: now) }
        case .acceptReview(let id, let owner, let by): return acceptReview(id, owner: owner, by: by, at: now)
        case .resolveDoubt(let intent, let owner, let contract, let by): return resolve(intent, owner: owner, contract: contract, by: by, at: now)
        case .signal, .strategySignal, .cancelSignal, .ask, .askPromise, .askCandidates, .calendar, .broker, .deadline, .failSession, .flush:
            preconditionFailure("not asked by a person: \(event)")
        }
        return nil
    }

    private func account(_ id: AccountID, of owner: OwnerID) -> Account? {
        state.accounts.find(id).flatMap { $0.owner == owner && !$0.isRemoved ? $0 : nil }
    }
    private func session(_ id: SessionID, of owner: OwnerID) -> Session? {
        state.sessions.find(id).flatMap { $0.owner == owner ? $0 : nil }
    }

    /// Why nothing of the owner's may trade; what the owner cannot lift first.
    private func stopped(_ owner: OwnerID) -> Decline? {
        if state.operatorsStop != nil { return .stoppedByOperators }
        return state.owners[owner].emergencyStopped ? .emergencyStopped : nil
    }

    private mutating func start(_ id: SessionID, owner: OwnerID, by: Label, at now: Timestamp) -> Decline? {
        guard let session = session(id, of: owner) else { return .sessionNotFound }
        switch session.phase.startRequested() {
        case .go: break
        case .alreadyThere: return nil
        case .declined(let decline): return decline
        }
        if let stopped = stopped(owner) { return stopped }
        if state.accounts[session.account].isRemoved { return .accountNotFound }
        note(.sessionStarting(by: by), about: id, at: now)
        openDay(id, at: now)
        return nil
    }

    private mutating func change(_ id: SessionID, to plan: SessionPlan, owner: OwnerID, mayRaise: Bool, by: Label, at now: Timestamp) -> Decline? {
        guard let session = session(id, of: owner) else { return .sessionNotFound }
        if case .declined(let decline) = session.phase.planChangeRequested() { return decline }
        guard plan.isIn(session.profit.currency) else { return .currencyDiffers }
        var plan = plan
        // Another zone would cut a trading day short or count one twice.
        if session.phase != .idle { plan.zone = session.plan.zone }
        precondition(reference.knows(plan.zone), "the calendar of \(plan.zone) was not given")
        return setPlan(plan, of: session, mayRaise: mayRaise, by: by, at: now)
    }

    /// - Parameter waits: a drawdown that is accepted waits as every raise does; false once it has.
    mutating func resume(
        _ id: SessionID, owner: OwnerID, acceptDrawdown: Bool, waits: Bool, mayRaise: Bool, by: Label, at now: Timestamp
    ) -> Decline? {
        guard let session = session(id, of: owner) else { return .sessionNotFound }
        switch session.phase.resumeRequested() {
        case .go: break
        case .alreadyThere: return nil
        case .declined(let decline): return decline
        }
        if let stopped = stopped(owner) { return stopped }
        guard case .paused(let cause) = session.phase else { return .sessionNotPaused }
        let account = state.accounts[session.account], leastStake = leastStake(state.sessions.knownPlace(of: id))
        var picture = RiskPicture(session, available: account.available), streakCleared = false, peakCleared = false
        switch cause {
        case .ambiguous:
            if account.unresolved.contains(where: { $0.isInDoubt && $0.intent.id.session == id }) { return .doubtUnresolved }
        case .tokenRefused: if account.line == .refused { return .limitStillReached }
        case .limit, .limitOfTheDay, .person, .adopted: break
        }
        // Whatever it was paused for, a person's resume begins a new streak when the old one had reached its limit.
        if RiskDecision.lossesInARow(session.plan.limits, picture.withNothingOpen) != nil {
            streakCleared = true
            picture.lossesInARow = 0
        }
        if acceptDrawdown, picture.equity < picture.peak {
            peakCleared = true
            picture.peak = picture.equity
        }
        switch RiskDecision.pause(session.plan.limits, picture, leastStake: leastStake) {
        case nil: break
        case .limit(.drawdownReached) where !acceptDrawdown: return .drawdownNotAccepted
        default: return .limitStillReached
        }
        let resumed = Fact(
            at: now, owner: owner, account: session.account, session: id,
            .resumed(by: by, streakCleared: streakCleared, peakCleared: peakCleared))
        guard peakCleared, waits else { note(resumed); return nil }
        return raise(.acceptDrawdown(id), owner: owner, mayRaise: mayRaise, by: by, acting: nil, whole: resumed, at: now)
    }

    mutating func stop(_ id: SessionID, by: Label, at now: Timestamp) {
        guard state.sessions[id].phase.stopRequested() == .go else { return }
        // A buy of this very turn has not left; it never will.
        for case .buy(_, let intent) in output.commands where intent.id.session == id {
            output.commands.removeAll { if case .buy(_, let other) = $0 { other.id == intent.id } else { false } }
            note(.buyUnsent(intent.id), intent: intent, at: now)
        }
        note(hasOpenEnds(state.sessions.knownPlace(of: id)) ? .stopping(by: by) : .stopped(by: by), about: id, at: now)
    }

    /// Contracts that run, or buys that may have happened.
    func hasOpenEnds(_ place: Int) -> Bool {
        var session: Session { state.sessions[at: place] }
        return !session.open.isEmpty
            || session.unresolved > 0
                && state.accounts[session.account].unresolved.contains { $0.intent.id.session == session.id && !$0.isAbandoned }
    }

    /// The evidence that a person decides by.
    func candidates(of id: IntentID, owner: OwnerID, at now: Timestamp) -> Result<[Contract], Decline> {
        guard let session = session(id.session, of: owner),
            let buy = state.accounts[session.account].unresolved.first(where: { $0.intent.id == id })
        else { return .failure(.intentNotFound) }
        guard let candidates = candidates(of: buy, at: now) else { return .failure(.intentNotAmbiguous) }
        return .success(candidates)
    }

    /// Nil where no person is needed. None at all is what a person is asked about once a doubt is old: nothing was found, and nothing proven.
    private func candidates(of buy: UnresolvedBuy, at now: Timestamp) -> [Contract]? {
        switch buy.state {
        case .ambiguous(let candidates): candidates
        case .inDoubt(let doubt): settings.isForPerson(doubt, of: buy.intent, at: now) ? [] : nil
        case .inFlight, .abandoned: nil
        }
    }

    private mutating func resolve(_ id: IntentID, owner: OwnerID, contract: ContractID?, by: Label, at now: Timestamp) -> Decline? {
        guard let session = session(id.session, of: owner) else { return .intentNotFound }
        guard let buy = state.accounts[session.account].unresolved.first(where: { $0.intent.id == id }) else { return .intentNotFound }
        guard let candidates = candidates(of: buy, at: now) else { return .intentNotAmbiguous }
        let chosen = candidates.first { $0.id == contract }
        let known = state.accounts[session.account].known
        if contract != nil, chosen.map({ known.contains($0.id) }) ?? true { return .contractNotACandidate }
        note(.doubtResolved(id, contract: chosen?.id, by: by), intent: buy.intent, at: now)
        for other in candidates where other.id != contract && !known.contains(other.id) { tellWhose(other, notOf: buy.intent, at: now) }
        if let chosen {
            note(.buyConfirmed(id, chosen, balance: nil), intent: buy.intent, at: now)
        } else {
            note(.buyAbandoned(id, until: now.adding(seconds: settings.tombstoneSeconds)), intent: buy.intent, at: now)
        }
        return nil
    }

    /// Broker seconds that a purchase may stand before its intent, for clocks differ, and after it.
    private static let bookedEarlySeconds: Int64 = 3, bookedLateSeconds: Int64 = 600

    /// Whose a contract is that a person did not take for this buy. As when it is booked: of one like it that was given up, if it may be that
    /// one's; else somebody else's, and so never taken for a buy of ours again. No other like it can be unanswered.
    private mutating func tellWhose(_ contract: Contract, notOf intent: BuyIntent, at now: Timestamp) {
        let account = state.accounts[intent.account]
        func mayBe(_ other: BuyIntent) -> Bool {
            other.id != intent.id && other.terms == intent.terms && other.stake.amount == contract.price
                && contract.purchasedAt >= other.intendedAt.adding(seconds: -TradingEngine.bookedEarlySeconds)
                && contract.purchasedAt <= other.intendedAt.adding(seconds: TradingEngine.bookedLateSeconds)
        }
        if let other = account.unresolved.first(where: { $0.isAbandoned && mayBe($0.intent) })?.intent ?? account.givenUp.first(where: mayBe) {
            adopt(other, contract, at: now)
        } else {
            note(.outsideTradeSeen(contract.id, contract.transaction, price: contract.price), about: account.id, at: now)
        }
    }
}

extension ExposureLimits {
    func isIn(_ currency: Currency) -> Bool { [lossPerDay, openExposure].allSatisfy { $0 == nil || $0!.currency == currency } }
}

extension SessionPlan {
    /// Every amount of the plan is in this currency.
    func isIn(_ currency: Currency) -> Bool {
        if case .fixed(let money) = stakeRule, money.currency != currency { return false }
        return [limits.lossPerDay, limits.greatestStake].allSatisfy { $0 == nil || $0!.currency == currency }
    }
}
