import TradingModel

/// The whole decision about one signal and one session, in the order in which a person would check: is it for us, can
/// it be sent, which contract, how much, may it be lost.
extension TradingEngine {
    func decide(_ signal: Signal, session id: SessionID, at now: Timestamp) -> Result<BuyIntent, Refused> {
        let subject = subject(id)
        var session: Session { state.sessions[at: subject.session] }
        var account: Account { state.accounts[at: subject.account] }
        var owner: Owner { state.owners[at: subject.owner] }
        if let refusal = FilterDecision.refusal(signal, session: session, owner: owner, isStoppedForAll: state.operatorsStop != nil, at: now) ?? gate(subject) {
            return .failure(Refused(refusal))
        }
        let terms = TermsDecision.terms(signal, plan: session.plan), offer: Offer
        switch TermsDecision.offer(terms, offers: reference.offers(account.id, signal.symbol)) {
        case .success(let found): offer = found
        case .failure(let missing): return .failure(Refused(missing.refusal))
        }
        let planned = StakeDecision.amount(session.plan, available: account.available, offer: offer), amount = signal.stake ?? planned
        if amount.currency != account.profile.currency { return .failure(Refused(Refusal(.stakeCurrencyDiffers))) }
        if let refusal = raised(amount, above: planned, subject) { return .failure(Refused(refusal)) }
        if let refusal = risk(amount, subject, at: now) { return .failure(Refused(refusal)) }
        switch StakeDecision.stake(amount, offer: offer, available: account.available) {
        case .failure(let refused): return .failure(Refused(refused.refusal))
        case .success(let stake):
            if let refusal = GateDecision.busy(account.unresolved, terms: terms, stake: amount) { return .failure(Refused(refusal)) }
            let payout: Money?
            switch quote(terms, amount, leastPayout: session.plan.leastPayoutBasisPoints, account: account.id, at: now) {
            case .notNeeded: payout = nil
            case .offered(let offered): payout = offered
            case .ask: return .failure(Refused(Refusal(.payoutUnknown, waitingHelps: true), asks: (terms, amount)))
            case .refused(let refusal): return .failure(Refused(refusal))
            }
            return .success(
                BuyIntent(
                    id: IntentID(session: id, signal: signal.id), account: account.id, terms: terms, stake: stake, intendedAt: now,
                    day: session.day ?? now.utcDay, quotedPayout: payout))
        }
    }

    private func quote(_ terms: ContractTerms, _ stake: Money, leastPayout: Int64?, account: AccountID, at now: Timestamp) -> QuoteDecision {
        guard let leastPayout else { return .notNeeded }
        let quote = reference.quotes.fresh(account, terms, stake: stake, at: now, settings: settings)
        return QuoteDecision.judge(stake, leastPayout: leastPayout, quote: quote)
    }

    /// Whom a decision is about: where the session, its account and its owner stand. What decides reads their fields in
    /// place, by computed variables of these names: to copy the three would cost more than the decision.
    struct Subject { let session: Int, account: Int, owner: Int }

    func subject(_ id: SessionID) -> Subject {
        let session = state.sessions.knownPlace(of: id)
        guard let account = state.accounts.place(of: state.sessions[at: session].account), let owner = state.owners.place(of: state.sessions[at: session].owner)
        else { preconditionFailure("the account or owner of session \(id) is not known") }
        return Subject(session: session, account: account, owner: owner)
    }

    /// A stake asked for by hand is no way round the promise lock: a greater one in the plan would have to wait.
    func raised(_ stake: Money, above planned: Money, _ subject: Subject) -> Refusal? {
        #if SeededBugs
        if SeededBug.stakesByHandAreFree.isPlanted { return nil }
        #endif
        guard state.owners[at: subject.owner].promiseSeconds > 0, stake > planned else { return nil }
        return Refusal(.stakeAbovePlan, .init(stake.minorUnits, against: planned.minorUnits, .money(stake.currency)))
    }

    func gate(_ subject: Subject) -> Refusal? {
        var account: Account { state.accounts[at: subject.account] }
        return GateDecision.refusal(
            isVirtual: account.profile.isVirtual, isRealEnabled: account.isRealEnabled, line: account.line,
            isCircuitOpen: account.circuitOpenUntil != nil, buys: account.unresolved, settings: settings)
    }

    /// Every limit of the session, its account and its owner, against one stake.
    func risk(_ stake: Money, _ subject: Subject, at now: Timestamp) -> Refusal? {
        var session: Session { state.sessions[at: subject.session] }
        var account: Account { state.accounts[at: subject.account] }
        var owner: Owner { state.owners[at: subject.owner] }
        if session.openOrUnresolved + 1 > session.plan.openContracts {
            return Refusal(
                .openContractsReached, .init(Int64(session.openOrUnresolved), against: Int64(session.plan.openContracts), .count), waitingHelps: true)
        }
        var picture = RiskPicture(session, available: account.available)
        if now < session.dayFrom.adding(seconds: Session.dayUncertainSeconds) { picture.countTheDayBefore(session) }
        if session.endedLately.isAhead(of: now) { picture.countTheDayAfter(session, from: reference.today(in: session.plan.zone, at: now).until) }
        if let refusal = RiskDecision.refusal(session.plan.limits, picture, stake: stake) { return refusal }
        if account.limits != .none,
            let refusal = ExposureDecision.refusal(
                account.limits, self.picture(of: [account.id], currency: stake.currency, at: now), stake: stake, codes: ExposureDecision.accountCodes)
        {
            return refusal
        }
        guard owner.limits != .none else { return nil }
        return ExposureDecision.refusal(
            owner.limits, self.picture(of: owner.accounts, currency: stake.currency, at: now), stake: stake, codes: ExposureDecision.ownerCodes)
    }

    func picture(of accounts: [AccountID], currency: Currency, at now: Timestamp) -> ExposureDecision.Picture {
        var picture = ExposureDecision.Picture(exposure: 0, profitToday: 0, open: 0)
        for id in accounts {
            var account: Account { state.accounts[id] }
            picture.open += account.openContracts + Int32(account.unresolved.count)
            guard account.profile.currency == currency else { continue }
            picture.exposure += (account.openExposure + account.reserved).minorUnits
            picture.profitToday += account.profitOfDay(at: now).minorUnits
        }
        return picture
    }
}

/// Why a signal is not followed now, and the quote that it takes to decide it.
struct Refused: Error {
    var refusal: Refusal
    var asks: (terms: ContractTerms, stake: Money)?
    init(_ refusal: Refusal, asks: (terms: ContractTerms, stake: Money)? = nil) { (self.refusal, self.asks) = (refusal, asks) }
}
