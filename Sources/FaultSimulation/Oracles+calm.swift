import DerivSimulator
import DerivWire
import SimulatedMarket
import TradingEngine
import TradingModel
import TradingPorts

// What must hold of the whole run, once it is calm.
extension World {
    /// Now and then during a run: the engine's state is the fold of what is on disk, unless a turn is being committed.
    func checkBooks() throws(Stop) {
        guard let process, !process.isCommitting, process.facts.isEmpty || judged == journal.count else { return }
        let state = process.turn.engine.state
        try oracle { judge throws(Violation) in try judge.checkRestored(state) }
    }
}

extension Judge {
    mutating func checkCalm(_ world: World) throws(Violation) {
        let books = world.broker.books
        guard let state = world.process?.turn.engine.state else { throw Violation("I21", "no process runs after calm") }
        try checkEverythingEnded(state, books)
        try checkEverythingRecorded(state, books)
        try checkMoney(state, books)
        try checkRaised(at: world.ours())
        let facts = try factsOnDisk(world)
        try checkFold(facts, world)
        try checkTables(facts, world)
        if let store = world.store { try checkStore(store, world.journal) }
    }

    /// I21: after calm every doubt is resolved, every contract settled, every session where it was sent.
    private func checkEverythingEnded(_ state: EngineState, _ books: SimulatedBroker) throws(Violation) {
        for account in state.accounts.elements {
            if let left = account.unresolved.first { throw Violation("I21", "unresolved after calm: \(left.intent.id) \(left.state)") }
            if account.line != .up, !account.isRemoved { throw Violation("I21", "the line of account \(account.id) is \(account.line) after calm") }
            if account.openContracts != 0 || account.reserved.minorUnits != 0 || account.openExposure.minorUnits != 0 {
                throw Violation("I6", "account \(account.id) still holds \(account.openContracts) contracts, \(account.reserved), \(account.openExposure)")
            }
        }
        for session in state.sessions.elements {
            if !session.open.isEmpty { throw Violation("I21", "open after calm: \(session.open.map(\.contract.id))") }
            if !session.phase.hasEnded, session.phase != .idle { throw Violation("I21", "session \(session.id) is \(session.phase.name) after calm") }
        }
    }

    /// I2: every contract that we caused stands under its intent, with its end; every other one is shown as outside.
    private func checkEverythingRecorded(_ state: EngineState, _ books: SimulatedBroker) throws(Violation) {
        for contract in books.contracts {
            let entries = accounts.filter { $0.login == contract.login && state.accounts.contains($0.id) }
            if entries.isEmpty { continue }
            let isRecorded = recordedContracts[contract.id] != nil
            if contract.tag == nil {
                // An account that nobody uses is not looked into; what was walked is explained.
                // And what was there before us is none of our business.
                let isWalked = entries.contains { entry in
                    state.accounts[entry.id].anchor.map { contract.buy <= $0 && contract.buy > firstSeen[entry.id] ?? $0 } ?? false
                }
                if isWalked, !isRecorded, outside[contract.id] == nil { throw Violation("I2", "#\(contract.id), bought by hand, is in no book") }
                continue
            }
            if isRecorded { continue }
            // Taken for somebody else's: only where a trade by hand looked the same.
            if isAlike[contract.login] == true, outside[contract.id] != nil { continue }
            throw Violation("I2", "#\(contract.id) of \(contract.tag!) is not recorded")
        }
    }

    /// I10, money to the cent: each session's profit and each account's balance are the broker's.
    private func checkMoney(_ state: EngineState, _ books: SimulatedBroker) throws(Violation) {
        var profits: [SessionID: Int64] = [:], trades: [SessionID: Int64] = [:], wins: [SessionID: Int64] = [:], losses: [SessionID: Int64] = [:]
        for contract in books.contracts {
            guard let id = recordedContracts[contract.id], let settlement = contract.settlement else { continue }
            profits[id.session, default: 0] += (settlement.payout - contract.price).minorUnits
            trades[id.session, default: 0] += 1
            if settlement.payout > contract.price { wins[id.session, default: 0] += 1 }
            if settlement.payout < contract.price { losses[id.session, default: 0] += 1 }
        }
        for session in state.sessions.elements {
            if session.profit.minorUnits != profits[session.id] ?? 0 {
                throw Violation("I10", "session \(session.id) made \(session.profit), the broker says \(profits[session.id] ?? 0)")
            }
            if session.trades != trades[session.id] ?? 0 { throw Violation("I10", "session \(session.id) has \(session.trades) trades") }
            if session.wins != wins[session.id] ?? 0 || session.losses != losses[session.id] ?? 0 {
                throw Violation("I10", "session \(session.id) has \(session.wins) won and \(session.losses) lost")
            }
        }
        for account in accounts where state.accounts.find(account.id)?.isRemoved == false {
            let theirs = books.accounts[account.login]!.balance, ours = state.accounts[account.id].balance
            if ours != theirs, isUsed[account.id] == true {
                throw Violation("I10", "the balance of account \(account.id) is \(ours), the broker says \(theirs)")
            }
        }
    }

