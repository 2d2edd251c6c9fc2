import TradingModel

// What facts about a session alone change.
extension Session {
    mutating func evolve(_ fact: Fact) {
        switch fact.event {
        case .sessionStarting: phase = .starting
        case .sessionStarted(let balance):
            phase = .active
            startedAt = fact.at
            // Nothing was settled before, but in a session of the previous system.
            (startBalance, peak, countedPeak) = (balance - profit, balance, balance)
        case .planChanged(let plan, _): self.plan = plan
        case .paused(let cause, _): phase = .paused(cause)
        case .resumed(_, let streakCleared, let peakCleared):
            phase = .active
            if streakCleared { (lossesInARow, streakSince) = (0, settledCount + 1) }
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
            let isNext = self.day?.daysSince1970 == day.daysSince1970 - 1
            (tradesBefore, profitBefore) = isNext ? (tradesToday, profitToday.minorUnits) : (0, 0)
            self.day = day
            dayFrom = from
            // Our time may be a little behind the broker's: what it sold on the new day already counts for it.
            tradesToday = Int32(soldLately.sum(from: from))
            profitToday.minorUnits = endedLately.sum(from: from)
        case .signalRefused(let signal, _, let waits): if !waits { waiting.removeAll { $0.id == signal } }
        case .signalExpired(let signal): waiting.removeAll { $0.id == signal }
        case .refusalsCounted, .quoteAsked: break
        default: preconditionFailure("not a fact about a session: \(fact.event)")
        }
    }
}
