import TradingEngine
import TradingModel

// The life of a buy: which fact may follow which, and on what proof.
extension Auditor {
    mutating func recordBuy(_ fact: Fact) {
        guard let account = fact.account, let session = fact.session, var books = accounts[account], sessions[session] != nil else {
            return find("I2", .journal, "\(fact.line) of an account or session that is on no record")
        }
        // Taken out while they change, so that they are not copied.
        accounts[account]!.buys = []
        switch fact.event {
        case .buyIntended(let intent):
            judge(intent, session, account, books, at: fact)
            books.buys.append(AuditedBuy(intent: intent, state: .inFlight))
            accounts[account] = books
            judgeLimits(intent, session, account, at: fact.at)
            return
        case .settled(let id, let settlement, let balance):
            settle(id, settlement, session, &books, account)
            books.report(balance, settlement.transaction)
        case .settlementCorrected(let id, let settlement, let was, let balance):
            correct(id, settlement, was: was, session, &books, account)
            books.report(balance, settlement.transaction)
        default: recordStep(fact, session, &books, account)
        }
        accounts[account] = books
    }

    private mutating func recordStep(_ fact: Fact, _ session: SessionID, _ books: inout AccountBooks, _ account: AccountID) {
        func wrong(_ what: String) -> String { "\(fact.line): \(what)" }
        switch fact.event {
        case .buyConfirmed(let id, let contract, let balance):
            confirm(id, contract, session, &books, account, mayBeGivenUp: false)
            return books.report(balance, contract.transaction)
        case .contractAdopted(let id, let contract): return confirm(id, contract, session, &books, account, mayBeGivenUp: true)
        default: break
        }
        guard let id = fact.event.intent, let place = books.place(of: id) else {
            return find("I2", .account(account), wrong("no buy of that name is unresolved"))
        }
        let state = books.buys[place].state
        switch (fact.event, state) {
        case (.buyUnsent, .inFlight), (.buyUnsent, .inDoubt), (.buyUnsent, .ambiguous), (.buyRejected, .inFlight), (.buyRejected, .inDoubt),
            (.buyRejected, .ambiguous):
            books.buys.remove(at: place)
        case (.buyInDoubt, .inFlight):
            let isDown = !books.isUp && !books.isCatchingUp
            books.buys[place].state = .inDoubt(closedAt: isDown ? fact.at : nil, clean: books.closedCleanly, provenAt: nil)
        case (.doubtLookedInto(_, let proves), .inDoubt(let closedAt, let clean, let provenAt)):
            // N1 of the proof: nothing that was sent can still arrive.
            let quarantine = (clean ? settings.quarantineSeconds : settings.quarantineUncleanSeconds) + settings.statementLagSeconds
            if proves, closedAt.map({ fact.at < $0.adding(seconds: quarantine) }) ?? true {
                find("I3", .account(account), wrong("taken for a proof while the request could still arrive"))
            }
            books.buys[place].state = .inDoubt(closedAt: closedAt, clean: clean, provenAt: proves ? provenAt ?? fact.at : nil)
        case (.buyAmbiguous, .inDoubt): books.buys[place].state = .ambiguous
        // What the person said follows as a fact of its own.
        case (.doubtResolved, .ambiguous): break
        case (.doubtResolved(_, let contract, _), .inDoubt(let closedAt, let clean, _)):
            let quarantine = (clean ? settings.quarantineSeconds : settings.quarantineUncleanSeconds) + settings.statementLagSeconds
            let isOld = fact.at >= books.buys[place].intent.intendedAt.adding(seconds: settings.doubtForPersonSeconds)
            let mayArrive = closedAt.map { fact.at < $0.adding(seconds: quarantine) } ?? true
            if contract != nil || !isOld || mayArrive { find("I3", .account(account), wrong("a person was asked too early, or about a contract")) }
            books.buys[place].state = .ambiguous
        case (.buyAbandoned(_, let until), .inDoubt(_, _, let provenAt)):
            // N3: two look-ups agree, a statement's lag apart.
            if provenAt.map({ fact.at < $0.adding(seconds: settings.statementLagSeconds) }) ?? true {
                find("I3", .account(account), wrong("given up without two look-ups that prove it"))
            }
            abandon(place, until: until, &books, account, fact)
        // A person said so.
        case (.buyAbandoned(_, let until), .ambiguous): abandon(place, until: until, &books, account, fact)
        case (.reservationReleased, .abandoned(let until)):
            if fact.at < until { find("I6", .account(account), wrong("its stake is to be held until \(until)")) }
            books.givenUp.append(books.buys.remove(at: place).intent)
            if books.givenUp.count > AccountBooks.givenUpMost { books.givenUp.removeFirst() }
        default: find("I3", .account(account), wrong("does not follow from \(state)"))
        }
    }

