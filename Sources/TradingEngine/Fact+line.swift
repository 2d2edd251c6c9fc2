public import TradingModel

// Facts as a person reads them.

extension Fact {
    /// One readable line: the tests, the simulation's trace, the terminal and the log all show this.
    public var line: String {
        let about = session.map { "s\($0) " } ?? account.map { "a\($0) " } ?? "o\(owner) "
        return about + event.line
    }
}

extension Fact.Event {
    public var line: String {
        switch self {
        case .emergencyStopped(let by): "emergency stop by \(by)"
        case .emergencyStopLifted(let by): "emergency stop lifted by \(by)"
        case .ownerLimitsSet(_, let by): "owner limits set by \(by)"
        case .signalAccepted(let signal): "signal \(signal.id.short) \(signal.symbol) \(signal.kind.name) from \(signal.strategy ?? signal.source)"
        case .signalCancelled(let id, let by): "cancelled \(id.short) by \(by)"
        case .promiseLockSet(let seconds, let by): "raises wait \(seconds) s, by \(by)"
        case .raiseRequested(let raise): "raise \(raise.id) of \(raise.change.name) waits until \(raise.dueAt), by \(raise.by)"
        case .raiseTakenBack(let id, let by): "raise \(id) taken back by \(by)"
        case .operatorsStopped(let reason, let by): "everybody stopped by \(by): \(reason)"
        case .operatorsStopLifted(let by): "everybody's stop lifted by \(by)"
        case .accountAdded(let profile): "account \(profile.loginID) \(profile.currency)\(profile.isVirtual ? " virtual" : " real")"
        case .accountRemoved(let by): "account removed by \(by)"
        case .realTradingSet(let isEnabled, let by): "real money \(isEnabled ? "enabled" : "taken back") by \(by)"
        case .accountLimitsSet(_, let by): "account limits set by \(by)"
        case .lineUp(let balance, _): "line up, balance \(balance)"
        case .lineDown(let cause, let clean): "line down: \(cause)\(clean ? "" : " (unclean)")"
        case .loginRefused(let code): "login refused: \(code)"
        case .circuitOpened(let cause, let until): "circuit open: \(cause), until \(until)"
        case .circuitClosed: "circuit closed"
        case .balanceReported(let balance, _): "balance \(balance)"
        case .lookUpAsked: "look up"
        case .lookUpEnded(let walkedTo): walkedTo.map { "looked up to \($0)" } ?? "looked up, a row is missing"
        case .outsideTradeSeen(let contract, _, let price): "outside trade #\(contract) \(price.decimalText)"
        case .sessionCreated(let plan, let by): "created \(plan.name) by \(by)"
        case .sessionStarting(let by): "starting by \(by)"
        case .sessionStarted(let balance): "active with \(balance)"
        case .planChanged(_, let by): "plan changed by \(by)"
        case .paused(let cause, let by): "paused \(cause.code) by \(by)"
        case .resumed(let by, let streak, let peak): "resumed by \(by)\(streak ? ", streak cleared" : "")\(peak ? ", drawdown accepted" : "")"
        case .stopping(let by): "stopping by \(by)"
        case .stopped(let by): "stopped by \(by)"
        case .failed(let evidence): "failed: \(evidence)"
        case .dayOpened(let day, _): "day \(day)"
        case .signalRefused(let id, let refusal, let waits): "refused \(id.short) \(refusal.line)\(waits ? ", waits" : "")"
        case .signalExpired(let id): "expired \(id.short)"
        case .refusalsCounted(let strategy, let refusal, let count): "refused \(strategy) \(refusal.line)\(count > 1 ? " ×\(count)" : "")"
        case .quoteAsked(let id, let terms, let stake): "quote? \(id.short) \(terms) \(stake.decimalText)"
        case .buyIntended(let intent): "intend \(intent.id.signal.short) \(intent.terms) \(intent.stake.amount.decimalText)"
        case .buyUnsent(let id): "unsent \(id.signal.short)"
        case .buyConfirmed(let id, let contract, _): "bought \(id.signal.short) #\(contract.id) \(contract.price.decimalText)"
        case .buyRejected(let id, let rejection): "rejected \(id.signal.short) \(rejection.code)"
        case .buyInDoubt(let id, let cause): "doubt \(id.signal.short) \(cause)"
        case .doubtLookedInto(let id, let proves): "no trace of \(id.signal.short)\(proves ? ", proven" : "")"
        case .buyAmbiguous(let id, let candidates): "ambiguous \(id.signal.short) \(candidates.map { "#\($0.id)" }.joined(separator: " "))"
        case .doubtResolved(let id, let contract, let by): "\(id.signal.short) was \(contract.map { "#\($0)" } ?? "none of them") by \(by)"
        case .buyAbandoned(let id, _): "abandoned \(id.signal.short)"
        case .reservationReleased(let id): "released \(id.signal.short)"
        case .contractAdopted(let id, let contract): "adopted \(id.signal.short) #\(contract.id)"
        case .settled(let id, let settlement, _): "settled \(id.signal.short) #\(settlement.contract) \(settlement.payout.decimalText)"
        case .settlementCorrected(let id, let settlement, let was, _):
            "corrected \(id.signal.short) #\(settlement.contract) \(was.decimalText) to \(settlement.payout.decimalText)"
        case .settlementOverdue(let contract): "overdue #\(contract)"
        case .previous(.sessionImported(let session)): "imported session \(session.key), \(session.status)"
        case .previous(.signalImported(let signal)): "imported signal \(signal.key), \(signal.status)"
        case .previous(.tradeImported(let trade)): "imported trade \(trade.key), \(trade.status) \(trade.payout.decimalText) for \(trade.price.decimalText)"
        case .previous(.accountConfirmed): "account confirmed"
        case .previous(.reviewAccepted(let by)): "review accepted by \(by)"
        }
    }
}

extension Raise.Change {
    /// The word in facts and in our API.
    public var name: String {
        switch self {
        case .promise: "promise_lock"
        case .ownerLimits: "owner_limits"
        case .accountLimits: "account_limits"
        case .plan: "plan"
        case .acceptDrawdown: "accept_drawdown"
        case .liftEmergencyStop: "emergency_stop_lift"
        }
    }
}

extension Refusal {
    var line: String { code.rawValue + (compared.map { " (\($0))" } ?? "") }
}

extension SignalID {
    /// The first eight digits: enough for an eye.
    public var short: String { String(text.prefix(8)) }
}
