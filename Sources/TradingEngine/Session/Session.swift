public import TradingModel

/// One plan trading one account from start to stop: what it is set to do, where it stands, and every figure of it.
public struct Session: Hashable, Sendable, Codable, Identified {
    public let id: SessionID
    public let owner: OwnerID
    public let account: AccountID
    public let createdAt: Timestamp
    public internal(set) var plan: SessionPlan
    public internal(set) var phase = SessionPhase.idle
    public internal(set) var startedAt: Timestamp?
    public internal(set) var stoppedAt: Timestamp?
    public internal(set) var failure: String?
    /// Of a session of the previous system: why it does not buy yet. Empty otherwise.
    public internal(set) var hold: SessionHold = []

    /// The account's balance when it became active; zero before.
    public internal(set) var startBalance: Money
    /// Sum of profit of every settled contract. No deposits, no outside trades.
    public internal(set) var profit: Money
    /// The highest equity so far.
    public internal(set) var peak: Money
    /// The peak that drawdown is measured from: `peak`, or the equity at which a person accepted the drawdown.
    public internal(set) var countedPeak: Money
    /// The greatest fall from a peak so far, in basis points of it.
    public internal(set) var greatestDrawdown: Int64 = 0

    /// Contracts that the broker sold us.
    public internal(set) var trades: Int64 = 0
    public internal(set) var wins: Int64 = 0
    /// Settled with a loss. A contract that pays exactly its price is neither.
    public internal(set) var losses: Int64 = 0
    public internal(set) var lastTradeAt: Timestamp?
    /// The latest settlement so far, by the broker's time.
    var lastSettledAt = Timestamp(milliseconds: 0)
    /// Its booking, which tells the order of two in one second.
    var lastSettledBy: TransactionID?
    /// Contracts that ended.
    public internal(set) var settledCount: Int64 = 0
    /// Sum of the prices of settled contracts, and of what they would have paid: the break-even rate is their quotient.
    public internal(set) var settledStakes: Money
    public internal(set) var settledPossiblePayouts: Money

    /// The trading day that the next three count.
    public internal(set) var day: TradingDay?
    /// When that day began.
    public internal(set) var dayFrom = Timestamp(milliseconds: 0)
    /// Contracts bought today, unanswered ones included.
    public internal(set) var tradesToday: Int32 = 0
    /// How many contracts the broker sold, in its last half minute.
    var soldLately = RecentResults()
    var endedLately = RecentResults()
    /// What the day before came to: for its first seconds our day may not yet be the broker's.
    var tradesBefore: Int32 = 0
    var profitBefore: Int64 = 0
    public internal(set) var profitToday: Money
    /// Settled with a loss since the last that was not, by time of settlement; a person's resume sets it to 0.
    public internal(set) var lossesInARow: Int32 = 0
    /// From which contract that ended on that count goes: the one that was not lost, or the first after a person set it to 0.
    var streakSince: Int64 = 0

    /// In the order of their ids.
    public internal(set) var open: [OpenContract] = []
    /// Stakes held for buys without a known end.
    public internal(set) var reserved: Money
    public internal(set) var unresolved: Int32 = 0
    /// Refused for now, and pending until their end of validity; in the order they came.
    public internal(set) var waiting: [Signal] = []

    public static let waitingMost = 16
    /// By so much our time may be ahead of the broker's when a buy leaves, and its clock tells whole seconds.
    static let dayUncertainSeconds: Int64 = 3

    /// A contract that runs.
    public struct OpenContract: Hashable, Sendable, Codable {
        public let intent: BuyIntent
        public let contract: Contract
        /// When it was last asked for because it should have ended, and how often.
        public internal(set) var askedAt: Timestamp?
        public internal(set) var asks: Int32 = 0
    }

    init(id: SessionID, owner: OwnerID, account: AccountID, createdAt: Timestamp, plan: SessionPlan, currency: Currency) {
        (self.id, self.owner, self.account, self.createdAt, self.plan) = (id, owner, account, createdAt, plan)
        let zero = Money.zero(currency)
        (startBalance, profit, peak, countedPeak, profitToday, reserved) = (zero, zero, zero, zero, zero, zero)
        (settledStakes, settledPossiblePayouts) = (zero, zero)
    }

    /// It runs, or a buy or contract of it has no known end: time, a signal or the broker may change it.
    @inlinable public var isLive: Bool { phase.isRunning || !open.isEmpty || unresolved != 0 }

    // MARK: Figures that follow

    /// Start balance and settled profit.
    @inlinable public var equity: Money { startBalance + profit }
    public var openPrices: Money {
        var sum = Money.zero(profit.currency)
        for contract in open.indices { sum += open[contract].contract.price }
        return sum
    }
    /// The worst that can still be lost: prices of open contracts and stakes held.
    public var exposure: Money {
        #if SeededBugs
        if SeededBug.heldStakesAreFree.isPlanted { return openPrices }
        #endif
        return openPrices + reserved
    }
    /// Contracts that run or may run.
    @inlinable public var openOrUnresolved: Int32 { Int32(open.count) + unresolved }
    /// Fall from the counted peak in basis points of it, rounded up: never understated.
    public var currentDrawdown: Int64 { Session.drawdown(from: countedPeak, to: equity) }

    static func drawdown(from peak: Money, to equity: Money) -> Int64 {
        guard peak.isPositive, equity < peak else { return 0 }
        let (high, low) = (peak - equity).minorUnits.multipliedFullWidth(by: 10_000)
        let (quotient, remainder) = peak.minorUnits.dividingFullWidth((high, low))
        return quotient + (remainder > 0 ? 1 : 0)
    }
}
