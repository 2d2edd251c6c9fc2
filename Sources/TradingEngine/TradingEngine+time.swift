public import TradingModel

// What time alone changes: days open, answers are missing, contracts are overdue, doubts are looked into again.
extension TradingEngine {
    /// Opens the trading day that `now` belongs to, if the session does not know it yet. A day never goes back.
    mutating func openDay(_ id: SessionID, at now: Timestamp) {
        let session = state.sessions[id]
        guard session.phase.isRunning || !session.open.isEmpty else { return }
        guard let calendar = reference.calendar(session.plan.zone) else { preconditionFailure("the calendar of \(session.plan.zone) was not given") }
        let today = calendar.day(at: now)
        if let day = session.day, day >= today { return }
        var before = now
        while calendar.day(at: before) >= today { before = before.adding(seconds: -6 * 3_600) }
        note(.dayOpened(today, from: calendar.nextDay(after: before)), about: session, at: now)
        if case .paused(.limitOfTheDay) = state.sessions[id].phase {
            note(.resumed(by: .system, streakCleared: false, peakCleared: false), about: session, at: now)
        }
        review(id, at: now)
    }

    /// Pauses a session whose limits would refuse even the smallest stake with nothing open, and ends one that was
    /// stopping and has nothing left.
    mutating func review(_ id: SessionID, at now: Timestamp) {
        let session = state.sessions[id]
        switch session.phase {
        case .active:
            guard session.openOrUnresolved == 0 else { return }
            let picture = RiskPicture(session, available: state.accounts[session.account].available)
            if let cause = RiskDecision.pause(session.plan.limits, picture, leastStake: leastStake(session)) {
                note(.paused(cause, by: .system), about: session, at: now)
            }
        case .stopping: if !hasOpenEnds(session) { note(.stopped(by: .system), about: session, at: now) }
        case .idle, .starting, .paused, .stopped, .failed: break
        }
    }

    /// Everything that is due. Called once in each turn.
    mutating func passTime(at now: Timestamp) {
        for account in state.accounts.elements { passTime(account, at: now) }
        for session in state.sessions.elements {
            if session.phase.isRunning { openDay(session.id, at: now) }
            for open in session.open where overdue(open) <= now { note(.settlementOverdue(open.contract.id), about: session, at: now) }
        }
        reference.quotes.passTime(at: now, settings: settings)
        recordRefusals(olderThan: settings.refusalsCountedSeconds, at: now)
    }

    private mutating func passTime(_ account: Account, at now: Timestamp) {
        for buy in account.unresolved {
            switch buy.state {
            case .inFlight:
                if answerDue(buy) <= now { note(.buyInDoubt(buy.intent.id, cause: Label("unanswered")!), intent: buy.intent, at: now) }
            case .abandoned(let until):
                if until <= now { note(.reservationReleased(buy.intent.id), intent: buy.intent, at: now) }
            case .inDoubt, .ambiguous: break
            }
        }
        if let due = lookUpDue(state.accounts[account.id]), due <= now { note(.lookUpAsked, about: account, at: now) }
    }

    /// The next moment at which time alone changes something.
    public var nextDeadline: Timestamp? {
        var earliest = Timestamp.distantFuture
        for account in state.accounts.elements {
            for buy in account.unresolved {
                switch buy.state {
                case .inFlight: earliest = min(earliest, answerDue(buy))
                case .abandoned(let until): earliest = min(earliest, until)
                case .inDoubt, .ambiguous: break
                }
            }
            if let due = lookUpDue(account) { earliest = min(earliest, due) }
        }
        for session in state.sessions.elements {
            if session.phase.isRunning, let day = session.day, let calendar = reference.calendar(session.plan.zone) {
                // The end of the day that is open: found from any moment in it.
                let noon = Timestamp(milliseconds: (Int64(day.daysSince1970) * 86_400 + 43_200) * 1_000)
                earliest = min(earliest, calendar.endOfDay(day, near: noon))
            }
            for open in session.open { earliest = min(earliest, overdue(open)) }
            for signal in session.waiting { earliest = min(earliest, signal.validUntil.adding(milliseconds: 1)) }
        }
        if let due = reference.quotes.nextDeadline(settings: settings) { earliest = min(earliest, due) }
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
    private func lookUpDue(_ account: Account) -> Timestamp? {
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
        let isUsed =
            account.openContracts > 0 || !account.unresolved.isEmpty || account.failedLookUps > 0
            || state.owners[account.owner].sessions.contains { id in
                let session = state.sessions[id]
                // A last time after the end: a settlement may have been told without the balance that follows it.
                return session.account == account.id
                    && (session.phase.isRunning || session.lastSettledAt >= asked || session.stoppedAt.map { $0 >= asked } ?? false)
            }
        return isUsed ? asked.adding(seconds: settings.sweepSeconds) : nil
    }
}
