import TradingModel

// From facts to what the broker is asked.

extension BrokerCommand {
    /// What a fact asks of the broker. There is no second list of effects: a crash between fact and command loses
    /// nothing, because the fact, or its deadline, asks again.
    static func following(_ fact: Fact, in state: EngineState, _ reference: ReferenceData, adding commands: inout [BrokerCommand]) {
        func ask(_ command: BrokerCommand) { commands.append(command) }
        guard let account = fact.account else { return }
        #if SeededBugs
        if SeededBug.resendsUnanswered.isPlanted, case .buyInDoubt(let id, _) = fact.event {
            for buy in state.accounts[account].unresolved where buy.intent.id == id { ask(.buy(account, buy.intent)) }
        }
        #endif
        switch fact.event {
        case .accountAdded(let profile): ask(.open(account, profile))
        case .accountRemoved: ask(.close(account))
        case .lineUp:
            for id in state.accounts[account].sessions {
                let session = state.sessions[id]
                if session.phase.isRunning { for symbol in session.plan.criteria.symbols { ask(.offers(account, symbol)) } }
                // Signals that came while the line was down: what is sold decides them next.
                for signal in session.waiting where reference.offers(account, signal.symbol) == nil { ask(.offers(account, signal.symbol)) }
                for contract in session.open { ask(.watch(account, contract.contract.id)) }
            }
        case .sessionStarting: for symbol in state.sessions[fact.session!].plan.criteria.symbols { ask(.offers(account, symbol)) }
        case .planChanged(let plan, _):
            for symbol in plan.criteria.symbols where reference.offers(account, symbol) == nil { ask(.offers(account, symbol)) }
        case .signalRefused(let id, _, waits: true):
            // Whatever it waits for, what is sold must be known by then.
            guard let session = fact.session, let signal = state.sessions[session].waiting.last(where: { $0.id == id }),
                reference.offers(account, signal.symbol) == nil
            else { return }
            ask(.offers(account, signal.symbol))
        case .quoteAsked(_, let terms, let stake): ask(.quote(account, terms, stake: stake))
        case .buyIntended(let intent): ask(.buy(account, intent))
        case .buyInDoubt:
            // Closing the connection starts the time after which nothing sent on it can newly appear.
            if state.accounts[account].line == .up || state.accounts[account].line == .catchingUp { ask(.hangUp(account)) }
        case .lookUpAsked:
            let account = state.accounts[account]
            var anchor = account.unbooked.anchor(account.anchor)
            for buy in account.unresolved where !buy.isAbandoned { anchor = anchor.flatMap { anchor in buy.anchor.map { min(anchor, $0) } } }
            let intents = account.unresolved.map(\.intent) + account.givenUp
            ask(.lookUp(account.id, intents: intents, anchor: anchor, since: intents.map(\.intendedAt).min() ?? fact.at))
        case .settlementOverdue(let contract): ask(.watch(account, contract))
        default: break
        }
    }
}
