import TradingModel

// What the broker tells. Every message may come late, twice, or in another order; each is taken for what it proves.
extension TradingEngine {
    mutating func brokerTold(_ event: BrokerEvent, account id: AccountID, at now: Timestamp) {
        switch event {
        case .lineUp(let balance, let newest):
            guard !state.accounts[id].isRemoved else { return }
            if state.accounts[id].line == .up || state.accounts[id].line == .catchingUp { lineLost(id, cause: Label("replaced")!, clean: true, at: now) }
            note(.lineUp(balance: balance, newest: newest), about: id, at: now)
            accountConfirmed(id, at: now)
            note(.lookUpAsked, about: id, at: now)
        case .lineDown(let cause, let clean): lineLost(id, cause: cause, clean: clean, at: now)
        case .loginRefused(let code): loginRefused(id, code: code, at: now)
        case .circuitOpened(let cause, let until):
            // A line that comes up again says so again.
            if state.accounts[id].circuitOpenUntil == nil, !state.accounts[id].isRemoved {
                note(.circuitOpened(cause: cause, until: until), about: id, at: now)
            }
        case .circuitClosed: if state.accounts[id].circuitOpenUntil != nil { note(.circuitClosed, about: id, at: now) }
        case .offers(let symbol, let offers): reference.learn(offers, account: id, symbol: symbol)
        case .quoted(let terms, let stake, let payout):
            // A quote for money that is none tells nothing.
            if payout.isPositive { reference.quotes.answered(id, terms, stake: stake, .offered(payout: payout), at: now) }
        case .quoteRefused(let terms, let stake, let rejection): reference.quotes.answered(id, terms, stake: stake, .refused(rejection), at: now)
        case .bought(let intent, let contract, let balance): bought(intent, contract, balance: balance, account: id, at: now)
        case .buyRejected(let intent, let rejection):
            guard let buy = unresolved(intent, account: id), !buy.isAbandoned else { return }
            note(.buyRejected(intent, rejection), intent: buy.intent, at: now)
        case .notSent(let intent):
            guard let buy = unresolved(intent, account: id), !buy.isAbandoned else { return }
            note(.buyUnsent(intent), intent: buy.intent, at: now)
        case .buyUnclear(let intent, let code):
            guard let buy = unresolved(intent, account: id), buy.isInFlight else { return }
            note(.buyInDoubt(intent, cause: code), intent: buy.intent, at: now)
        case .booked(let booking): booked(booking, account: id, at: now)
        case .contractSeen(let contract, let settlement):
            if let settlement, let session = holder(of: contract, account: id) { settle(settlement, balance: nil, session: session, at: now) }
        case .lookedUp(let findings): lookedUp(findings, account: id, at: now)
        }
    }

    private func unresolved(_ intent: IntentID, account: AccountID) -> UnresolvedBuy? { state.accounts[account].unresolved.first { $0.intent.id == intent } }

    /// The session that holds this contract open.
    private func holder(of contract: ContractID, account: AccountID) -> SessionID? {
        state.accounts[account].sessions.first { state.sessions[$0].open.contains { $0.contract.id == contract } }
    }

    // MARK: The line

    private mutating func lineLost(_ id: AccountID, cause: Label, clean: Bool, at now: Timestamp) {
        let line = state.accounts[id].line
        let hasOpenDoubt = state.accounts[id].unresolved.contains { if case .inDoubt(let doubt) = $0.state { doubt.closedAt == nil } else { false } }
        if line != .down && line != .refused || hasOpenDoubt { note(.lineDown(cause: cause, clean: clean), about: id, at: now) }
        reference.quotes.forget(id)
        doubtWhatIsInFlight(id, at: now)
    }

    /// The line is down already, so that nobody hangs up the next one for it.
    private mutating func doubtWhatIsInFlight(_ id: AccountID, at now: Timestamp) {
        for buy in state.accounts[id].unresolved where buy.isInFlight {
            note(.buyInDoubt(buy.intent.id, cause: Label("line lost")!), intent: buy.intent, at: now)
        }
    }

    private mutating func loginRefused(_ id: AccountID, code: Label, at now: Timestamp) {
        guard state.accounts[id].line != .refused else { return }
        note(.loginRefused(code: code), about: id, at: now)
        reference.quotes.forget(id)
        doubtWhatIsInFlight(id, at: now)
        // One that was taken over and has not bought yet waits for another token.
        for session in state.accounts[id].sessions where state.sessions[session].hold.isEmpty {
            switch state.sessions[session].phase {
            case .starting: note(.failed(evidence: "the broker does not take the token"), about: session, at: now)
            case .active: note(.paused(.tokenRefused, by: .system), about: session, at: now)
            case .idle, .paused, .stopping, .stopped, .failed: break
            }
        }
    }

