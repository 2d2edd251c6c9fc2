import TradingModel

// The life of a buy, folded: it moves money between three places (held, at stake, settled) on the session and on the
// account at once, so both change here and nowhere else.
extension EngineState {
    mutating func evolveBuy(_ fact: Fact) {
        let account = knownPlace(ofAccount: fact.account!), session = sessions.knownPlace(of: fact.session!)
        switch fact.event {
        case .buyIntended(let intent):
            accounts[at: account].unresolved.append(UnresolvedBuy(intent: intent, state: .inFlight, anchor: accounts[at: account].anchor))
            accounts[at: account].reserved += intent.stake.amount
            sessions[at: session].hold(intent)
        case .buyUnsent(let id), .buyRejected(let id, _):
            release(id, account: account, session: session)
        case .buyAbandoned(let id, let until):
            accounts[at: account].setState(of: id, to: .abandoned(until: until))
        case .reservationReleased(let id):
            let intent = release(id, account: account, session: session)
            accounts[at: account].givenUp.append(intent)
            if accounts[at: account].givenUp.count > Account.givenUpMost { accounts[at: account].givenUp.removeFirst() }
        case .buyInDoubt(let id, _):
            var doubt = Doubt()
            // A line that is down already closed whatever was written on it.
            if accounts[at: account].line == .down || accounts[at: account].line == .refused {
                doubt.closedAt = fact.at
                doubt.closedCleanly = accounts[at: account].closedCleanly
            }
            accounts[at: account].setState(of: id, to: .inDoubt(doubt))
        case .doubtLookedInto(let id, let proves):
            accounts[at: account].changeDoubt(of: id) { doubt in
                doubt.lookedAt = fact.at
                doubt.looks += 1
                if proves, doubt.provenSince == nil { doubt.provenSince = fact.at }
                if !proves { doubt.provenSince = nil }
            }
        case .buyAmbiguous(let id, let candidates):
            accounts[at: account].setState(of: id, to: .ambiguous(candidates))
        case .buyConfirmed(let id, let contract, let balance):
            confirm(id, contract, balance: balance, account: account, session: session, at: fact.at)
        case .contractAdopted(let id, let contract):
            confirm(id, contract, balance: nil, account: account, session: session, at: fact.at)
        case .settled(_, let settlement, let balance):
            settle(settlement, balance: balance, account: account, session: session, at: fact.at)
        case .settlementCorrected(_, let settlement, _, let balance):
            correct(settlement, balance: balance, account: account, session: session, at: fact.at)
        case .settlementOverdue(let contract):
            guard let index = sessions[at: session].open.firstIndex(where: { $0.contract.id == contract }) else {
                preconditionFailure("contract \(contract) is not open")
            }
            sessions[at: session].open[index].askedAt = fact.at
            sessions[at: session].open[index].asks += 1
        default: preconditionFailure("not a fact about a buy: \(fact.event)")
        }
    }

    /// Trades of the last half minute before a new day count for it too: the broker may sell them on either side.
    mutating func carryOver(_ session: SessionID, account: AccountID, from: Timestamp) {
        #if SeededBugs
        if SeededBug.midnightIsNotGuarded.isPlanted { return }
        #endif
        for index in accounts[account].unresolved.indices where accounts[account].unresolved[index].intent.id.session == session {
            let counts =
                !accounts[account].unresolved[index].isAbandoned
                && accounts[account].unresolved[index].intent.intendedAt >= from.adding(seconds: -30)
            accounts[account].unresolved[index].countsToday = counts
            if counts { sessions[session].tradesToday += 1 }
        }
    }

    private func knownPlace(ofAccount id: AccountID) -> Int {
        guard let place = accounts.place(of: id) else { preconditionFailure("account \(id) is not known") }
        return place
    }

    @discardableResult
    private mutating func release(_ id: IntentID, account: Int, session: Int) -> BuyIntent {
        let unresolved = accounts[at: account].remove(id)
        accounts[at: account].reserved -= unresolved.intent.stake.amount
        sessions[at: session].release(unresolved)
        return unresolved.intent
    }

    private mutating func confirm(_ id: IntentID, _ contract: Contract, balance: Money?, account: Int, session: Int, at: Timestamp) {
        let intent: BuyIntent
        if let index = accounts[at: account].unresolved.firstIndex(where: { $0.intent.id == id }) {
            let unresolved = accounts[at: account].unresolved.remove(at: index)
            intent = unresolved.intent
            accounts[at: account].reserved -= intent.stake.amount
            sessions[at: session].confirm(unresolved, contract, at: at)
        } else if let index = accounts[at: account].givenUp.firstIndex(where: { $0.id == id }) {
            intent = accounts[at: account].givenUp.remove(at: index)
            sessions[at: session].adopt(intent, contract, at: at)
        } else {
            preconditionFailure("intent \(id) is not unresolved")
        }
        accounts[at: account].openExposure += contract.price
        accounts[at: account].openContracts += 1
        accounts[at: account].remember(contract.id)
        if let balance { accounts[at: account].report(balance, contract.transaction) }
    }

    private mutating func settle(_ settlement: Settlement, balance: Money?, account: Int, session: Int, at: Timestamp) {
        let before = sessions[at: session].standing
        let ended = sessions[at: session].settle(settlement)
        if balance == nil { accounts[at: account].unbooked.keep(UnbookedSettlement(ended, settlement, before, sessions[at: session], at: at)) }
        let profit = settlement.payout - ended.contract.price
        accounts[at: account].openExposure -= ended.contract.price
        accounts[at: account].openContracts -= 1
        if accounts[at: account].day != at.utcDay {
            accounts[at: account].day = at.utcDay
            accounts[at: account].profitOfDay.minorUnits = accounts[at: account].endedLately.sum(from: Timestamp(dayOf: at))
        }
        accounts[at: account].endedLately.add(profit, at: settlement.settledAt)
        if profit.isNegative || settlement.settledAt.utcDay >= accounts[at: account].day { accounts[at: account].profitOfDay += profit }
        if let balance { accounts[at: account].report(balance, settlement.transaction) }
    }

