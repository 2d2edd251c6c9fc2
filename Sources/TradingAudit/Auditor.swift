public import TradingEngine
public import TradingModel

/// Looks at every committed fact with books of its own and says when an invariant does not hold. It neither decides nor asks what decides:
/// a mistake of a decision shows in the facts, and a mistake of the fold where its figures differ from the ones kept here.
///
/// Its books are as large as what is open, with the newest few of what has ended; of a session it keeps some figures for as long as the
/// engine keeps the session. It is a value: production asks it after each commit, the fault simulation too.
public struct Auditor: Sendable {
    let settings: EngineSettings
    var order: FactOrder
    var owners: [OwnerID: OwnerBooks] = [:]
    var isStoppedByOperators = false
    var accounts: [AccountID: AccountBooks] = [:]
    var sessions: [SessionID: SessionBooks] = [:]
    var signals = RecentSignals()
    var promises: PromiseBooks
    /// Sessions of which something was found: they have failed, and are not judged again.
    var condemned: Set<SessionID> = []
    /// Whose figures the facts since the last comparison change.
    var touched = Touched()
    /// Told of something that these books cannot follow: their figures are taken over.
    var stale: [SessionID] = []
    var findings: [Finding] = []
    var isJudging = true

    struct OwnerBooks: Sendable {
        var isStopped = false
        var limits = ExposureLimits.none
        var accounts: [AccountID] = []
    }

    struct Touched: Sendable {
        var owners: [OwnerID] = [], accounts: [AccountID] = [], sessions: [SessionID] = []
        mutating func add(_ fact: Fact) {
            switch fact.event {
            case .emergencyStopped, .emergencyStopLifted: if !owners.contains(fact.owner) { owners.append(fact.owner) }
            default: break
            }
            if let account = fact.account, accounts.last != account, !accounts.contains(account) { accounts.append(account) }
            if let session = fact.session, sessions.last != session, !sessions.contains(session) { sessions.append(session) }
        }
    }

    /// Begins with a state, whose figures are believed; with that of no fact unless said otherwise.
    public init(takingOver state: EngineState = EngineState(), settings: EngineSettings) {
        self.settings = settings
        order = FactOrder(newestAt: state.at)
        isStoppedByOperators = state.operatorsStop != nil
        promises = PromiseBooks(takingOver: state)
        for signal in state.seenSignals { signals.insert(seen: signal) }
        for owner in state.owners.elements { owners[owner.id] = OwnerBooks(isStopped: owner.emergencyStopped, limits: owner.limits, accounts: owner.accounts) }
        for account in state.accounts.elements { accounts[account.id] = AccountBooks(account) }
        for session in state.sessions.elements { take(session) }
    }

    private mutating func take(_ session: Session) {
        sessions[session.id] = SessionBooks(session)
        for open in session.open { accounts[session.account]?.buys.append(AuditedBuy(intent: open.intent, state: .open(open.contract))) }
        for signal in session.waiting { signals.insert(signal) }
        if session.phase == .failed { condemned.insert(session.id) }
    }

    /// Facts of before this process, from the state that was taken over on: they are on record whatever they say.
    public mutating func retrace(_ fact: Fact) {
        isJudging = false
        record(fact)
        isJudging = true
    }

    /// After what was retraced: the number of the fact that comes, and the newest number of each owner.
    public mutating func goOn(from next: Int64, owners: [OwnerID: Int64], newestAt: Timestamp) {
        order = FactOrder(next: next, owners: owners, newestAt: newestAt)
    }

    /// A fact that was committed, in its place. `compare` follows when all of a commit were taken.
    public mutating func take(_ fact: Fact, sequence: Int64, ownerSequence: Int64) {
        if let finding = order.take(fact, sequence: sequence, ownerSequence: ownerSequence) { findings.append(finding) }
        record(fact)
        touched.add(fact)
    }

    /// Holds the figures of whatever the facts since the last time were about against the state that they folded to. Gives what was found
    /// since then.
    public mutating func compare(with state: EngineState) -> [Finding] {
        for id in stale { if let session = state.sessions.find(id) { sessions[id] = SessionBooks(session) } }
        let isStopped = isStoppedByOperators
        if (state.operatorsStop != nil) != isStopped {
            find("I9", .journal, "the operators' stop is \(isStopped ? "on" : "off") on record and not in the state")
        }
        for id in touched.owners { compare(owner: id, state) }
        for id in touched.accounts { compare(account: id, state) }
        for id in touched.sessions { compare(session: id, state) }
        touched.owners.removeAll(keepingCapacity: true)
        touched.accounts.removeAll(keepingCapacity: true)
        touched.sessions.removeAll(keepingCapacity: true)
        stale.removeAll(keepingCapacity: true)
        if findings.isEmpty { return [] }
        defer { findings = [] }
        return findings
    }