    /// Sessions that waited for the line and for what is sold.
    mutating func activate(at now: Timestamp) {
        for id in state.sessions.live(where: { $0.phase == .starting && $0.hold.isEmpty }) {
            let session = state.sessions[id], (line, balance) = (state.accounts[session.account].line, state.accounts[session.account].balance)
            guard line == .up, session.plan.criteria.symbols.allSatisfy({ reference.offers(session.account, $0) != nil }) else { continue }
            note(.sessionStarted(balance: balance), about: id, at: now)
        }
    }

    // MARK: Buys and settlements

    private mutating func bought(_ id: IntentID, _ contract: Contract, balance: Money?, account: AccountID, at now: Timestamp) {
        guard let buy = unresolved(id, account: account), contract.price.currency == state.accounts[account].profile.currency else { return }
        if state.accounts[account].known.contains(contract.id) {
            // A receipt that names another intent's contract tells nothing about this one.
            if buy.isInFlight { note(.buyInDoubt(id, cause: Label("contract known")!), intent: buy.intent, at: now) }
            return
        }
        if buy.isAbandoned { return adopt(buy.intent, contract, at: now) }
        note(.buyConfirmed(id, contract, balance: balance), intent: buy.intent, at: now)
    }

    mutating func adopt(_ intent: BuyIntent, _ contract: Contract, at now: Timestamp) {
        note(.contractAdopted(intent.id, contract), intent: intent, at: now)
        if state.sessions[intent.id.session].phase == .active { note(.paused(.adopted, by: .system), about: intent.id.session, at: now) }
    }

    private mutating func settle(_ settlement: Settlement, balance: Money?, session: SessionID, at now: Timestamp) {
        guard let intent = state.sessions[session].open.first(where: { $0.contract.id == settlement.contract })?.intent.id,
            settlement.payout.currency == state.sessions[session].profit.currency
        else { return }
        openDay(session, at: now)
        note(.settled(intent, settlement, balance: balance), about: session, at: now)
        review(session, at: now)
    }

    /// What a contract paid is the statement's to say. Says whether something else was on record.
    private mutating func correct(_ booking: Booking, _ contract: ContractID, balance: Money?, account: AccountID, at now: Timestamp) -> Bool {
        guard let wrong = state.accounts[account].unbooked.find(contract), wrong.settlement.payout.currency == booking.amount.currency,
            wrong.settlement.payout != booking.amount
        else { return false }
        #if SeededBugs
        if SeededBug.keepsTheFirstWord.isPlanted { return false }
        #endif
        // It is counted where it was counted, so its moment stays.
        let settlement = Settlement(contract: contract, transaction: booking.transaction, payout: booking.amount, settledAt: wrong.settlement.settledAt)
        openDay(wrong.intent.session, at: now)
        note(.settlementCorrected(wrong.intent, settlement, was: wrong.settlement.payout, balance: balance), about: wrong.intent.session, at: now)
        review(wrong.intent.session, at: now)
        return true
    }

    private mutating func booked(_ booking: Booking, account id: AccountID, at now: Timestamp) {
        guard booking.amount.currency == state.accounts[id].profile.currency else { return }
        switch booking.action {
        case .sell:
            guard let contract = booking.contract else { break }
            guard let session = holder(of: contract, account: id) else {
                if correct(booking, contract, balance: booking.balanceAfter, account: id, at: now) { return }
                break
            }
            let settlement = Settlement(contract: contract, transaction: booking.transaction, payout: booking.amount, settledAt: booking.at)
            return settle(settlement, balance: booking.balanceAfter, session: session, at: now)
        case .buy:
            var account: Account { state.accounts[id] }
            // It may be the purchase whose receipt is on its way; if not, the statement will say whose it is.
            let isOurs = booking.contract.map { account.known.contains($0) } ?? false
            let mayBeInFlight = account.unresolved.contains { $0.isInFlight && $0.intent.stake.amount == -booking.amount }
            // A few a minute at most, however busily somebody else trades; the sweep sees the rest.
            let isSoon = account.lookUpAskedAt.map { now < $0.adding(seconds: 15) } ?? false
            if !isOurs, !mayBeInFlight, !account.isLookingUp, !isSoon, account.line == .up { note(.lookUpAsked, about: id, at: now) }
            // The receipt brings the same balance.
            if mayBeInFlight { return }
        case .other: break
        }
        reportBalance(booking.balanceAfter, booking.transaction, account: id, at: now)
    }

    private mutating func reportBalance(_ balance: Money, _ transaction: TransactionID?, account id: AccountID, at now: Timestamp) {
        if let transaction, let newest = state.accounts[id].newestTransaction, transaction < newest { return }
        if balance != state.accounts[id].balance { note(.balanceReported(balance, transaction), about: id, at: now) }
    }

    // MARK: Look-ups

