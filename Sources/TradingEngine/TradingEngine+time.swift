public import TradingModel

// What time alone changes: days open, answers are missing, contracts are overdue, doubts are looked into again.
extension TradingEngine {
    /// Opens the trading day that `now` belongs to, if the session does not know it yet. A day never goes back.
    mutating func openDay(_ id: SessionID, at now: Timestamp) {
        let place = state.sessions.knownPlace(of: id)
        var session: Session { state.sessions[at: place] }
        guard session.phase.isRunning || !session.open.isEmpty else { return }
        let today = reference.today(in: session.plan.zone, at: now)
        if let day = session.day, day >= today.day { return }
        note(.dayOpened(today.day, from: today.from), about: id, at: now)
        if case .paused(.limitOfTheDay) = state.sessions[id].phase {
            note(.resumed(by: .system, streakCleared: false, peakCleared: false), about: id, at: now)
        }
        review(id, at: now)
    }

    /// Pauses a session whose limits would refuse even the smallest stake with nothing open, and ends one that was
    /// stopping and has nothing left.
    mutating func review(_ id: SessionID, at now: Timestamp) {
        let place = state.sessions.knownPlace(of: id)
        var session: Session { state.sessions[at: place] }
        switch session.phase {
        case .active:
            // What was taken over stays as it was until it may buy.
            guard session.openOrUnresolved == 0, session.hold.isEmpty else { return }
            let picture = RiskPicture(session, available: state.accounts[session.account].available)
            if let cause = RiskDecision.pause(session.plan.limits, picture, leastStake: leastStake(place)) {
                note(.paused(cause, by: .system), about: id, at: now)
            }
        case .stopping: if !hasOpenEnds(place) { note(.stopped(by: .system), about: id, at: now) }
        case .idle, .starting, .paused, .stopped, .failed: break
        }
    }

    /// Everything that is due. Called once in each turn.
    mutating func passTime(at now: Timestamp) {
        reference.turnDays(at: now)
        for index in state.accounts.elements.indices { passTime(accountAt: index, at: now) }
        for id in state.sessions.live(where: { $0.phase.isRunning && $0.day != reference.today(in: $0.plan.zone, at: now).day }) {
            openDay(id, at: now)
        }
        for id in state.sessions.live(where: { $0.open.contains { overdue($0) <= now } }) {
            for open in state.sessions[id].open where overdue(open) <= now { note(.settlementOverdue(open.contract.id), about: id, at: now) }
        }
        reference.quotes.passTime(at: now, settings: settings)
        recordRefusals(olderThan: settings.refusalsCountedSeconds, at: now)
    }

    private mutating func passTime(accountAt index: Int, at now: Timestamp) {
        if state.accounts[at: index].unresolved.contains(where: { dueAt($0).map { $0 <= now } ?? false }) {
            for buy in state.accounts[at: index].unresolved {
                #if SeededBugs
                if SeededBug.releasesUnanswered.isPlanted, buy.isInFlight, answerDue(buy) <= now {
                    note(.buyUnsent(buy.intent.id), intent: buy.intent, at: now)
                    continue
                }
                #endif
                switch buy.state {
                case .inFlight:
                    if answerDue(buy) <= now { note(.buyInDoubt(buy.intent.id, cause: Label("unanswered")!), intent: buy.intent, at: now) }
                case .abandoned(let until):
                    if until <= now { note(.reservationReleased(buy.intent.id), intent: buy.intent, at: now) }
                case .inDoubt, .ambiguous: break
                }
            }
        }
        if let due = lookUpDue(accountAt: index), due <= now { note(.lookUpAsked, about: state.accounts[at: index].id, at: now) }
    }

    /// When time alone changes something about a buy.
    private func dueAt(_ buy: UnresolvedBuy) -> Timestamp? {
        switch buy.state {
        case .inFlight: answerDue(buy)
        case .abandoned(let until): until
        case .inDoubt, .ambiguous: nil
        }
    }

    /// The next moment at which time alone changes something.
    public var nextDeadline: Timestamp? {
        var earliest = Timestamp.distantFuture
        func heed(_ due: Timestamp?) { if let due { earliest = min(earliest, due) } }
        for index in state.accounts.elements.indices {
            var account: Account { state.accounts[at: index] }
            for buy in account.unresolved { heed(dueAt(buy)) }
            heed(lookUpDue(accountAt: index))
        }
        for place in state.sessions.livePlaces {
            var session: Session { state.sessions[at: place] }
            if session.phase.isRunning, let day = session.day { heed(reference.end(of: day, in: session.plan.zone)) }
            for open in session.open { heed(overdue(open)) }
            for signal in session.waiting { heed(signal.validUntil.adding(milliseconds: 1)) }
        }
        if let due = reference.quotes.nextDeadline(settings: settings) { earliest = min(earliest, due) }
        heed(raiseDeadline)
        if let due = meter.nextDeadline(seconds: settings.refusalsCountedSeconds) { earliest = min(earliest, due) }
        return earliest == .distantFuture ? nil : earliest
    }

    private func answerDue(_ buy: UnresolvedBuy) -> Timestamp { buy.intent.intendedAt.adding(seconds: settings.answerWithinSeconds) }

    private func overdue(_ open: Session.OpenContract) -> Timestamp {
        let expected = open.contract.purchasedAt.adding(seconds: open.intent.terms.duration.atMostSeconds)
        guard let asked = open.askedAt else { return expected.adding(seconds: settings.settlementWithinSeconds) }
        return asked.adding(seconds: settings.settlementWithinSeconds << Int64(min(open.asks, 5)))
    }

    /// When the account's statement is to be read next: soon while something is in doubt, now and then otherwise.
    private func lookUpDue(accountAt index: Int) -> Timestamp? {
        var account: Account { state.accounts[at: index] }
        guard account.line == .up || account.line == .catchingUp, let asked = account.lookUpAskedAt else { return nil }
        // The line answers or falls long before this; a look-up that was lost all the same is asked again.
        if account.isLookingUp { return asked.adding(seconds: 120) }
        if account.line == .catchingUp { return asked.adding(seconds: settings.lookAgainSeconds(after: account.failedLookUps)) }
        var due: Timestamp?
        for buy in account.unresolved {
            // While the connection that it was written to may live, there is nothing to be learnt.
            guard case .inDoubt(let doubt) = buy.state, doubt.closedAt != nil else { continue }
            let next = (doubt.lookedAt ?? asked).adding(seconds: settings.lookAgainSeconds(after: doubt.looks))
            due = min(due ?? next, next)
        }
        if let due { return due }
        // Whatever runs, is open or unresolved is a live session's. And once more after the last of them came to rest: a
        // settlement may have been told without the balance that follows it.
        let isUsed = !account.sessions.isEmpty || account.failedLookUps > 0 || account.restsSince.map { $0 >= asked } ?? false
        return isUsed ? asked.adding(seconds: settings.sweepSeconds) : nil
    }
}