    private func factsOnDisk(_ world: World) throws(Violation) -> [Fact] {
        do { return try world.journal.rows.map { try $0.fact() } } catch { throw Violation("I12", "\(error)") }
    }

    /// I12: replaying the journal gives the identical state; snapshot and rest come to the same.
    private func checkFold(_ facts: [Fact], _ world: World) throws(Violation) {
        var replayed = EngineState(), rest = world.snapshot?.state ?? EngineState(), owners: [OwnerID: Int64] = [:]
        for (index, (row, fact)) in zip(world.journal.rows, facts).enumerated() {
            replayed.evolve(fact)
            if index >= world.snapshot?.count ?? 0 { rest.evolve(fact) }
            owners[row.owner, default: 0] += 1
            if row.sequence != Int64(index) + 1 || row.ownerSequence != owners[row.owner]! {
                throw Violation("I12", "row \(index + 1) of the journal is numbered \(row.sequence), \(row.ownerSequence) of owner \(row.owner)")
            }
        }
        guard let state = world.process?.turn.engine.state else { return }
        if replayed != state { throw Violation("I12", "the journal replays to another state") }
        if rest != state { throw Violation("I12", "snapshot and rest come to another state") }
    }

    /// The table of trades says of each buy what became of it.
    private func checkTrades(_ tables: MemoryTables) throws(Violation) {
        for buy in buys {
            let states: [TradeState] =
                switch buy.end {
                case .unanswered: [.intended, .inDoubt, .ambiguous]
                case .unsent: [.unsent]
                case .rejected: [.rejected]
                case .abandoned, .released: [.abandoned]
                case .confirmed: [.open]
                case .settled: [.settled]
                }
            if let misstated = buy.misstated { throw Violation("I10", "\(buy.intent.id) still stands with \(misstated)") }
            guard let row = tables.trades[buy.intent.id], states.contains(row.state), row.contract?.id == buy.recorded else {
                throw Violation("I12", "\(buy.intent.id) is \(buy.end), its row says \(tables.trades[buy.intent.id].map { "\($0.state)" } ?? "nothing")")
            }
        }
    }

    /// The tables that were kept with the journal are those that a rebuild makes of it.
    private func checkTables(_ facts: [Fact], _ world: World) throws(Violation) {
        var state = EngineState(), rebuilt = MemoryTables()
        for fact in facts {
            do {
                state.evolve(fact)
                try rebuilt.apply(Projection.rows([fact], state: state))
            } catch { throw Violation("I12", "the tables cannot be rebuilt: \(error)") }
        }
        try checkTrades(world.journal.tables)
        if rebuilt == world.journal.tables { return }
        throw Violation("I12", "the tables differ from a rebuild in \(rebuilt.differences(world.journal.tables).joined(separator: ", "))")
    }
}

extension MemoryTables {
    /// The names of the tables that are not the same.
    func differences(_ other: MemoryTables) -> [String] {
        var names: [String] = []
        if accounts != other.accounts { names.append("account") }
        if sessions != other.sessions { names.append("session") }
        if signals != other.signals { names.append("signal") }
        if decisions != other.decisions { names.append("decision") }
        if trades != other.trades { names.append("trade") }
        if refusals != other.refusals { names.append("refusal") }
        if stopped != other.stopped { names.append("emergency stop") }
        if operatorsStop != other.operatorsStop { names.append("operators' stop") }
        if limits != other.limits { names.append("owner limits") }
        if outside != other.outside { names.append("outside trade") }
        return names
    }
}
