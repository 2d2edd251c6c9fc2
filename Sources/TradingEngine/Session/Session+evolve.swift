import TradingModel

// What facts about a session alone change.
extension Session {
    mutating func evolve(_ fact: Fact) {
        switch fact.event {
        case .sessionStarting: phase = .starting
        case .sessionStarted(let balance):
            phase = .active
            startedAt = fact.at
            (startBalance, peak, countedPeak) = (balance, balance, balance)
        case .planChanged(let plan, _): self.plan = plan
        case .paused(let cause, _): phase = .paused(cause)
        case .resumed(_, let streakCleared, let peakCleared):
            phase = .active
            if streakCleared { lossesInARow = 0 }
            if peakCleared { countedPeak = equity }
        case .stopping:
            phase = .stopping
            waiting = []
        case .stopped:
            phase = .stopped
            stoppedAt = fact.at
            waiting = []
        case .failed(let evidence):
            phase = .failed
            failure = evidence
            stoppedAt = fact.at
            waiting = []
        case .dayOpened(let day, let from):
            self.day = day
            dayFrom = from
            tradesToday = 0
            profitToday.minorUnits = 0
        case .signalRefused(let signal, _, let waits): if !waits { waiting.removeAll { $0.id == signal } }
        case .signalExpired(let signal): waiting.removeAll { $0.id == signal }
        case .refusalsCounted, .quoteAsked: break
        default: preconditionFailure("not a fact about a session: \(fact.event)")
        }
    }
}
