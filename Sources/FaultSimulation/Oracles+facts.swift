import DerivSimulator
import DerivWire
import SimulatedMarket
import TradingAudit
import TradingEngine
import TradingModel
import TradingPorts

// What must hold of every fact as it reaches the disk.
extension Judge {
    /// I12: what is on disk reads back as what was decided. I26: each owner's facts are numbered without a gap, over every restart.
    /// I13: broker time of the facts never goes back.
    mutating func checkCoding(_ row: JournalRow, _ fact: Fact) throws(Violation) {
        let read: Fact
        do throws(FactCodingError) { read = try row.fact() } catch { throw Violation("I12", "\(error)") }
        if let finding = order.take(read, sequence: row.sequence, ownerSequence: row.ownerSequence) { throw Violation(finding.invariant, finding.evidence) }
        if read != fact { throw Violation("I12", "\(fact.line) reads back as \(read.line)") }
    }

    /// I12: a restart restores exactly what was decided and made durable; with a snapshot, snapshot and rest come to it.
    func checkRestored(_ state: EngineState) throws(Violation) {
        if state != folded { throw Violation("I12", "the journal restores to another state than its facts fold to") }
    }

    /// I13: days never go back, and each is the one that its moment belongs to.
    private mutating func checkTime(_ fact: Fact) throws(Violation) {
        if case .dayOpened(let day, _) = fact.event, let session = fact.session.flatMap(place) {
            if let before = sessions[session].day, before >= day { throw Violation("I13", "day \(day) opens after \(before)") }
            if day != self.day(at: fact.at) { throw Violation("I13", "day \(day) opens at \(fact.at)") }
            sessions[session].day = day
        }
    }

    /// Takes one fact into the books; each kind is held against what it promises.
    mutating func record(_ fact: Fact, _ world: World) throws(Violation) {
        try checkTime(fact)
        folded.evolve(fact)
        try checkPromise(fact, world)
        switch fact.event {
        case .signalAccepted(let signal):
            if let tickAt = signal.tickAt, signal.issuedAt.milliseconds(since: tickAt) > Judge.tickOldest {
                throw Violation("I20", "signal \(signal.id) follows a tick of \(tickAt), at \(signal.issuedAt)")
            }
            if accepted.updateValue(fact.at, forKey: signal.id) != nil { throw Violation("I24", "signal \(signal.id) is accepted twice") }
            validUntil[signal.id] = signal.validUntil
        case .accountLimitsSet(let limits, _): accountLimits[fact.account!] = limits
        case .ownerLimitsSet(let limits, _): ownerLimits[fact.owner] = limits
        case .paused: sessions[place(of: fact.session!)!].isPaused = true
        case .sessionCreated(let plan, _):
            sessions.append(SessionBooks(id: fact.session!, account: Int(fact.account!.rawValue) - 1, plan: plan, laxest: plan.limits))
        case .sessionStarted(let balance):
            let session = place(of: fact.session!)!
            sessions[session].startBalance = balance.minorUnits
            sessions[session].startedAt = fact.at
        case .planChanged(let plan, _):
            let session = place(of: fact.session!)!
            sessions[session].plan = plan
            sessions[session].laxest = sessions[session].laxest.laxer(plan.limits)
        case .resumed(_, let streakCleared, let peakCleared):
            let session = place(of: fact.session!)!
            sessions[session].isPaused = false
            if streakCleared { sessions[session].streak = 0 }
            // From the present equity on: ours, which may not have heard of everything yet.
            if peakCleared { sessions[session].peak = max(sessions[session].profit, folded.sessions[fact.session!].profit.minorUnits) }
        case .stopped:
            sessions[place(of: fact.session!)!].endedAt = fact.at
        case .failed(let evidence):
            sessions[place(of: fact.session!)!].endedAt = fact.at
            if evidence != "the broker does not take the token" { throw Violation("production's own invariants", evidence) }
        case .lookUpAsked: lookedUpAt[fact.account!] = world.now
        case .lookUpEnded(let walkedTo?): if firstSeen[fact.account!] == nil { firstSeen[fact.account!] = walkedTo }
        case .emergencyStopped: stoppedAt[fact.owner] = world.now
        case .operatorsStopped: stoppedAt[nil] = world.now
        case .emergencyStopLifted: (stoppedOwners[fact.owner], liftedAt[fact.owner]) = (false, world.now)
        case .operatorsStopLifted: (isStoppedByOperators, liftedAt[nil]) = (false, world.now)
        case .outsideTradeSeen(let contract, _, _): try checkOutside(contract, fact, world.broker.books)
        default: try recordBuy(fact, world)
        }
    }