    private mutating func abandon(_ place: Int, until: Timestamp, _ books: inout AccountBooks, _ account: AccountID, _ fact: Fact) {
        if until < fact.at.adding(seconds: settings.tombstoneSeconds) { find("I6", .account(account), "\(fact.line): its stake is held until \(until) only") }
        books.buys[place].state = .abandoned(until: until)
    }

    private mutating func confirm(
        _ id: IntentID, _ contract: Contract, _ session: SessionID, _ books: inout AccountBooks, _ account: AccountID, mayBeGivenUp: Bool
    ) {
        if books.knows(contract.id) { find("I16", .account(account), "#\(contract.id) stands under another buy than \(id), too") }
        if let place = books.place(of: id) {
            switch books.buys[place].state {
            case .inFlight where !mayBeGivenUp, .inDoubt where !mayBeGivenUp, .ambiguous where !mayBeGivenUp, .abandoned where mayBeGivenUp: break
            default: find("I3", .account(account), "\(id) became #\(contract.id) from \(books.buys[place].state)")
            }
            books.buys[place].state = .open(contract)
        } else if mayBeGivenUp, let place = books.givenUp.firstIndex(where: { $0.id == id }) {
            books.buys.append(AuditedBuy(intent: books.givenUp.remove(at: place), state: .open(contract)))
        } else {
            return find("I2", .account(account), "#\(contract.id) stands under \(id), which is on no record")
        }
        let stake = books.buys[books.place(of: id)!].intent.stake.amount
        if contract.price > stake { find("I5", .session(session), "#\(contract.id) cost \(contract.price), the stake was \(stake)") }
        sessions[session]!.sold(contract)
    }

    private mutating func settle(_ id: IntentID, _ settlement: Settlement, _ session: SessionID, _ books: inout AccountBooks, _ account: AccountID) {
        guard let place = books.place(of: id), let contract = books.buys[place].contract, contract.id == settlement.contract else {
            return find("I11", .account(account), "\(id) is settled with #\(settlement.contract), which is not open")
        }
        books.buys.remove(at: place)
        books.end(
            AuditedEnd(contract: contract.id, price: contract.price.minorUnits, payout: settlement.payout.minorUnits, settledAt: settlement.settledAt))
        sessions[session]!.ended(settlement.payout.minorUnits - contract.price.minorUnits, at: settlement.settledAt)
    }

    private mutating func correct(
        _ id: IntentID, _ settlement: Settlement, was: Money, _ session: SessionID, _ books: inout AccountBooks, _ account: AccountID
    ) {
        guard let before = books.correct(settlement.contract, to: settlement.payout.minorUnits) else {
            books.count(settlement.payout.minorUnits - was.minorUnits, at: settlement.settledAt)
            return stale.append(session)
        }
        if before.payout != was.minorUnits {
            find("I11", .account(account), "#\(settlement.contract) is corrected from \(was), on record was \(before.payout)")
        }
        sessions[session]!.corrected(from: before.payout - before.price, to: settlement.payout.minorUnits - before.price, endedAt: before.settledAt)
    }
}

extension Fact.Event {
    /// The buy that a step of its life is about.
    fileprivate var intent: IntentID? {
        switch self {
        case .buyUnsent(let id), .buyRejected(let id, _), .buyInDoubt(let id, _), .doubtLookedInto(let id, _), .buyAmbiguous(let id, _),
            .doubtResolved(let id, _, _), .buyAbandoned(let id, _), .reservationReleased(let id):
            id
        default: nil
        }
    }
}
