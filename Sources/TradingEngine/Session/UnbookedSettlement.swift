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
///
/// A ring: where no statement ever confirms, the newest takes the oldest one's place and nothing else moves.
struct UnbookedSettlements: Sendable {
    /// From `head` on, then from the start: the oldest first. `head` is 0 until it is full.
    private var ring: [UnbookedSettlement] = []
    private var head = 0
    static let most = 64

    init() {}
    private init(_ entries: [UnbookedSettlement]) { ring = entries.suffix(UnbookedSettlements.most) }

    /// The oldest first.
    private var entries: [UnbookedSettlement] { head == 0 ? ring : Array(ring[head...] + ring[..<head]) }

    mutating func keep(_ entry: UnbookedSettlement) {
        if ring.count < UnbookedSettlements.most { return ring.append(entry) }
        ring[head] = entry
        head = (head + 1) % UnbookedSettlements.most
    }

    // A contract ends once, and so there is at most one of each.
    func find(_ contract: ContractID) -> UnbookedSettlement? { ring.isEmpty ? nil : ring.first { $0.settlement.contract == contract } }

    mutating func take(_ contract: ContractID) -> UnbookedSettlement? {
        guard let found = find(contract) else { return nil }
        remove { $0.settlement.contract == contract }
        return found
    }

    mutating func confirm(_ booking: TransactionID) { remove { $0.settlement.transaction == booking } }

    /// A look-up that was asked for at `moment` explained everything up to this booking. One whose booking was not named is kept for
    /// a while longer.
    mutating func forget(upTo booking: TransactionID, askedAt moment: Timestamp) {
        remove { entry in
            entry.settlement.transaction.map { $0 <= booking && entry.heardAt <= moment } ?? (entry.heardAt < moment.adding(seconds: -3_600))
        }
    }

    private mutating func remove(_ isOver: (UnbookedSettlement) -> Bool) {
        guard ring.contains(where: isOver) else { return }
        ring = entries.filter { !isOver($0) }
        head = 0
    }

    /// From where a walk meets all of them: some may have been bought and booked before this anchor.
    func anchor(_ anchor: TransactionID?) -> TransactionID? {
        guard var least = anchor else { return nil }
        // The least moves on the way, so the oldest comes first.
        for entry in entries where entry.settlement.transaction.map({ $0 <= least }) ?? true { least = min(least, entry.bought) }
        return least
    }

    /// What was known before the later ones of a session changes with one that was corrected.
    mutating func correct(_ wrong: UnbookedSettlement, _ change: Session.Change) {
        for index in ring.indices where ring[index].intent.session == wrong.intent.session && ring[index].settledCount > wrong.settledCount {
            ring[index].before.correct(wrong, change)
        }
    }
}

// Two that hold the same are equal, wherever in the ring it stands; a snapshot says it in its order, as ever.
extension UnbookedSettlements: Hashable {
    static func == (a: UnbookedSettlements, b: UnbookedSettlements) -> Bool { a.ring.count == b.ring.count && a.entries == b.entries }
    func hash(into hasher: inout Hasher) { hasher.combine(entries) }
}

extension UnbookedSettlements: Codable {
    private enum Key: String, CodingKey { case entries }
    init(from decoder: any Decoder) throws { self.init(try decoder.container(keyedBy: Key.self).decode([UnbookedSettlement].self, forKey: .entries)) }
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(entries, forKey: .entries)
    }
}
