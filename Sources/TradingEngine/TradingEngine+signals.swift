import TradingModel

// What becomes of a signal: decided once when it arrives, and, when waiting helps, again whenever something changed.
extension TradingEngine {
    mutating func signalArrived(_ signal: Signal, request: RequestID?, at now: Timestamp) {
        if state.seen.contains(signal.id) { return reply(.declined(.signalExists), to: request) }
        // One that waited long for its turn may have been recorded and forgotten meanwhile.
        let waited = now.milliseconds(since: signal.issuedAt)
        if state.seen.isFull(at: now) || waited > SeenSignals.rememberedSeconds * 500 { return reply(.declined(.overloaded), to: request) }
        note(Fact(at: now, owner: signal.owner, .signalAccepted(signal)))
        var decisions: [SignalDecision] = []
        if let only = signal.session {
            if let place = state.sessions.place(of: only), state.sessions[at: place].owner == signal.owner {
                decisions.append(take(signal, session: only, at: now))
            }
        } else {
            for id in state.owners[signal.owner].sessions where state.sessions[id].phase.isRunning {
                decisions.append(take(signal, session: id, at: now))
            }
        }
        if decisions.isEmpty {
            let refusal = Refusal(state.operatorsStop == nil ? .noSession : .stoppedByOperators)
            note(Fact(at: now, owner: signal.owner, .signalRefused(signal.id, refusal, waits: false)))
            decisions.append(.refused(nil, refusal, waits: false))
        }
        reply(.signal(decisions), to: request)
    }

    private mutating func take(_ signal: Signal, session id: SessionID, at now: Timestamp) -> SignalDecision {
        openDay(id, at: now)
        switch decide(signal, session: id, at: now) {
        case .success(let intent):
            intend(intent, at: now)
            return .intended(intent)
        case .failure(let refused):
            let waiting = state.sessions[id].waiting.count
            var refusal = refused.refusal, waits = refusal.waitingHelps
            // One at a time waits for an answer that it could not be told apart from.
            if refusal.code == .accountBusy, waiting > 0 { waits = false }
            if waits, waiting >= Session.waitingMost {
                waits = false
                refusal = Refusal(.tooManyWaiting, .init(Int64(waiting), against: Int64(Session.waitingMost), .count), waitingHelps: true)
            }
            note(.signalRefused(signal.id, refusal, waits: waits), about: id, at: now)
            if waits { askQuote(refused, for: signal.id, session: id, at: now) }
            return .refused(id, refusal, waits: waits)
        }
    }

    private mutating func intend(_ intent: BuyIntent, at now: Timestamp) {
        note(.buyIntended(intent), intent: intent, at: now)
        if intent.quotedPayout != nil { reference.quotes.use(intent) }
    }

    /// Asks for the quote that a waiting signal needs, once in a while and not at each turn.
    private mutating func askQuote(_ refused: Refused, for signal: SignalID, session: SessionID, at now: Timestamp) {
        let account = state.sessions[session].account
        guard let (terms, stake) = refused.asks, !reference.quotes.isAsked(account, terms, stake: stake, at: now, settings: settings) else { return }
        reference.quotes.record(Quotes.Quote(account: account, terms: terms, stake: stake, at: now, outcome: .asked))
        note(.quoteAsked(signal, terms, stake: stake), about: session, at: now)
    }

    mutating func strategySignalArrived(_ signal: Signal, at now: Timestamp) {
        guard let id = signal.session, let strategy = signal.strategy, let place = state.sessions.place(of: id),
            state.sessions[at: place].owner == signal.owner, !state.seen.contains(signal.id), !state.seen.isFull(at: now),
            now.milliseconds(since: signal.issuedAt) <= SeenSignals.rememberedSeconds * 500
        else { return }
        openDay(id, at: now)
        switch decide(signal, session: id, at: now) {
        case .success(let intent):
            note(Fact(at: now, owner: signal.owner, .signalAccepted(signal)))
            intend(intent, at: now)
        case .failure(let refused):
            let refusal = payoutLatelyTooLow(refused, session: id, at: now) ?? refused.refusal
            if refusal.code == .payoutUnknown, state.sessions[id].waiting.count < Session.waitingMost {
                // All else is well: it goes on record and waits for what the broker would pay.
                note(Fact(at: now, owner: signal.owner, .signalAccepted(signal)))
                _ = take(signal, session: id, at: now)
            } else if meter.count(refusal, session: id, strategy: strategy, at: now) {
                note(.refusalsCounted(strategy: strategy, refusal, count: 1), about: id, at: now)
            }
        }
    }

    /// A strategy may have many signals a minute: they do not ask again and again what they were just told.
    private func payoutLatelyTooLow(_ refused: Refused, session: SessionID, at now: Timestamp) -> Refusal? {
        guard let (terms, _) = refused.asks, let least = state.sessions[session].plan.leastPayoutBasisPoints else { return nil }
        return reference.quotes.lately(state.sessions[session].account, terms, payingLessThan: least, at: now, settings: settings)
    }

    mutating func cancelSignal(_ signal: SignalID, owner: OwnerID, by: Label, request: RequestID?, at now: Timestamp) {
        guard let sessions = state.owners.find(owner)?.sessions,
            sessions.contains(where: { state.sessions[$0].waiting.contains { $0.id == signal } })
        else {
            return reply(.declined(.signalNotPending), to: request)
        }
        note(Fact(at: now, owner: owner, .signalCancelled(signal, by: by)))
        reply(.done, to: request)
    }

    /// Decides again what waits. Called at the end of each turn, so that it sees everything that the turn changed.
    mutating func reconsider(at now: Timestamp) {
        for id in state.sessions.live(where: { !$0.waiting.isEmpty }) {
            openDay(id, at: now)
            for signal in state.sessions[id].waiting {
                if now > signal.validUntil { note(.signalExpired(signal.id), about: id, at: now); continue }
                switch decide(signal, session: id, at: now) {
                case .success(let intent): intend(intent, at: now)
                case .failure(let refused):
                    if refused.refusal.waitingHelps {
                        askQuote(refused, for: signal.id, session: id, at: now)
                    } else {
                        note(.signalRefused(signal.id, refused.refusal, waits: false), about: id, at: now)
                    }
                }
            }
        }
    }

    mutating func recordRefusals(olderThan seconds: Int64, at now: Timestamp) {
        for entry in meter.take(olderThan: seconds == .min ? -1_000_000_000 : seconds, at: now) {
            note(.refusalsCounted(strategy: entry.strategy, entry.refusal, count: entry.count), about: entry.session, at: now)
        }
    }
}
