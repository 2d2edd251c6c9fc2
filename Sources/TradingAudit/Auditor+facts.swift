import TradingEngine
import TradingModel

// One fact after the other into the books; each kind is held against what it promises.
extension Auditor {
    mutating func record(_ fact: Fact) {
        judgePromise(fact)
        switch fact.event {
        case .emergencyStopped: owners[fact.owner, default: OwnerBooks()].isStopped = true
        case .emergencyStopLifted: owners[fact.owner, default: OwnerBooks()].isStopped = false
        case .operatorsStopped: isStoppedByOperators = true
        case .operatorsStopLifted: isStoppedByOperators = false
        case .ownerLimitsSet(let limits, _): owners[fact.owner, default: OwnerBooks()].limits = limits
        case .signalAccepted(let signal):
            judge(signal, at: fact)
            signals.insert(signal)
        case .signalCancelled, .signalRefused, .signalExpired, .refusalsCounted, .quoteAsked, .settlementOverdue, .outsideTradeSeen, .lookUpAsked,
            .promiseLockSet, .raiseRequested, .raiseTakenBack:
            break
        case .accountAdded(let profile):
            guard let id = fact.account else { break }
            var books = AccountBooks(owner: fact.owner, profile: profile)
            // The newest of its entries before: each took over from the one before it.
            let before = accounts.lazy.filter { $0.value.owner == fact.owner && $0.value.broker == profile.broker && $0.value.loginID == profile.loginID }
                .map(\.key).max()
            if let before { books.takeOverDay(of: &accounts[before]!) }
            accounts[id] = books
            owners[fact.owner, default: OwnerBooks()].accounts.append(id)
        case .accountRemoved, .accountLimitsSet, .realTradingSet, .lineUp, .lineDown, .loginRefused, .circuitOpened, .circuitClosed, .balanceReported,
            .lookUpEnded:
            if let id = fact.account { accounts[id]?.take(fact) }
        case .sessionCreated(let plan, _):
            if let id = fact.session, let account = fact.account { sessions[id] = SessionBooks(owner: fact.owner, account: account, plan: plan) }
        case .previous(let previous):
            if case .sessionImported = previous, let id = fact.session { stale.append(id) }
        case .sessionStarting, .sessionStarted, .planChanged, .paused, .resumed, .stopping, .stopped, .failed, .dayOpened: recordSession(fact)
        case .buyIntended, .buyUnsent, .buyConfirmed, .buyRejected, .buyInDoubt, .doubtLookedInto, .buyAmbiguous, .doubtResolved, .buyAbandoned,
            .reservationReleased, .contractAdopted, .settled, .settlementCorrected:
            recordBuy(fact)
        }
    }

    private mutating func recordSession(_ fact: Fact) {
        guard let id = fact.session, var books = sessions[id] else { return }
        switch fact.event {
        case .sessionStarting: books.phase = .starting
        case .sessionStarted(let balance):
            books.phase = .active
            books.startBalance = balance.minorUnits - books.profit
            books.peak = balance.minorUnits
        case .planChanged(let plan, _): books.plan = plan
        case .paused: books.phase = .paused
        case .resumed(_, let streakCleared, let peakCleared):
            books.phase = .active
            if streakCleared { books.streak = 0 }
            if peakCleared { books.peak = books.equity }
        case .stopping: books.phase = .stopping
        case .stopped: books.phase = .stopped
        case .failed:
            books.phase = .failed
            condemned.insert(id)
        case .dayOpened(let day, let from):
            if let before = books.day, day <= before { find("I13", .session(id), "day \(day) opens after \(before)") }
            books.open(day, from: from)
        default: break
        }
        sessions[id] = books
    }
}

extension AccountBooks {
    mutating func take(_ fact: Fact) {
        switch fact.event {
        case .accountLimitsSet(let limits, _): self.limits = limits
        case .realTradingSet(let isEnabled, _): isRealEnabled = isEnabled
        case .lineUp(let balance, let newest):
            (isUp, isCatchingUp, isCircuitOpen) = (false, true, false)
            (self.balance, newestTransaction) = (balance.minorUnits, [newestTransaction, newest].compactMap(\.self).max())
        case .lineDown(_, let clean): lineClosed(clean: clean, at: fact.at)
        case .loginRefused: lineClosed(clean: true, at: fact.at)
        case .circuitOpened: isCircuitOpen = true
        case .circuitClosed: isCircuitOpen = false
        case .balanceReported(let balance, let transaction): report(balance, transaction)
        case .lookUpEnded(let walkedTo): if walkedTo != nil, isCatchingUp { (isUp, isCatchingUp) = (true, false) }
        default: break
        }
    }
}
