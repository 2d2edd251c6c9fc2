public import TradingModel

/// A contract as the broker keeps it: what was sold, the ticks that matter to it, and how it ended.
public struct SoldContract: Hashable, Sendable {
    public let id: ContractID
    public let login: Label
    public let terms: ContractTerms
    public let price: Money
    /// What it pays when it wins, stake included.
    public let payout: Money
    /// The second of the purchase, where the contract's time starts.
    public let purchasedAt: Timestamp
    public let buy: TransactionID
    /// What the buyer attached to the request, for tests that ask which intent became which contract.
    public let tag: String?

    /// Of a contract over ticks, the ticks from its entry on; of one over time, its entry and its newest tick.
    public private(set) var ticks: [Tick] = []
    public private(set) var exit: Tick?
    public private(set) var settlement: ContractSettlement?

    public init(id: ContractID, login: Label, terms: ContractTerms, price: Money, payout: Money, purchasedAt: Timestamp, buy: TransactionID, tag: String?) {
        (self.id, self.login, self.terms, self.price, self.payout) = (id, login, terms, price, payout)
        (self.purchasedAt, self.buy, self.tag) = (purchasedAt, buy, tag)
    }

    public var rule: SettlementRule { SettlementRule(terms, startingAt: purchasedAt) }
    public var isOpen: Bool { settlement == nil }
    public var entry: Tick? { ticks.first }

    /// When it ends: known from the start for a contract over time, reckoned from the symbol's pace for one over ticks.
    public func expectedEnd(tickSeconds: Int64) -> Timestamp {
        switch rule.exit {
        case .moment(let end): end
        case .tick: exit?.time ?? purchasedAt.adding(seconds: Int64(terms.duration.count) * tickSeconds)
        }
    }

    /// Looks at a tick of its symbol. Ticks it has seen already change nothing, so a replay may begin too early.
    public mutating func take(_ tick: Tick) {
        guard exit == nil, tick.time > (ticks.last?.time ?? purchasedAt) else { return }
        switch rule.exit {
        case .tick(let number):
            ticks.append(tick)
            if ticks.count == number { exit = tick }
        case .moment(let end):
            guard tick.time <= end else { return }
            if ticks.count < 2 { ticks.append(tick) } else { ticks[1] = tick }
        }
    }

    /// Whether it has won, once the exit tick is certain at `now`; nil before.
    mutating func verdict(at now: Timestamp) -> Bool? {
        if case .moment(let end) = rule.exit, exit == nil, now >= end { exit = ticks.last }
        guard let entry, let exit else { return nil }
        return rule.wins(entry: entry.price, exit: exit.price)
    }

    public mutating func settle(_ settlement: ContractSettlement, exit: Tick? = nil) {
        self.settlement = settlement
        if let exit { self.exit = exit }
    }

    /// Restores the ticks of an open contract from a snapshot; the next ticks are taken as they come.
    public mutating func restore(ticks: [Tick]) { self.ticks = ticks }
}

/// The end of a contract: what it paid (0 when lost) and the booking that paid it.
public struct ContractSettlement: Hashable, Sendable {
    public let won: Bool
    public let payout: Money
    public let sell: TransactionID
    public let time: Timestamp
    public init(won: Bool, payout: Money, sell: TransactionID, time: Timestamp) {
        (self.won, self.payout, self.sell, self.time) = (won, payout, sell, time)
    }
}
