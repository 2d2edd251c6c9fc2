import TradingModel

// What facts about an account alone change.
extension Account {
    mutating func evolve(_ fact: Fact) {
        switch fact.event {
        case .accountRemoved: isRemoved = true
        case .accountLimitsSet(let limits, _): self.limits = limits
        case .realTradingSet(let isEnabled, _): isRealEnabled = isEnabled
        case .lineUp(let balance, let newest):
            line = .catchingUp
            // The line of a new process knows nothing of it; one whose circuit is open says so after this.
            circuitOpenUntil = nil
            isLookingUp = false
            self.balance = balance
            // A statement that lags does not make us forget which bookings there are.
            newestTransaction = [newestTransaction, newest].compactMap(\.self).max()
            if anchor == nil { anchor = newest }
        case .lineDown(_, let clean): lineClosed(.down, clean: clean, at: fact.at)
        case .loginRefused: lineClosed(.refused, clean: true, at: fact.at)
        case .circuitOpened(_, let until): circuitOpenUntil = until
        case .circuitClosed: circuitOpenUntil = nil
        case .balanceReported(let balance, let transaction):
            report(balance, transaction)
            // Its booking was seen, and said the same; else a correction stood here.
            if let transaction { unbooked.confirm(transaction) }
        case .lookUpAsked:
            isLookingUp = true
            lookUpAskedAt = fact.at
        case .lookUpEnded(let transaction):
            isLookingUp = false
            guard let transaction else { failedLookUps += 1; return }
            failedLookUps = 0
            if line == .catchingUp { line = .up }
            anchor = max(anchor ?? transaction, transaction)
            unbooked.forget(upTo: transaction, askedAt: lookUpAskedAt ?? fact.at)
            // What was walked does not come back, unless something unresolved makes a look-up reach further.
            if unresolved.isEmpty { known.keepNewest(Account.knownMost + Int(openContracts)) }
        case .outsideTradeSeen(let contract, _, _): remember(contract)
        default: preconditionFailure("not a fact about an account: \(fact.event)")
        }
    }

    /// From here on nothing that was written on the connection can be answered on it.
    private mutating func lineClosed(_ line: Line, clean: Bool, at now: Timestamp) {
        self.line = line
        isLookingUp = false
        closedCleanly = clean
        for index in unresolved.indices {
            guard case .inDoubt(var doubt) = unresolved[index].state, doubt.closedAt == nil else { continue }
            doubt.closedAt = now
            doubt.closedCleanly = clean
            unresolved[index].state = .inDoubt(doubt)
        }
    }

    /// Takes over a balance unless it is older than the one we have.
    mutating func report(_ balance: Money, _ transaction: TransactionID?) {
        if let transaction, let newest = newestTransaction, transaction < newest { return }
        self.balance = balance
        if let transaction { newestTransaction = transaction }
    }

    mutating func remember(_ contract: ContractID) {
        known.insert(contract)
    }
}