    private mutating func recordBuy(_ fact: Fact, _ world: World) throws(Violation) {
        switch fact.event {
        case .buyIntended(let intent):
            if buyOf[intent.id] != nil { throw Violation("I1", "\(intent.id) is intended twice") }
            buyOf[intent.id] = buys.count
            let session = sessions[place(of: intent.id.session)!]
            buys.append(Buy(intent: intent, leastPayout: session.plan.leastPayoutBasisPoints))
            try checkGate(intent, session, fact)
            let available = folded.accounts[intent.account].available, stake = intent.stake.amount
            if let broken = promises.broken(stake, plan: session.plan, owner: fact.owner, available: available.minorUnits + stake.minorUnits) {
                throw Violation("I27", "\(intent.id): \(broken)")
            }
            try checkExposure(intent, owner: fact.owner, at: fact.at)
            try checkReservation(
                intent, session, available: Money(minorUnits: available.minorUnits + intent.stake.amount.minorUnits, currency: available.currency), at: fact.at)
        case .doubtResolved(let id, contract: nil, _): if let index = buyOf[id] { buys[index].isDenied = true }
        case .buyUnsent(let id): try end(id, .unsent, fact)
        case .buyRejected(let id, _): try end(id, .rejected, fact)
        case .buyAbandoned(let id, let until):
            try end(id, .abandoned, fact)
            buys[buyOf[id]!].abandonedUntil = until
        case .reservationReleased(let id):
            try checkRelease(buys[buyOf[id]!], at: fact.at)
            try end(id, .released, fact)
        case .buyConfirmed(let id, let contract, _), .contractAdopted(let id, let contract):
            try checkAttribution(id, contract, buys[buyOf[id]!], world)
            try end(id, .confirmed, fact)
            buys[buyOf[id]!].recorded = contract.id
        case .settled(let id, let settlement, let balance):
            try checkSettlement(id, settlement, world.broker.books, mayBeMisstated: world.drawn.settlementMisstated > 0 && balance == nil)
            try end(id, .settled, fact)
            if let price = world.broker.books.contract(settlement.contract)?.price { tell(settlement.payout - price, id, settlement, fact) }
        case .settlementCorrected(let id, let settlement, let was, _):
            try checkCorrection(id, settlement, was, world.broker.books)
            tell(settlement.payout - was, id, settlement, fact)
        default: break
        }
    }

    /// What a session and its account made, or made more than was told before, as it stands on record.
    private mutating func tell(_ profit: Money, _ id: IntentID, _ settlement: Settlement, _ fact: Fact) {
        let account = buys[buyOf[id]!].intent.account
        sessions[place(of: id.session)!].told.add(profit.minorUnits, on: day(at: settlement.settledAt), heardOn: day(at: fact.at))
        toldOf[login(account), default: Told()].add(profit.minorUnits, on: settlement.settledAt.civilDay, heardOn: fact.at.civilDay)
    }

    private mutating func end(_ id: IntentID, _ end: Buy.End, _ fact: Fact) throws(Violation) {
        guard let index = buyOf[id] else { throw Violation("I2", "\(fact.line) of an intent that is on no record") }
        try checkProof(fact.event, buys[index], at: fact.at)
        buys[index].end = end
    }

    /// I9, stopped means stopped, and the gate: after a stop was acknowledged no buy is decided, none by a session that
    /// takes no signals, and none on an account with a buy in doubt. I20: none on a signal that is over.
    private func checkGate(_ intent: BuyIntent, _ session: SessionBooks, _ fact: Fact) throws(Violation) {
        if session.stopAcknowledged { throw Violation("I9", "\(intent.id) is intended after session \(session.id) was stopped") }
        if isStoppedByOperators { throw Violation("I9", "\(intent.id) is intended after operators had stopped everybody") }
        if stoppedOwners[fact.owner] == true { throw Violation("I9", "\(intent.id) is intended during an emergency stop") }
        if session.startedAt == nil || session.isPaused { throw Violation("I9", "\(intent.id) is intended by a session that is not active") }
        if session.endedAt != nil { throw Violation("I9", "\(intent.id) is intended by a session that has ended") }
        guard let until = validUntil[intent.id.signal] else { throw Violation("I2", "\(intent.id) follows a signal that is on no record") }
        if fact.at > until { throw Violation("I20", "\(intent.id) is intended at \(fact.at), its signal was good until \(until)") }
        for other in buys.dropLast().suffix(64)
        where other.end == .unanswered && other.intent.account == intent.account && other.intent.terms == intent.terms && other.intent.stake == intent.stake {
            throw Violation("I16", "\(intent.id) could not be told from \(other.intent.id), which is unanswered")
        }
        if folded.accounts[intent.account].isInDoubt { throw Violation("I6", "\(intent.id) is intended while the account is in doubt") }
        if intent.intendedAt != fact.at { throw Violation("I13", "\(intent.id) says \(intent.intendedAt), its fact \(fact.at)") }
    }

