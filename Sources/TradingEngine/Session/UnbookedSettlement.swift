import TradingModel

/// A settlement that was heard of from somewhere else than the booking that paid it. The booking has the last word on the payout;
/// what its session's figures were just before is kept, so that they can be put right.
struct UnbookedSettlement: Hashable, Sendable, Codable {
    let intent: IntentID
    let price: Money
    let settlement: Settlement
    /// The booking that bought it: a walk from there meets the one that ended it.
    let bought: TransactionID
    let heardAt: Timestamp
    var before: Session.Standing
    /// Contracts of the session that had ended with this one.
    let settledCount: Int64
    /// No contract of the session that had ended by then ended later.
    let wasLatest: Bool

    init(_ ended: Session.OpenContract, _ settlement: Settlement, _ before: Session.Standing, _ session: Session, at now: Timestamp) {
        (intent, price, self.settlement, heardAt, self.before) = (ended.intent.id, ended.contract.price, settlement, now, before)
        bought = ended.contract.transaction
        settledCount = session.settledCount
        wasLatest = session.lastSettledAt == settlement.settledAt && session.lastSettledBy == settlement.transaction
    }
}

/// Those of an account, the newest of them: the look-up that walks past their bookings confirms or corrects them.
struct UnbookedSettlements: Hashable, Sendable, Codable {
    private var entries: [UnbookedSettlement] = []
    static let most = 64

    mutating func keep(_ entry: UnbookedSettlement) {
        entries.append(entry)
        if entries.count > UnbookedSettlements.most { entries.removeFirst() }
    }

    func find(_ contract: ContractID) -> UnbookedSettlement? { entries.isEmpty ? nil : entries.first { $0.settlement.contract == contract } }

    mutating func take(_ contract: ContractID) -> UnbookedSettlement? {
        entries.firstIndex { $0.settlement.contract == contract }.map { entries.remove(at: $0) }
    }

    mutating func confirm(_ booking: TransactionID) {
        if entries.isEmpty { return }
        entries.removeAll { $0.settlement.transaction == booking }
    }

    /// A look-up that was asked for at `moment` explained everything up to this booking. One whose booking was not named is kept for
    /// a while longer.
    mutating func forget(upTo booking: TransactionID, askedAt moment: Timestamp) {
        if entries.isEmpty { return }
        entries.removeAll { entry in
            entry.settlement.transaction.map { $0 <= booking && entry.heardAt <= moment } ?? (entry.heardAt < moment.adding(seconds: -3_600))
        }
    }

    /// From where a walk meets all of them: some may have been bought and booked before this anchor.
    func anchor(_ anchor: TransactionID?) -> TransactionID? {
        guard var least = anchor else { return nil }
        for entry in entries where entry.settlement.transaction.map({ $0 <= least }) ?? true { least = min(least, entry.bought) }
        return least
    }

    /// What was known before the later ones of a session changes with one that was corrected.
    mutating func correct(_ wrong: UnbookedSettlement, _ change: Session.Change) {
        for index in entries.indices where entries[index].intent.session == wrong.intent.session && entries[index].settledCount > wrong.settledCount {
            entries[index].before.correct(wrong, change)
        }
    }
}
