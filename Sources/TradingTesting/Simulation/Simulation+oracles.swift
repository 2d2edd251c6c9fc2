import SimulatedMarket
import TradingEngine
import TradingModel

// What must hold after every step and, once calm, of the whole run. The broker's ledger is the truth.
extension Simulation {
    /// As a command leaves: nothing is bought on an account in doubt, or by a session that takes no signals.
    func check(_ command: BrokerCommand) throws(Failure) {
        guard case .buy(let account, let intent) = command else { return }
        if turn.engine.state.accounts[account].isInDoubt { throw failure("a buy left while the account is in doubt: \(intent.id)") }
        let sent = journal.count { if case .buyIntended(let other) = $0.event { other.id == intent.id } else { false } }
        if sent != 1 { throw failure("intent \(intent.id) stands \(sent) times in the journal") }
    }

    func checkStep() throws(Failure) {
        try checkOneContractEach()
        try checkLimits()
        try checkLive()
    }

    /// What each turn looks at is what is live, and nothing else.
    private func checkLive() throws(Failure) {
        let state = turn.engine.state, live = state.sessions.liveElements.map(\.id)
        if live != state.sessions.elements.filter(\.isLive).map(\.id) { throw failure("live sessions \(live)") }
        if state.owners.elements.flatMap(\.sessions) != live || state.accounts.elements.flatMap(\.sessions) != live {
            throw failure("live sessions of owner and account")
        }
    }

    private var ours: [SoldContract] { broker.contracts.filter { $0.login == login && $0.tag != nil } }

    /// I1, and before quiescence the half of I2 that says: never a contract without an intent.
    private func checkOneContractEach() throws(Failure) {
        var seen: Set<String> = []
        for contract in ours.suffix(8) {
            guard let intent = IntentID(contract.tag!) else { throw failure("contract \(contract.id) with the tag \(contract.tag!)") }
            if !seen.insert(contract.tag!).inserted || ours.count(where: { $0.tag == contract.tag }) > 1 { throw failure("bought twice: \(intent)") }
        }
    }

    /// I4 to I8 on the broker's ledger as it stands: what was lost today, and what would be if all that runs were lost.
    private func checkLimits() throws(Failure) {
        let session = turn.engine.state.sessions.elements.first
        guard let session, let day = session.day, !session.plan.limits.isOff else { return }
        let limits = session.plan.limits
        if let limit = limits.lossPerDay, session.profitToday.loss > limit { throw failure("lost \(session.profitToday) on \(day), limit \(limit)") }
        if let limit = limits.greatestStake, let contract = ours.last, contract.price > limit { throw failure("paid \(contract.price), limit \(limit)") }
        if let least = session.plan.leastPayoutBasisPoints, let contract = ours.last, contract.payout.minorUnits * 10_000 < contract.price.minorUnits * least {
            throw failure("pays \(contract.payout) for \(contract.price)")
        }
        if let limit = limits.lossesInARow, session.lossesInARow > limit { throw failure("\(session.lossesInARow) losses in a row, limit \(limit)") }
        if let limit = limits.drawdownBasisPoints, session.currentDrawdown > limit { throw failure("drawdown \(session.currentDrawdown), limit \(limit)") }
        let bought = ours.count { TradingCalendar.utc.day(at: $0.purchasedAt) == TradingCalendar.utc.day(at: now) }
        if let limit = limits.tradesPerDay, bought > limit { throw failure("\(bought) trades today, limit \(limit)") }
        // By the broker's own books, whatever we know of them.
        let lost = ours.reduce(Int64(0)) { sum, contract in
            guard let settlement = contract.settlement, TradingCalendar.utc.day(at: settlement.time) == TradingCalendar.utc.day(at: now) else { return sum }
            return sum + (settlement.payout - contract.price).minorUnits
        }
        if let limit = limits.lossPerDay, -lost > limit.minorUnits { throw failure("the broker says lost \(-lost) today, limit \(limit)") }
    }

    func checkCalm() throws(Failure) {
        var replayed = EngineState()
        for fact in journal { replayed.evolve(fact) }
        if replayed != turn.engine.state { throw failure("the journal replays to another state") }
        let account = turn.engine.state.accounts[Simulation.account], session = turn.engine.state.sessions[Simulation.session]
        if let left = account.unresolved.first { throw failure("unresolved after calm: \(left)") }
        if !session.open.isEmpty { throw failure("open after calm: \(session.open)") }
        if session.phase != .stopped { throw failure("after calm the session is \(session.phase.name): \(session.failure ?? "")") }
        // I2: every contract that we caused is recorded, with its end.
        var profit: Int64 = 0
        for contract in ours {
            guard let settlement = contract.settlement else { throw failure("the broker holds \(contract.id) open after calm") }
            profit += (settlement.payout - contract.price).minorUnits
            let recorded = journal.contains {
                if case .settled(let id, let ours, _) = $0.event {
                    id.text == contract.tag && ours.contract == contract.id && ours.payout == settlement.payout
                } else {
                    false
                }
            }
            if !recorded { throw failure("not recorded: contract \(contract.id) of \(contract.tag!)") }
        }
        // I10, to the cent.
        if session.profit.minorUnits != profit { throw failure("our profit \(session.profit), the broker's \(profit)") }
        if account.balance != broker.accounts[login]!.balance {
            throw failure("our balance \(account.balance), the broker's \(broker.accounts[login]!.balance)")
        }
        if Int(session.trades) != ours.count { throw failure("our trades \(session.trades), the broker's \(ours.count)") }
    }
}

extension RiskLimits {
    var isOff: Bool { self == RiskLimits() }
}
