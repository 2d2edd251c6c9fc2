public import TradingModel

/// The four questions that anybody may ask of a session at any time. They are answered by the very functions that
/// decide about a signal.
public enum RiskQuestion: Hashable, Sendable {
    /// May this session buy now? With a stake and terms: may it buy that?
    case canExecuteTrade(stake: Money?, terms: ContractTerms?)
    case dailyLimits
    case drawdown
    case consecutiveLosses
}

/// What stands in the way, if anything, and the figures it was decided on.
public struct RiskAnswer: Hashable, Sendable {
    /// Empty when nothing stands in the way.
    public let refusals: [Refusal]
    public let picture: RiskPicture
    public let limits: RiskLimits
    /// The stake that was tried.
    public let stake: Money
    public let day: TradingDay?
    public let currentDrawdown: Int64
    public let greatestDrawdown: Int64
    public var isAllowed: Bool { refusals.isEmpty }
}

extension TradingEngine {
    /// May this session execute a trade now?
    public func canExecuteTrade(_ id: SessionID, stake: Money? = nil, terms: ContractTerms? = nil, at now: Timestamp) -> RiskAnswer? {
        answer(.canExecuteTrade(stake: stake, terms: terms), of: id, at: now)
    }
    /// Trades and loss of the trading day against their limits.
    public func checkDailyLimits(_ id: SessionID, at now: Timestamp) -> RiskAnswer? { answer(.dailyLimits, of: id, at: now) }
    public func checkDrawdown(_ id: SessionID, at now: Timestamp) -> RiskAnswer? { answer(.drawdown, of: id, at: now) }
    public func checkConsecutiveLosses(_ id: SessionID, at now: Timestamp) -> RiskAnswer? { answer(.consecutiveLosses, of: id, at: now) }

    func answer(_ question: RiskQuestion, of id: SessionID, at now: Timestamp) -> RiskAnswer? {
        guard let session = state.sessions.find(id) else { return nil }
        let subject = subject(id), account = state.accounts[at: subject.account], owner = state.owners[at: subject.owner]
        let picture = RiskPicture(session, available: account.available), limits = session.plan.limits
        var stake = leastStake(subject.session), refusals: [Refusal] = []
        switch question {
        case .canExecuteTrade(let asked, let terms):
            if let asked, asked.currency != session.profit.currency { return nil }
            var offer: Offer?
            if let terms {
                switch TermsDecision.offer(terms, offers: reference.offers(account.id, terms.symbol)) {
                case .success(let found): offer = found
                case .failure(let missing): refusals.append(missing.refusal)
                }
            }
            let planned = StakeDecision.amount(session.plan, available: account.available, offer: offer)
            stake = asked ?? planned
            if state.operatorsStop != nil { refusals.append(Refusal(.stoppedByOperators)) }
            if owner.emergencyStopped { refusals.append(Refusal(.emergencyStopped)) }
            refusals += [
                FilterDecision.phase(session), gate(subject), raised(stake, above: planned, subject),
                risk(stake, subject, at: now),
            ].compactMap(\.self)
            if stake > account.available {
                refusals.append(Refusal(.balanceTooLow, .init(stake.minorUnits, against: account.available.minorUnits, .money(stake.currency))))
            } else if let offer, case .failure(let refused) = StakeDecision.stake(stake, offer: offer, available: account.available) {
                refusals.append(refused.refusal)
            }
            if let terms, let busy = GateDecision.busy(account.unresolved, terms: terms, stake: stake) { refusals.append(busy) }
        case .dailyLimits:
            refusals = [RiskDecision.tradesPerDay(limits, picture), RiskDecision.lossPerDay(limits, picture, stake: stake.minorUnits)].compactMap(\.self)
        case .drawdown:
            refusals = [RiskDecision.drawdown(limits, picture, stake: stake.minorUnits)].compactMap(\.self)
        case .consecutiveLosses:
            refusals = [RiskDecision.lossesInARow(limits, picture)].compactMap(\.self)
        }
        return RiskAnswer(
            refusals: refusals, picture: picture, limits: limits, stake: stake, day: session.day,
            currentDrawdown: session.currentDrawdown, greatestDrawdown: session.greatestDrawdown)
    }

    /// The smallest stake that the session could place: what its plan comes to now, and at least the least of what the
    /// broker offers on its symbols.
    func leastStake(_ place: Int) -> Money {
        var session: Session { state.sessions[at: place] }
        var least: Money?
        for symbol in session.plan.criteria.symbols {
            for offer in reference.offers(session.account, symbol) ?? [] { least = min(least ?? offer.leastStake, offer.leastStake) }
        }
        let planned = StakeDecision.amount(session.plan, available: state.accounts[session.account].available, offer: nil)
        return max(planned, least ?? Money(minorUnits: 1, currency: session.profit.currency))
    }
}