    private mutating func correct(_ settlement: Settlement, balance: Money?, account: Int, session: Int, at: Timestamp) {
        guard let wrong = accounts[at: account].unbooked.take(settlement.contract) else {
            preconditionFailure("contract \(settlement.contract) is not among those to be confirmed")
        }
        let change = Session.Change(wrong, payout: settlement.payout)
        sessions[at: session].correct(wrong, change)
        accounts[at: account].correct(wrong, change)
        if let balance { accounts[at: account].report(balance, settlement.transaction) }
    }
}

extension Account {
    mutating func setState(of id: IntentID, to state: UnresolvedBuy.State) {
        guard let index = unresolved.firstIndex(where: { $0.intent.id == id }) else { preconditionFailure("intent \(id) is not unresolved") }
        unresolved[index].state = state
    }

    mutating func changeDoubt(of id: IntentID, _ change: (inout Doubt) -> Void) {
        guard let index = unresolved.firstIndex(where: { $0.intent.id == id }), case .inDoubt(var doubt) = unresolved[index].state else {
            preconditionFailure("intent \(id) is not in doubt")
        }
        change(&doubt)
        unresolved[index].state = .inDoubt(doubt)
    }

    mutating func remove(_ id: IntentID) -> UnresolvedBuy {
        guard let index = unresolved.firstIndex(where: { $0.intent.id == id }) else { preconditionFailure("intent \(id) is not unresolved") }
        return unresolved.remove(at: index)
    }
}

extension Session {
    mutating func hold(_ intent: BuyIntent) {
        reserved += intent.stake.amount
        unresolved += 1
        tradesToday += 1
        if !waiting.isEmpty { waiting.removeAll { $0.id == intent.id.signal } }
    }

    mutating func release(_ buy: UnresolvedBuy) {
        reserved -= buy.intent.stake.amount
        unresolved -= 1
        #if SeededBugs
        if SeededBug.rejectionEndsTheStreak.isPlanted { lossesInARow = 0 }
        #endif
        if buy.countsToday { tradesToday -= 1 }
    }

    mutating func confirm(_ buy: UnresolvedBuy, _ contract: Contract, at now: Timestamp) {
        reserved -= buy.intent.stake.amount
        unresolved -= 1
        // Intended yesterday, sold today.
        if !buy.countsToday, contract.purchasedAt >= dayFrom { tradesToday += 1 }
        run(buy.intent, contract, at: now)
    }

    /// A contract whose reservation had ended: it counts from now on.
    mutating func adopt(_ intent: BuyIntent, _ contract: Contract, at now: Timestamp) {
        tradesToday += 1
        run(intent, contract, at: now)
    }

    private mutating func run(_ intent: BuyIntent, _ contract: Contract, at now: Timestamp) {
        let entry = OpenContract(intent: intent, contract: contract)
        open.insert(entry, at: open.firstIndex { contract.id < $0.contract.id } ?? open.count)
        trades += 1
        lastTradeAt = now
        soldLately.add(1, at: contract.purchasedAt)
    }

    mutating func settle(_ settlement: Settlement) -> OpenContract {
        guard let index = open.firstIndex(where: { $0.contract.id == settlement.contract }) else {
            preconditionFailure("contract \(settlement.contract) is not open")
        }
        let ended = open.remove(at: index)
        #if SeededBugs
        if SeededBug.settlesTwice.isPlanted, settledCount % 4 == 3 { open.insert(ended, at: index) }
        #endif
        let result = settlement.payout - ended.contract.price
        profit += result
        // Yesterday's profit, heard today, is none of today's; a loss counts on the day that hears of it, too.
        if result.isNegative || settlement.settledAt >= dayFrom { profitToday += result }
        #if SeededBugs
        if SeededBug.yesterdaysProfitIsTodays.isPlanted, !result.isNegative, settlement.settledAt < dayFrom { profitToday += result }
        #endif
        endedLately.add(result, at: settlement.settledAt)
        settledCount += 1
        settledStakes += ended.contract.price
        settledPossiblePayouts += ended.contract.payout
        let isLatest = settlement.isAfter(lastSettledAt, lastSettledBy)
        if result.isPositive { wins += 1 }
        if result.isNegative {
            losses += 1; lossesInARow += 1
        }
        // What ended earlier than a loss that is known already does not end its streak: the worse is taken.
        else if isLatest {
            (lossesInARow, streakSince) = (0, settledCount)
        }
        // A win that is heard of late may be the peak that later losses fell from: the worse is taken, here too.
        if result.isPositive, !isLatest {
            peak += result
            countedPeak += result
        }
        #if SeededBugs
        if SeededBug.lateWinRaisesNoPeak.isPlanted, result.isPositive, !isLatest { (peak, countedPeak) = (peak - result, countedPeak - result) }
        #endif
        if isLatest { (lastSettledAt, lastSettledBy) = (settlement.settledAt, settlement.transaction) }
        peak = max(peak, equity)
        countedPeak = max(countedPeak, equity)
        greatestDrawdown = max(greatestDrawdown, Session.drawdown(from: peak, to: equity))
        return ended
    }
}

extension Settlement {
    /// Whether it came after another, by the broker's second and, within one, by its booking. What cannot be told apart did not.
    func isAfter(_ moment: Timestamp, _ booking: TransactionID?) -> Bool {
        if settledAt != moment { return settledAt > moment }
        guard let transaction, let booking else { return false }
        return transaction > booking
    }
}
