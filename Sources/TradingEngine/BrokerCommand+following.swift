import TradingModel

// From facts to what the broker is asked.

extension BrokerCommand {
    /// What a fact asks of the broker. There is no second list of effects: a crash between fact and command loses
    /// nothing, because the fact, or its deadline, asks again.
    static func following(_ fact: Fact, in engine: TradingEngine, _ ask: (BrokerCommand) -> Void) {
        guard let account = fact.account else { return }
        switch fact.event {
        case .accountAdded(let profile): ask(.open(account, profile))
        case .accountRemoved: ask(.close(account))
        case .lineUp:
            for session in engine.state.sessions.elements where session.account == account {
                if session.phase.isRunning { for symbol in session.plan.criteria.symbols { ask(.offers(account, symbol)) } }
                // Signals that came while the line was down: what is sold decides them next.
                for signal in session.waiting where engine.reference.offers(account, signal.symbol) == nil { ask(.offers(account, signal.symbol)) }
                for contract in session.open { ask(.watch(account, contract.contract.id)) }
            }
        case .sessionStarting: for symbol in engine.state.sessions[fact.session!].plan.criteria.symbols { ask(.offers(account, symbol)) }
        case .planChanged(let plan, _):
            for symbol in plan.criteria.symbols where engine.reference.offers(account, symbol) == nil { ask(.offers(account, symbol)) }
        case .signalRefused(let id, _, waits: true):
            // Whatever it waits for, what is sold must be known by then.
            guard let session = fact.session, let signal = engine.state.sessions[session].waiting.first(where: { $0.id == id }),
                  engine.reference.offers(account, signal.symbol) == nil else { return }
            ask(.offers(account, signal.symbol))
        case .buyIntended(let intent): ask(.buy(account, intent))
        case .buyInDoubt:
            // Closing the connection starts the time after which nothing sent on it can newly appear.
            if engine.state.accounts[account].line == .up || engine.state.accounts[account].line == .catchingUp { ask(.hangUp(account)) }
        case .lookUpAsked:
            let state = engine.state.accounts[account]
            var anchor = state.anchor
            for buy in state.unresolved where !buy.isAbandoned { anchor = anchor.flatMap { anchor in buy.anchor.map { min(anchor, $0) } } }
            let intents = state.unresolved.map(\.intent) + state.givenUp
            ask(.lookUp(account, intents: intents, anchor: anchor, since: intents.map(\.intendedAt).min() ?? fact.at))
        case .settlementOverdue(let contract): ask(.watch(account, contract))
        default: break
        }
    }
}