    /// I10: a settlement says what the broker booked, once.
    private mutating func checkSettlement(
        _ id: IntentID, _ settlement: Settlement, _ books: SimulatedBroker, mayBeMisstated: Bool
    ) throws(Violation) {
        guard let index = buyOf[id], buys[index].recorded == settlement.contract else {
            throw Violation("I16", "\(id) is settled with #\(settlement.contract)")
        }
        if buys[index].end == .settled { throw Violation("I11", "\(id) is settled twice") }
        guard let theirs = books.contract(settlement.contract)?.settlement else {
            throw Violation("I10", "#\(settlement.contract) is settled on record, it runs")
        }
        if theirs.payout != settlement.payout, mayBeMisstated {
            let session = place(of: id.session)!
            buys[index].misstated = settlement.payout
            sessions[session].misstated += 1
            if settlement.payout > theirs.payout { sessions[session].isMisled = true }
            return
        }
        if theirs.payout != settlement.payout { throw Violation("I10", "#\(settlement.contract) paid \(theirs.payout), on record is \(settlement.payout)") }
    }

    /// I10, I11: a correction says what the broker booked, of a settlement that said otherwise, once.
    private mutating func checkCorrection(_ id: IntentID, _ settlement: Settlement, _ was: Money, _ books: SimulatedBroker) throws(Violation) {
        guard let index = buyOf[id], buys[index].recorded == settlement.contract, buys[index].end == .settled else {
            throw Violation("I16", "\(id) is corrected with #\(settlement.contract)")
        }
        if buys[index].misstated != was { throw Violation("I11", "#\(settlement.contract) is corrected from \(was), which nobody said") }
        if let theirs = books.contract(settlement.contract)?.settlement, theirs.payout != settlement.payout {
            throw Violation("I10", "#\(settlement.contract) paid \(theirs.payout), corrected to \(settlement.payout)")
        }
        buys[index].misstated = nil
        sessions[place(of: id.session)!].misstated -= 1
    }

    /// I2, I16: what is shown as somebody else's was not caused by us, unless a trade by hand took its place.
    private mutating func checkOutside(_ contract: ContractID, _ fact: Fact, _ books: SimulatedBroker) throws(Violation) {
        if let tag = books.contract(contract)?.tag, isAlike[login(fact.account!)] != true {
            throw Violation("I2", "#\(contract) was bought for \(tag) and stands as an outside trade")
        }
        outside[contract] = fact.account!
    }

    // MARK: Bounds

    /// I21: what waits is bounded.
    func checkQueues(inbox: Int) throws(Violation) {
        if inbox > World.inboxCapacity { throw Violation("I21", "\(inbox) inputs wait") }
        for session in folded.sessions.elements where session.waiting.count > Session.waitingMost {
            throw Violation("I21", "\(session.waiting.count) signals wait in session \(session.id)")
        }
    }

    /// I20 as far as the line goes: ticks are of a followed symbol, sane, and each is later than the one before.
    mutating func checkTicks(_ ticks: [Tick], isPast: Bool, account: Int, life: Int) throws(Violation) {
        if tickLives[account] != life { (tickLives[account], tickTimes[account]) = (life, [:]) }
        for tick in ticks {
            if tick.symbol != World.symbol || tick.price.pips <= 0 || tick.price.pips >= 1_000_000_000_000 { throw Violation("I20", "a tick \(tick)") }
            if isPast { continue }
            if let last = tickTimes[account][tick.symbol], tick.time <= last { throw Violation("I20", "a tick at \(tick.time) after one at \(last)") }
            tickTimes[account][tick.symbol] = tick.time
        }
    }
}
