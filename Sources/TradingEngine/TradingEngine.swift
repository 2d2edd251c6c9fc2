import TradingModel

/// Decides. An input comes in with its moment; facts, commands and answers go out. No clock, no chance, nothing is
/// awaited: the same inputs at the same moments give the same facts.
public struct TradingEngine: Sendable {
    public internal(set) var state: EngineState
    public let settings: EngineSettings
    var reference = ReferenceData()
    var meter = RefusalMeter()
    /// When time alone may let a raise act; looked at anew in each turn.
    var raiseDeadline: Timestamp?
    #if SeededBugs
    /// What this process began with ends here.
    var beganAt = Timestamp(milliseconds: 0)
    #endif
    /// What this turn came to; emptied by `LoopTurn`.
    var output = Output()

    struct Output: Sendable {
        var facts: [Fact] = []
        var commands: [BrokerCommand] = []
        var answers: [Answer] = []
    }

    public init(state: EngineState = EngineState(), settings: EngineSettings = EngineSettings()) {
        (self.state, self.settings) = (state, settings)
        // What waits is looked at as soon as there is a turn.
        if state.owners.elements.contains(where: { !$0.raises.isEmpty }) { raiseDeadline = Timestamp(milliseconds: 0) }
        #if SeededBugs
        beganAt = state.at
        if SeededBug.countsInMemoryOnly.isPlanted { for place in state.sessions.livePlaces { self.state.sessions[at: place].lossesInARow = 0 } }
        #endif
    }

    /// Takes one input, records what it comes to, and checks that everything still holds.
    @inline(__always) mutating func handle(_ input: Input, at now: Timestamp) {
        switch input.event {
        case .signal(let signal): signalArrived(signal, request: input.request, at: now)
        case .strategySignal(let signal): strategySignalArrived(signal, at: now)
        case .cancelSignal(let signal, let owner, let by): cancelSignal(signal, owner: owner, by: by, request: input.request, at: now)
        case .broker(let account, let event): if state.accounts.contains(account) { brokerTold(event, account: account, at: now) }
        case .deadline: break
        case .failSession(let id, let evidence):
            guard let place = state.sessions.place(of: id), !state.sessions[at: place].phase.hasEnded else {
                return reply(.declined(.sessionEnded), to: input.request)
            }
            note(.failed(evidence: evidence), about: id, at: now)
            reply(.done, to: input.request)
        case .flush:
            recordRefusals(olderThan: .min, at: now)
            reply(.done, to: input.request)
        case .calendar(let calendar):
            reference.learn(calendar, at: now)
            reply(.done, to: input.request)
        case .ask(let session, let owner, let question):
            guard state.sessions.find(session)?.owner == owner, let answer = answer(question, of: session, at: now) else {
                return reply(.declined(.sessionNotFound), to: input.request)
            }
            reply(.risk(answer), to: input.request)
        case .askPromise(let owner): reply(.promise(promise(of: owner, at: now)), to: input.request)
        case .askCandidates(let intent, let owner):
            switch candidates(of: intent, owner: owner, at: now) {
            case .success(let contracts): reply(.candidates(contracts), to: input.request)
            case .failure(let decline): reply(.declined(decline), to: input.request)
            }
        case .addAccount, .removeAccount, .setRealTrading, .setAccountLimits, .setOwnerLimits, .setPromise, .takeBackRaise, .createSession, .startSession,
            .changePlan, .pauseSession,
            .resumeSession, .stopSession, .acceptReview, .emergencyStop, .liftEmergencyStop, .operatorsStop, .liftOperatorsStop, .resolveDoubt:
            reply(personAsked(input.event, mayRaise: input.mayRaise, at: now).map { .declined($0) } ?? .done, to: input.request)
        }
    }

    #if SeededBugs
    var lateIntents: [Fact] = []
    mutating func recordIntentsLate() {
        func isIntent(_ fact: Fact) -> Bool { if case .buyIntended = fact.event { true } else { false } }
        (output.facts, lateIntents) = (lateIntents + output.facts.filter { !isIntent($0) }, output.facts.filter(isIntent))
    }
    #endif

    // MARK: Recording

    mutating func note(_ fact: consuming Fact) {
        state.evolve(fact)
        BrokerCommand.following(fact, in: state, reference, adding: &output.commands)
        output.facts.append(fact)
    }

    /// About a session, by its id. What records a fact holds no copy of a session or an account meanwhile: the change
    /// would have to copy their lists.
    mutating func note(_ event: consuming Fact.Event, about id: SessionID, at now: Timestamp) {
        let place = state.sessions.knownPlace(of: id)
        note(Fact(at: now, owner: state.sessions[at: place].owner, account: state.sessions[at: place].account, session: id, event))
    }

    mutating func note(_ event: consuming Fact.Event, about id: AccountID, at now: Timestamp) {
        note(Fact(at: now, owner: state.accounts[id].owner, account: id, event))
    }

    mutating func note(_ event: consuming Fact.Event, intent: BuyIntent, at now: Timestamp) {
        note(Fact(at: now, owner: state.accounts[intent.account].owner, account: intent.account, session: intent.id.session, event))
    }

    mutating func reply(_ outcome: Answer.Outcome, to request: RequestID?) {
        if let request { output.answers.append(Answer(request: request, outcome: outcome)) }
    }
}
