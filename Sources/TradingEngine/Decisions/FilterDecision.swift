import TradingModel

/// Is this signal for this session, and does the session take any now?
enum FilterDecision {
    @inline(__always) static func refusal(
        _ signal: Signal, session: Session, owner: Owner, isStoppedForAll: Bool, at now: Timestamp
    ) -> Refusal? {
        let criteria = session.plan.criteria
        if !criteria.symbols.isEmpty, !criteria.symbols.contains(signal.symbol) { return Refusal(.symbolNotFollowed) }
        if !criteria.sources.isEmpty, !criteria.sources.contains(signal.source) { return Refusal(.sourceNotFollowed) }
        if !criteria.strategies.isEmpty {
            guard let strategy = signal.strategy, criteria.strategies.contains(strategy) else { return Refusal(.strategyNotFollowed) }
        }
        #if SeededBugs
        if SeededBug.followsExpiredSignals.isPlanted, now > signal.validUntil { return owner.emergencyStopped ? Refusal(.emergencyStopped) : phase(session) }
        #endif
        if now > signal.validUntil {
            return Refusal(
                .signalExpired, .init(now.milliseconds(since: signal.issuedAt), against: signal.validUntil.milliseconds(since: signal.issuedAt), .milliseconds))
        }
        if isStoppedForAll { return Refusal(.stoppedByOperators) }
        if owner.emergencyStopped { return Refusal(.emergencyStopped) }
        return phase(session)
    }

    @inline(__always) static func phase(_ session: Session) -> Refusal? {
        #if SeededBugs
        if SeededBug.stoppingStillBuys.isPlanted, session.phase == .stopping { return nil }
        if SeededBug.pausedStillBuys.isPlanted, case .paused = session.phase { return nil }
        #endif
        return switch session.phase {
        case .active: session.hold.isEmpty ? nil : Refusal(session.hold.contains(.token) ? .awaitingToken : .awaitingReview)
        // What a person may lift at any moment can be waited for; a limit may not lift before the signal ends.
        case .starting, .paused(.person): Refusal(.sessionNotActive, waitingHelps: true)
        case .idle, .paused, .stopping, .stopped, .failed: Refusal(.sessionNotActive)
        }
    }
}