    /// The same for every account and every session that is live.
    public mutating func compareAll(with state: EngineState) -> [Finding] {
        touched.accounts = state.accounts.elements.map(\.id)
        touched.sessions = state.sessions.liveElements.map(\.id)
        touched.owners = state.owners.elements.map(\.id)
        return compare(with: state)
    }

    mutating func find(_ invariant: String, _ subject: Finding.Subject, _ evidence: @autoclosure () -> String) {
        guard isJudging else { return }
        if case .session(let id) = subject, !condemned.insert(id).inserted { return }
        findings.append(Finding(invariant, subject, evidence()))
    }

    // MARK: Figures

    private mutating func compare(owner id: OwnerID, _ state: EngineState) {
        guard let ours = owners[id] else { return }
        if state.owners.find(id)?.emergencyStopped != ours.isStopped {
            find("I9", .journal, "owner \(id): the emergency stop is \(ours.isStopped ? "on" : "off") on record and not in the state")
        }
    }

    private mutating func compare(account id: AccountID, _ state: EngineState) {
        guard let ours = accounts[id], let theirs = state.accounts.find(id) else {
            return find("I12", .account(id), "it is on record and not in the state, or the reverse")
        }
        let unresolved = ours.buys.count - ours.openContracts
        if theirs.balance.minorUnits != ours.balance { find("I10", .account(id), "balance \(theirs.balance), by its facts \(ours.balance)") }
        if theirs.reserved.minorUnits != ours.reserved || theirs.unresolved.count != unresolved {
            find("I6", .account(id), "holds \(theirs.reserved) for \(theirs.unresolved.count) buys, by its facts \(ours.reserved) for \(unresolved)")
        }
        if theirs.openExposure.minorUnits != ours.openExposure || theirs.openContracts != Int32(ours.openContracts) {
            find(
                "I10", .account(id),
                "\(theirs.openContracts) contracts for \(theirs.openExposure) are open, by its facts \(ours.openContracts) for \(ours.openExposure)")
        }
    }

    private mutating func compare(session id: SessionID, _ state: EngineState) {
        guard !condemned.contains(id), let ours = sessions[id], let buys = accounts[ours.account]?.buys else { return }
        guard let theirs = state.sessions.find(id) else { return find("I12", .session(id), "it is on record and not in the state") }
        var held: Int64 = 0, unresolved: Int32 = 0, open = 0, today = ours.soldToday
        for buy in buys where buy.intent.id.session == id {
            if buy.contract != nil { open += 1; continue }
            held += buy.worst
            unresolved += 1
            if !buy.isAbandoned, buy.intent.intendedAt >= ours.dayFrom { today += 1 }
        }
        if SessionBooks.Phase(theirs.phase) != ours.phase { find("I9", .session(id), "is \(theirs.phase.name), by its facts \(ours.phase)") }
        if theirs.profit.minorUnits != ours.profit || theirs.startBalance.minorUnits != ours.startBalance {
            find("I10", .session(id), "made \(theirs.profit) from \(theirs.startBalance), by its facts \(ours.profit) from \(ours.startBalance)")
        }
        if theirs.trades != ours.trades || theirs.settledCount != ours.settled || theirs.wins != ours.wins || theirs.losses != ours.losses {
            find(
                "I11", .session(id),
                "\(theirs.trades) trades, \(theirs.settledCount) ended, \(theirs.wins) won, \(theirs.losses) lost; by its facts \(ours.trades), \(ours.settled), \(ours.wins), \(ours.losses)"
            )
        }
        if theirs.reserved.minorUnits != held || theirs.unresolved != unresolved || theirs.open.count != open {
            find(
                "I6", .session(id),
                "holds \(theirs.reserved) for \(theirs.unresolved) and \(theirs.open.count) run; by its facts \(held) for \(unresolved) and \(open)")
        }
        if theirs.countedPeak.minorUnits < ours.peak { find("I8", .session(id), "peak \(theirs.countedPeak), its equity was \(ours.peak)") }
        if theirs.lossesInARow < ours.streak { find("I8b", .session(id), "\(theirs.lossesInARow) lost in a row, by its facts \(ours.streak)") }
        if theirs.tradesToday < today { find("I7", .session(id), "\(theirs.tradesToday) trades today, by its facts \(today)") }
    }
}
