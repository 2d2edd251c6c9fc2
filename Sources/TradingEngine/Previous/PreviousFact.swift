public import TradingModel

/// What is on record of the previous system: each of its records as it was taken over, once, and how a session of it
/// came to buy again. The tables follow from these as from every other fact.
public enum PreviousFact: Hashable, Sendable {
    case sessionImported(ImportedSession)
    case signalImported(ImportedSignal)
    case tradeImported(ImportedTrade)
    /// The broker took the token and said the login id, currency and kind of money that the session's account has.
    case accountConfirmed
    /// A person looked at what was flagged and lets the session trade under its plan as it stands.
    case reviewAccepted(by: Label)
}

/// A session of the previous system. Its figures are those that it was stored with, which that system kept badly; they
/// go on from there.
public struct ImportedSession: Hashable, Sendable {
    /// Its id there.
    public var key: String
    /// Its status there: `idle`, `starting`, `active`, `paused`, `stopping`, `stopped` or `error`.
    public var status: String
    public var broker: String
    public var strategy: String
    /// What a person must look at, in words of the import's report.
    public var flags: [String]
    /// What stands before its first buy.
    public var hold: SessionHold
    public var plan: SessionPlan
    public var createdAt: Timestamp
    public var startedAt: Timestamp?
    public var stoppedAt: Timestamp?
    public var lastTradeAt: Timestamp?
    public var failure: String?
    public var startBalance: Money
    public var profit: Money
    public var trades: Int64
    /// No more than `trades`, with `losses`.
    public var wins: Int64
    public var losses: Int64
    /// The trading day that the next two count, of the trades that fall into it.
    public var day: TradingDay?
    public var tradesToday: Int32
    public var profitToday: Money
    public var lossesInARow: Int32

    public init(
        key: String, status: String, broker: String, strategy: String, flags: [String], hold: SessionHold, plan: SessionPlan, createdAt: Timestamp,
        startedAt: Timestamp?, stoppedAt: Timestamp?, lastTradeAt: Timestamp?, failure: String?, startBalance: Money, profit: Money, trades: Int64,
        wins: Int64, losses: Int64, day: TradingDay?, tradesToday: Int32, profitToday: Money, lossesInARow: Int32
    ) {
        (self.key, self.status, self.broker, self.strategy, self.flags, self.hold, self.plan) = (key, status, broker, strategy, flags, hold, plan)
        (self.createdAt, self.startedAt, self.stoppedAt, self.lastTradeAt, self.failure) = (createdAt, startedAt, stoppedAt, lastTradeAt, failure)
        (self.startBalance, self.profit, self.trades, self.wins, self.losses) = (startBalance, profit, trades, wins, losses)
        (self.day, self.tradesToday, self.profitToday, self.lossesInARow) = (day, tradesToday, profitToday, lossesInARow)
    }

    var phase: SessionPhase {
        switch status {
        case "idle": .idle
        case "starting": .starting
        case "active": .active
        case "paused": .paused(.person)
        case "stopping": .stopping
        case "error": .failed
        default: .stopped
        }
    }
}

/// A signal of the previous system, with its id and status there. It is history: nothing follows it any more.
public struct ImportedSignal: Hashable, Sendable {
    public var key: String
    /// `active`, `executed`, `expired` or `cancelled`.
    public var status: String
    public var signal: Signal
    public init(key: String, status: String, signal: Signal) { (self.key, self.status, self.signal) = (key, status, signal) }
}

/// A trade of the previous system. It is history: it changes no figure of the session that it is filed under.
public struct ImportedTrade: Hashable, Sendable {
    /// Its id there.
    public var key: String
    /// `OPEN`, `CLOSED`, `TP_HIT`, `SL_HIT`, `REVERSE_SIGNAL`, `MANUAL_CLOSE` or `FORCE_STOP`.
    public var status: String
    public var broker: String
    /// The signal that it names, or one that stands for it alone.
    public var signal: SignalID
    public var terms: ContractTerms
    /// What was staked.
    public var price: Money
    /// Nil: none is on record there, which counts as none.
    public var profit: Money?
    /// The broker's number, or one below 0 when that system made it up or stored it twice.
    public var contract: ContractID
    /// As it stood there.
    public var contractText: String?
    public var enteredAt: Timestamp
    public var exitedAt: Timestamp?
    /// Decimal texts.
    public var entryPrice: String
    public var exitPrice: String?
    public var entryReason: String?
    public var exitReason: String?

    public init(
        key: String, status: String, broker: String, signal: SignalID, terms: ContractTerms, price: Money, profit: Money?, contract: ContractID,
        contractText: String?, enteredAt: Timestamp, exitedAt: Timestamp?, entryPrice: String, exitPrice: String?, entryReason: String?, exitReason: String?
    ) {
        (self.key, self.status, self.broker, self.signal, self.terms, self.price, self.profit) = (key, status, broker, signal, terms, price, profit)
        (self.contract, self.contractText, self.enteredAt, self.exitedAt) = (contract, contractText, enteredAt, exitedAt)
        (self.entryPrice, self.exitPrice, self.entryReason, self.exitReason) = (entryPrice, exitPrice, entryReason, exitReason)
    }

    public var isOpen: Bool { status == "OPEN" }
    /// What came back, so that payout less price is the profit.
    public var payout: Money { price + (profit ?? .zero(price.currency)) }
}

/// What stands between a session of the previous system and its first buy here. While anything does, nothing is bought.
public struct SessionHold: OptionSet, Hashable, Sendable, Codable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The broker has not yet taken the account's token and said that it is this account's.
    public static let token = SessionHold(rawValue: 1)
    /// Something of it is flagged, and nobody has looked at it yet.
    public static let review = SessionHold(rawValue: 2)
    /// It belongs to a broker that is not served: it never buys here.
    public static let broker = SessionHold(rawValue: 4)

    /// What it awaits: `token`, `review`, or nil for nothing.
    public var awaits: String? { contains(.token) ? "token" : isEmpty ? nil : "review" }
}
