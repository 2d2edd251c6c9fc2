import GRDBSQLite
import TradingEngine
import TradingModel
import TradingPorts

// What follows from facts, change by change.
extension TurnWriter {
    /// `newSignal` was inserted just before with the status that its decisions come to.
    func apply(_ change: RowChange, newSignal: SignalID?) throws {
        switch change {
        case .account(let row): try write(row)
        case .session(let row): try write(row)
        case .signal(let signal, let acceptedAt): try insert(signal, acceptedAt: acceptedAt, with: [])
        case .decision(let signal, let row):
            try write(row, of: signal)
            if signal != newSignal { try refreshStatus(of: signal) }
        case .closePending(let signal, let status, let at):
            try run(.closePending) {
                $0.add(status.rawValue); $0.add(at); $0.add(signal)
            }
            try refreshStatus(of: signal)
        case .refusePending(let session, let refusal, let at): try refusePending(session, refusal, at: at)
        case .refusals(let session, let owner, let count): try add(count, session: session, owner: owner)
        case .trade(let intent, let owner): try insert(intent, owner: owner)
        case .tradeState(let id, let state):
            try run(.tradeState) {
                $0.add(state.rawValue); $0.add(id)
            }
            try requireOne("trade", of: id)
        case .tradeRejected(let id, let rejection):
            try run(.tradeRejected) {
                $0.add(rejection.code); $0.add(id)
            }
            try requireOne("trade", of: id)
        case .tradeBought(let id, let contract): try bought(id, contract)
        case .tradeSettled(let id, let settlement): try settled(id, settlement)
        case .emergencyStop(let owner, let isStopped):
            try run(.emergencyStop) {
                $0.add(owner.rawValue); $0.add(isStopped)
            }
        case .operatorsStop(let stop?):
            try run(.operatorsStop) {
                $0.add(stop.since); $0.add(stop.by); $0.add(stop.reason)
            }
        case .operatorsStop(nil): try run(.operatorsStopLifted)
        case .ownerLimits(let owner, let limits):
            try run(.ownerLimits) {
                $0.add(owner.rawValue); $0.add(FactCodingParts.text(limits))
            }
        case .previous(let row): try apply(row)
        // It follows from no fact: `commit` keeps it, once.
        case .origin: break
        case .outsideTrade(let account, let owner, let contract, let booking, let price, let at):
            try run(.outsideTrade) {
                $0.add(account.rawValue); $0.add(contract.rawValue); $0.add(booking.rawValue); $0.add(owner.rawValue)
                $0.add(price.minorUnits); $0.add(price.currency.code); $0.add(price.currency.exponent); $0.add(at)
            }
        }
    }

    // MARK: Signals

    /// `following` are the changes up to the next new signal; with its decisions among them its status is known at once.
    func insert(_ signal: Signal, acceptedAt: Timestamp, with following: ArraySlice<RowChange>) throws {
        // A session that let it wait may have bought in the same turn: its last word counts.
        var decided: [(session: SessionID?, status: SignalStatus)] = []
        for case .decision(signal.id, let row) in following {
            if let index = decided.firstIndex(where: { $0.session == row.session }) {
                decided[index].status = row.status
            } else {
                decided.append((row.session, row.status))
            }
        }
        let status = SignalStatus.overall(decided.lazy.map(\.status))
        try run(.signal) {
            $0.add(signal.owner.rawValue); $0.add(signal.id); $0.add(signal.session?.rawValue); $0.add(signal.source); $0.add(signal.strategy)
            $0.add(signal.symbol.text); $0.add(signal.kind.name); $0.add(signal.duration?.text)
            $0.add(signal.stake.map(FactCodingParts.text))
            $0.add(signal.issuedAt); $0.add(signal.validUntil); $0.add(acceptedAt); $0.add(status.rawValue)
        }
    }

    private func write(_ row: SignalDecisionRow, of signal: SignalID) throws {
        try run(.decision) {
            $0.add(signal); $0.add(row.session?.rawValue ?? 0); $0.add(row.status.rawValue)
            $0.add(row.refusal.map(FactCodingParts.text)); $0.add(row.at)
        }
    }

    private func refreshStatus(of signal: SignalID) throws { try run(.refreshSignal) { $0.add(signal) } }

    private func refusePending(_ session: SessionID, _ refusal: Refusal, at: Timestamp) throws {
        for signal in try pending(session) {
            try write(SignalDecisionRow(session: session, status: .refused, refusal: refusal, at: at), of: signal)
            try refreshStatus(of: signal)
        }
    }

    private func add(_ count: RefusalCount, session: SessionID, owner: OwnerID) throws {
        try run(.refusal) {
            $0.add(session.rawValue); $0.add(count.strategy?.text ?? ""); $0.add(count.refusal.code.rawValue); $0.add(owner.rawValue)
            $0.add(FactCodingParts.text(count.refusal)); $0.add(count.count); $0.add(count.lastAt)
        }
    }

    // MARK: Trades

    private func insert(_ intent: BuyIntent, owner: OwnerID) throws {
        let stake = intent.stake.amount
        try run(.trade) {
            $0.add(owner.rawValue); $0.add(intent.account.rawValue); $0.add(intent.id); $0.add(intent.terms.symbol.text)
            $0.add(intent.terms.kind.name); $0.add(intent.terms.duration.text); $0.add(stake.minorUnits); $0.add(stake.currency.code)
            $0.add(stake.currency.exponent); $0.add(intent.intendedAt); $0.add(intent.day.daysSince1970)
        }
    }

    private func bought(_ id: IntentID, _ contract: Contract) throws {
        let currency = contract.price.currency
        try run(.tradeBought) {
            $0.add(contract.id.rawValue); $0.add(contract.transaction.rawValue); $0.add(contract.price.minorUnits)
            $0.add(contract.payout.units(in: currency)); $0.add(contract.purchasedAt); $0.add(id); $0.add(currency.code)
        }
        try requireOne("trade", of: "intent \(id) in \(currency)")
    }

    private func settled(_ id: IntentID, _ settlement: Settlement) throws {
        try run(.tradeSettled) {
            $0.add(settlement.transaction?.rawValue); $0.add(settlement.payout.minorUnits); $0.add(settlement.settledAt)
            $0.add(id); $0.add(settlement.contract.rawValue); $0.add(settlement.payout.currency.code)
        }
        try requireOne("trade", of: "intent \(id) with contract \(settlement.contract) in \(settlement.payout.currency)")
    }
}

extension CompiledStatement.Arguments {
    /// Two columns: session and signal.
    mutating func add(_ intent: IntentID) {
        add(intent.session.rawValue)
        add(intent.signal)
    }
}
