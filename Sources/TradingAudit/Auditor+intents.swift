import TradingEngine
import TradingModel

// What must hold in the moment in which a buy is recorded.
extension Auditor {
    /// I1, I2, I9, I13, I16, I20 and the gate. The intent is not in the books yet.
    mutating func judge(_ intent: BuyIntent, _ session: SessionID, _ account: AccountID, _ books: AccountBooks, at fact: Fact) {
        guard isJudging, let plan = sessions[session]?.plan, let phase = sessions[session]?.phase else { return }
        let id = intent.id
        if books.place(of: id) != nil || books.givenUp.contains(where: { $0.id == id }) { find("I1", .account(account), "\(id) is intended twice") }
        if id.session != session || intent.account != account { find("I16", .account(account), "\(id) is intended as one of session \(session)") }
        if intent.intendedAt != fact.at { find("I13", .account(account), "\(id) says \(intent.intendedAt), its fact \(fact.at)") }
        for buy in books.buys {
            if buy.isInDoubt { find("I6", .account(account), "\(id) is intended while \(buy.intent.id) is in doubt") }
            if buy.isInFlight, buy.intent.terms == intent.terms, buy.intent.stake == intent.stake {
                find("I16", .account(account), "\(id) could not be told from \(buy.intent.id), which is unanswered")
            }
        }
        if !books.isUp || books.isCircuitOpen { find("I3", .account(account), "\(id) is intended on a line that is not trusted with a buy") }
        if !books.isVirtual, !settings.allowsRealTrading || !books.isRealEnabled { find("I9", .account(account), "\(id) is intended with real money") }
        if phase != .active { find("I9", .session(session), "\(id) is intended while the session is \(phase)") }
        if isStoppedByOperators { find("I9", .session(session), "\(id) is intended while operators have stopped everybody") }
        if owners[fact.owner]?.isStopped == true { find("I9", .session(session), "\(id) is intended during an emergency stop") }
        if let signal = signals.find(id.signal) {
            if let until = signal.validUntil, fact.at > until {
                find("I20", .session(session), "\(id) is intended at \(fact.at), its signal was good until \(until)")
            }
            if let symbol = signal.symbol, symbol != intent.terms.symbol {
                find("I20", .session(session), "\(id) buys \(intent.terms.symbol), its signal is of \(symbol)")
            }
        } else if !signals.isFull {
            find("I2", .session(session), "\(id) follows a signal that is on no record")
        }
        if let least = plan.leastPayoutBasisPoints {
            let payout = intent.quotedPayout?.minorUnits ?? 0
            if payout * 10_000 < least * intent.stake.amount.minorUnits {
                find("I5", .session(session), "\(id) is quoted at \(payout) for \(intent.stake.amount), the plan wants \(least) basis points")
            }
        }
    }

    /// I24: what came in once is accepted once. A signal's id is a digest of its owner, its source and what tells it from others there: an
    /// alert's id, the bar that it is of, the number that it was signed with. I20: what a strategy decided, it decided on a tick that was
    /// young enough.
    mutating func judge(_ signal: Signal, at fact: Fact) {
        if signals.find(signal.id) != nil { find("I24", .journal, "signal \(signal.id) is accepted twice") }
        guard let tickAt = signal.tickAt else { return }
        let age = signal.issuedAt.milliseconds(since: tickAt), oldest = settings.tickOldestSeconds
        if age > oldest * 1_000, let session = signal.session {
            find("I20", .session(session), "signal \(signal.id) follows a tick that was \(age) ms old, at most \(oldest) s are allowed")
        }
    }

    /// I4, I5, I7, I8, I8b, and the limits of account and owner. The intent is in the books.
    mutating func judgeLimits(_ intent: BuyIntent, _ session: SessionID, _ account: AccountID, at now: Timestamp) {
        guard isJudging, !stale.contains(session), let ours = sessions[session], let books = accounts[account] else { return }
        let stake = intent.stake.amount.minorUnits
        var worst: Int64 = 0, mayRun: Int32 = 0, today = ours.soldToday
        for buy in books.buys where buy.intent.id.session == session {
            worst += buy.worst
            if buy.isAbandoned { continue }
            mayRun += 1
            if buy.contract == nil, buy.intent.intendedAt >= ours.dayFrom { today += 1 }
        }
        let rule = ReservationRule(
            worst: worst, lost: ours.lostToday(at: now), equity: ours.equity, peak: ours.peak, streak: ours.streak, mayRun: mayRun, today: today,
            available: books.balance - (books.reserved - stake))
        if let broken = rule.broken(ours.plan, stake: stake) { find(broken.invariant, .session(session), "\(intent.id): \(broken.what)") }
        if let broken = promises.broken(intent.stake.amount, plan: ours.plan, owner: books.owner, available: books.balance - (books.reserved - stake)) {
            find("I27", .session(session), "\(intent.id): \(broken)")
        }
        if books.limits != .none, let broken = exposure(of: [account], books.currency, at: now).broken(books.limits) {
            find("I4", .account(account), "\(intent.id): \(broken)")
        }
        if let owner = owners[books.owner], owner.limits != .none,
            let broken = exposure(of: owner.accounts, books.currency, at: now).broken(owner.limits, in: books.currency)
        {
            find("I4", .account(account), "\(intent.id): the owner has \(broken)")
        }
    }

    /// Amounts are those of one currency, contracts are counted in all.
    private func exposure(of ids: [AccountID], _ currency: Currency, at now: Timestamp) -> ExposureRule {
        var rule = ExposureRule(worst: 0, lost: 0, mayRun: 0)
        for id in ids {
            guard let books = accounts[id] else { continue }
            rule.mayRun += Int32(books.buys.count { !$0.isAbandoned })
            guard books.currency == currency else { continue }
            rule.worst += books.reserved + books.openExposure
            rule.lost += books.profit(at: now)
        }
        rule.lost = max(0, -rule.lost)
        return rule
    }
}

extension ExposureRule {
    /// An owner's amounts stand for their own currency only.
    fileprivate func broken(_ limits: ExposureLimits, in currency: Currency) -> String? {
        var limits = limits
        if limits.lossPerDay?.currency != currency { limits.lossPerDay = nil }
        if limits.openExposure?.currency != currency { limits.openExposure = nil }
        return broken(limits)
    }
}