    private mutating func lookedUp(_ findings: Findings, account id: AccountID, at now: Timestamp) {
        let before = state.accounts[id]
        guard before.isLookingUp, findings.balance.currency == before.profile.currency else { return }
        var findings = findings
        // It does not show yet what we know was booked: that its sums agree is chance, when what it leaves out comes to nothing.
        if let known = before.newestTransaction, findings.newest ?? TransactionID(rawValue: 0) < known { findings.chainCloses = false }
        for buy in before.unresolved {
            guard case .inDoubt(let doubt) = buy.state else { continue }
            judge(buy, doubt, findings, account: id, at: now)
        }
        var isExplained = true
        for booking in findings.bookings where !explain(booking, findings, account: id, at: now) { isExplained = false }
        reportBalance(findings.balance, findings.newest, account: id, at: now)
        // What is not explained yet must be walked again.
        let walked = findings.chainCloses && isExplained ? findings.newest ?? TransactionID(rawValue: 0) : nil
        note(.lookUpEnded(walkedTo: walked), about: id, at: now)
    }

    private mutating func judge(_ buy: UnresolvedBuy, _ doubt: Doubt, _ findings: Findings, account id: AccountID, at now: Timestamp) {
        let known = state.accounts[id].known
        switch DoubtDecision.judge(buy.intent.id, doubt, findings, isKnown: known.contains, settings: settings) {
        case .bought(let booking):
            note(.buyConfirmed(buy.intent.id, Contract(booking, intent: buy.intent), balance: nil), intent: buy.intent, at: now)
        case .ambiguous(let candidates):
            note(.buyAmbiguous(buy.intent.id, candidates: candidates.map { Contract($0, intent: buy.intent) }), intent: buy.intent, at: now)
            let session = buy.intent.id.session
            if state.sessions[session].phase == .active { note(.paused(.ambiguous, by: .system), about: session, at: now) }
        case .noTrace(let proves): note(.doubtLookedInto(buy.intent.id, proves: proves), intent: buy.intent, at: now)
        case .notBought:
            #if SeededBugs
            if SeededBug.releasesAtOnce.isPlanted { return note(.buyAbandoned(buy.intent.id, until: now), intent: buy.intent, at: now) }
            #endif
            note(.buyAbandoned(buy.intent.id, until: now.adding(seconds: settings.tombstoneSeconds)), intent: buy.intent, at: now)
        }
    }

    /// False when it cannot be said yet whose a booking is.
    private mutating func explain(_ booking: Booking, _ findings: Findings, account id: AccountID, at now: Timestamp) -> Bool {
        guard let contract = booking.contract else { return true }
        var account: Account { state.accounts[id] }
        switch booking.action {
        case .sell:
            guard let session = holder(of: contract, account: id) else {
                _ = correct(booking, contract, balance: nil, account: id, at: now)
                return true
            }
            let settlement = Settlement(contract: contract, transaction: booking.transaction, payout: booking.amount, settledAt: booking.at)
            settle(settlement, balance: nil, session: session, at: now)
        case .buy:
            // What was booked up to the anchor was explained when it was walked.
            if account.known.contains(contract) { return true }
            let isOld = account.anchor.map { booking.transaction <= $0 } ?? false
            // One that is still to be answered comes before any that was given up.
            for buy in account.unresolved where !buy.isAbandoned {
                if case .ambiguous(let candidates) = buy.state, candidates.contains(where: { $0.id == contract }) { return true }
                // Intended after this look-up began: it was not asked about, and its answer may still come.
                #if SeededBugs
                if SeededBug.knowsOnlyWhatItAsked.isPlanted, !booking.mayBe.contains(buy.intent.id) { continue }
                #endif
                let isUnasked = !findings.about.contains(buy.intent.id) && buy.intent.stake.amount == -booking.amount
                if isUnasked || booking.mayBe.contains(buy.intent.id) { return isOld }
            }
            for buy in account.unresolved where booking.mayBe.contains(buy.intent.id) {
                if buy.isAbandoned, !isOld { adopt(buy.intent, Contract(booking, intent: buy.intent), at: now) }
                return true
            }
            if isOld { return true }
            if let intent = account.givenUp.first(where: { booking.mayBe.contains($0.id) }) {
                adopt(intent, Contract(booking, intent: intent), at: now)
            } else {
                note(.outsideTradeSeen(contract, booking.transaction, price: -booking.amount), about: id, at: now)
            }
        case .other: break
        }
        return true
    }
}

extension Contract {
    /// A contract as the statement shows it.
    init(_ booking: Booking, intent: BuyIntent) {
        self.init(
            id: booking.contract!, transaction: booking.transaction, price: -booking.amount,
            payout: booking.payout ?? .zero(booking.amount.currency), purchasedAt: booking.at)
    }
}

extension Label {
    /// What nobody asked for.
    static let system = Label("system")!
}
