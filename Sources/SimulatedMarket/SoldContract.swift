public import TradingModel

/// A contract as the broker keeps it: what was sold, the ticks that matter to it, and how it ended.
public struct SoldContract: Hashable, Sendable {
    public let id: ContractID
    public let login: Label
    public let offer: OfferedTerms
    public let price: Money
    /// What it pays when it wins, stake included; 0 for a multiplier, whose payout is not fixed.
    public let payout: Money
    /// The second of the purchase, where the contract's time starts.
    public let purchasedAt: Timestamp
    public let buy: TransactionID
    /// What the buyer attached to the request, for tests that ask which intent became which contract.
    public let tag: String?

    /// Of a contract over ticks, the ticks from its entry on; of any other, its entry and its newest tick.
    public private(set) var ticks: [Tick] = []
    public private(set) var exit: Tick?
    public private(set) var settlement: ContractSettlement?
    /// What ends a multiplier by itself, and every change of it, oldest first.
    public private(set) var limits: LimitOrder
    public private(set) var limitChanges: [LimitChange] = []
    /// What ended a multiplier at `exit`.
    private var cause = ContractSettlement.Cause.expiry
    /// What a multiplier cost when it was sold; nil for other kinds.
    public let commission: Money?

    public init(
        id: ContractID, login: Label, offer: OfferedTerms, price: Money, payout: Money, purchasedAt: Timestamp, buy: TransactionID, tag: String?,
        entry: Tick? = nil, limits: LimitOrder = LimitOrder(), commission: Money? = nil
    ) {
        (self.id, self.login, self.offer, self.price, self.payout) = (id, login, offer, price, payout)
        // A ledger of the first version does not say it: then it was the usual one.
        self.commission = offer.multiplier.map { commission ?? MultiplierRule(stake: price, multiplier: $0, isUp: true).commission }
        (self.purchasedAt, self.buy, self.tag, self.limits) = (purchasedAt, buy, tag, limits)
        if let entry { ticks = [entry] }
        if offer.kind.family == .multiplier { limitChanges = [LimitChange(limits: limits, time: purchasedAt)] }
    }

    public var rule: SettlementRule { SettlementRule(offer, startingAt: purchasedAt) }
    /// Its terms as our engine knows them, or nil when it trades none of these.
    public var terms: ContractTerms? { offer.modelled }
    public var symbol: Symbol { offer.symbol }
    public var isOpen: Bool { settlement == nil }
    public var entry: Tick? { ticks.first }

    /// How a multiplier is valued, or nil for other kinds.
    public var multiplierRule: MultiplierRule? {
        guard let multiplier = offer.multiplier, let commission else { return nil }
        return MultiplierRule(stake: price, multiplier: multiplier, isUp: offer.kind == .multiplierUp, commission: commission)
    }

    /// When it ends: known from the start for a contract over time, reckoned from the symbol's pace for one over ticks,
    /// nil for one without an end.
    public func expectedEnd(tickSeconds: Int64) -> Timestamp? {
        switch rule.exit {
        case .moment(let end): end
        case .tick: exit?.time ?? purchasedAt.adding(seconds: (offer.tickCount ?? 0) * tickSeconds)
        case .none: nil
        }
    }

    /// The moment at which its outcome was certain, or nil before.
    public var expiredAt: Timestamp? {
        guard let exit else { return nil }
        return if case .moment(let end) = rule.exit { end } else { exit.time }
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
            keepNewest(tick)
        case .none:
            keepNewest(tick)
            if let cause = causeOfEnd(at: tick) { (exit, self.cause) = (tick, cause) }
        }
    }

    private mutating func keepNewest(_ tick: Tick) {
        if ticks.count < 2 { ticks.append(tick) } else { ticks[1] = tick }
    }

    /// What of a multiplier's limits a tick breaks.
    private func causeOfEnd(at tick: Tick) -> ContractSettlement.Cause? {
        guard let rule = multiplierRule, let entry else { return nil }
        let value = rule.value(entry: entry.price, spot: tick.price), profit = value - price, limits = limits(at: tick.time)
        if !value.isPositive { return .stopOut }
        if let stopLoss = limits.stopLoss, profit.loss >= stopLoss { return .stopLoss }
        if let takeProfit = limits.takeProfit, profit >= takeProfit { return .takeProfit }
        return nil
    }

    /// The orders that held when a tick came: they act on ticks after the second in which they were given. It matters where
    /// ticks are looked at again, after a start from a snapshot that is older than an order.
    private func limits(at time: Timestamp) -> LimitOrder { (limitChanges.last { $0.time < time } ?? limitChanges.first)?.limits ?? limits }

    /// How it ends, once that is certain at `now`; nil before.
    mutating func outcome(at now: Timestamp) -> (payout: Money, cause: ContractSettlement.Cause)? {
        if case .moment(let end) = rule.exit, exit == nil, now >= end { exit = ticks.last }
        guard let entry, let exit else { return nil }
        if let rule = multiplierRule { return (rule.value(entry: entry.price, spot: exit.price), cause) }
        return (rule.wins(entry: entry.price, exit: exit.price) ? payout : .zero(payout.currency), .expiry)
    }

    public mutating func settle(_ settlement: ContractSettlement, exit: Tick? = nil) {
        self.settlement = settlement
        if let exit { self.exit = exit }
    }

    /// Replaces a multiplier's orders.
    public mutating func change(_ limits: LimitOrder, at time: Timestamp) {
        self.limits = limits
        // The first stays: it is what was bought.
        if limitChanges.count == SoldContract.mostChanges { limitChanges.remove(at: 1) }
        limitChanges.append(LimitChange(limits: limits, time: time))
    }
    /// Changes that are remembered of one contract.
    static let mostChanges = 1_000

    /// Restores the ticks of an open contract from a snapshot; the next ticks are taken as they come.
    public mutating func restore(ticks: [Tick]) { self.ticks = ticks }
}

/// The orders of a multiplier from a moment on.
public struct LimitChange: Hashable, Sendable {
    public let limits: LimitOrder
    public let time: Timestamp
}

/// The end of a contract: what it paid (0 when lost) and the booking that paid it.
public struct ContractSettlement: Hashable, Sendable {
    public enum Cause: String, Hashable, Sendable {
        case expiry
        /// Its owner sold it back.
        case sale
        case takeProfit, stopLoss
        /// The move has eaten the stake.
        case stopOut
    }
    public let cause: Cause
    public let payout: Money
    public let sell: TransactionID
    public let time: Timestamp
    public init(cause: Cause, payout: Money, sell: TransactionID, time: Timestamp) {
        (self.cause, self.payout, self.sell, self.time) = (cause, payout, sell, time)
    }
    /// Whether it ran to its end and paid, or to the profit that was ordered.
    public var won: Bool { (cause == .expiry && payout.isPositive) || cause == .takeProfit }
}
