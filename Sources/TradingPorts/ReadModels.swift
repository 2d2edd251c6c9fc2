public import TradingEngine
public import TradingModel

/// What the API may ask of the store. Every question but an operator's names its owner, so nobody sees another's; each uses
/// an index.
public protocol ReadModels: OperatorReads {
    func signals(_ owner: OwnerID, _ page: Page<SignalFilter>) async throws -> PageOf<SignalRow>
    func signal(_ id: SignalID, owner: OwnerID) async throws -> SignalRow?
    func sessions(_ owner: OwnerID, _ page: Page<SessionFilter>) async throws -> PageOf<SessionRow>
    func session(_ id: SessionID, owner: OwnerID) async throws -> SessionRow?
    /// All that were not removed, in the order of their ids.
    func accounts(_ owner: OwnerID) async throws -> [AccountRow]
    /// The removed ones too.
    func account(_ id: AccountID, owner: OwnerID) async throws -> AccountRow?
    /// The one with this login id at the broker, unless it was removed.
    func account(login: Label, owner: OwnerID) async throws -> AccountRow?
    func trades(_ owner: OwnerID, _ page: Page<TradeFilter>) async throws -> PageOf<TradeRow>
    func trade(_ id: IntentID, owner: OwnerID) async throws -> TradeRow?
    /// Refusals of a session, counted by strategy and code and in that order.
    func refusals(_ session: SessionID, owner: OwnerID) async throws -> [RefusalCount]
    func isEmergencyStopped(_ owner: OwnerID) async throws -> Bool
    /// Operators' stop of everybody's trading; nil while there is none.
    func operatorsStop() async throws -> OperatorsStop?
    /// What the owner's sessions that have been stopped still wait for.
    func ending(_ owner: OwnerID) async throws -> Ending
    /// What all the owner's accounts together may have at risk; `.none` when nothing was set.
    func limits(_ owner: OwnerID) async throws -> ExposureLimits

    /// Facts of an owner after `ownerSequence`, at most `limit`, in order.
    func facts(_ owner: OwnerID, after ownerSequence: Int64, limit: Int) async throws -> [JournalEntry]
    /// The owner's newest fact, 0 when there is none.
    func newestFact(_ owner: OwnerID) async throws -> Int64

    /// Whose key this is, by the SHA-256 of its text.
    func owner(keyHash: [UInt8]) async throws -> OwnerID?
    /// What was answered to this key before; nil when it is new.
    func remembered(_ owner: OwnerID, idempotencyKey: String) async throws -> RememberedAnswer?
    /// Keeps an answer for a day. A key that is there already stays as it is.
    func remember(_ owner: OwnerID, idempotencyKey: String, _ answer: RememberedAnswer) async throws
    /// Which account and session the previous system's endpoints mean; nil before their first use.
    func previousPlace(_ owner: OwnerID) async throws -> PreviousPlace?
    /// Durable when it returns.
    func keep(_ place: PreviousPlace, owner: OwnerID) async throws
    /// Contracts that were bought, newest first, some of them, and how many there are in all: that is what the sessions have counted.
    func bought(_ owner: OwnerID, _ outcome: BoughtOutcome?, limit: Int, offset: Int) async throws -> (rows: [TradeRow], total: Int64)
    /// The same of those that the previous system gave this word, and of our own that ended so; of ours none without an outcome.
    func bought(_ owner: OwnerID, previously word: String, _ outcome: BoughtOutcome?, limit: Int, offset: Int) async throws -> (rows: [TradeRow], total: Int64)
    /// What trades of the previous system come to, a row for each currency.
    func imported(_ owner: OwnerID) async throws -> [ImportedTotals]
    /// What the previous system's start took where a request said nothing, from its first enabled settings; nil without any.
    func previousDefaults(_ owner: OwnerID) async throws -> PreviousDefaults?
    /// Folds settled trades into a result, in order of settlement.
    func settled<Result: Sendable>(
        _ owner: OwnerID, _ filter: SettledFilter, into result: Result,
        _ add: @escaping @Sendable (inout Result, SettledTrade) throws -> Void
    ) async throws -> Result
    /// A number never given before, for a new account or session.
    func newID() async throws -> Int64
    /// The same, tied for a day to a client's key and request before it is given: both again get the same number again,
    /// whatever happened in between.
    func newID(_ owner: OwnerID, idempotencyKey: String, requestHash: [UInt8]) async throws -> Int64
}

/// Cursor paging: `after` is what the last page gave as `next`.
public struct Page<Filter: Sendable>: Sendable {
    public var filter: Filter
    public var after: String?
    /// 1 to 500.
    public var limit: Int
    public init(_ filter: Filter, after: String? = nil, limit: Int = 50) { (self.filter, self.after, self.limit) = (filter, after, limit) }
}

public struct PageOf<Row: Sendable>: Sendable {
    public var rows: [Row]
    /// Nil on the last page.
    public var next: String?
    public init(rows: [Row], next: String?) { (self.rows, self.next) = (rows, next) }
}

/// A cursor that is none of ours.
public struct InvalidCursor: Error, Sendable { public init() {} }

public struct SignalFilter: Sendable {
    public var status: SignalStatus?
    public init(status: SignalStatus? = nil) { self.status = status }
}
public struct SessionFilter: Sendable {
    public var phase: String?
    public init(phase: String? = nil) { self.phase = phase }
}
public struct TradeFilter: Sendable {
    public var session: SessionID?
    public init(session: SessionID? = nil) { self.session = session }
}

/// What has become of a signal over all sessions: pending while one may still follow it.
public enum SignalStatus: String, Sendable, Hashable, CaseIterable { case pending, intended, refused, expired, cancelled }

extension SignalStatus {
    /// What has become of a signal over all sessions. The store says the same in SQL.
    public static func overall(_ decisions: some Sequence<SignalStatus>) -> SignalStatus {
        decisions.min { $0.rank < $1.rank } ?? .pending
    }

    private var rank: Int {
        switch self {
        case .pending: 1
        case .intended: 2
        case .cancelled: 3
        case .expired: 4
        case .refused: 5
        }
    }
}

public struct SignalRow: Sendable, Hashable {
    public var signal: Signal
    public var acceptedAt: Timestamp
    public var status: SignalStatus
    public var decisions: [SignalDecisionRow]
    public init(signal: Signal, acceptedAt: Timestamp, status: SignalStatus, decisions: [SignalDecisionRow]) {
        (self.signal, self.acceptedAt, self.status, self.decisions) = (signal, acceptedAt, status, decisions)
    }
}

public struct SignalDecisionRow: Sendable, Hashable {
    public var session: SessionID?
    public var status: SignalStatus
    public var refusal: Refusal?
    public var at: Timestamp
    public init(session: SessionID?, status: SignalStatus, refusal: Refusal?, at: Timestamp) {
        (self.session, self.status, self.refusal, self.at) = (session, status, refusal, at)
    }
}

/// A session as it stands, with every figure.
public struct SessionRow: Sendable, Hashable {
    public var id: SessionID
    public var owner: OwnerID
    public var account: AccountID
    public var plan: SessionPlan
    public var phase: SessionPhase
    public var createdAt: Timestamp
    public var startedAt: Timestamp?
    public var stoppedAt: Timestamp?
    public var lastTradeAt: Timestamp?
    public var failure: String?
    public var startBalance: Money
    /// Sum of profit of every settled contract.
    public var profit: Money
    public var peak: Money
    /// In basis points of the peak.
    public var currentDrawdown: Int64
    public var greatestDrawdown: Int64
    public var trades: Int64
    public var wins: Int64
    public var losses: Int64
    public var settled: Int64
    public var settledStakes: Money
    public var settledPossiblePayouts: Money
    public var day: TradingDay?
    public var tradesToday: Int32
    public var profitToday: Money
    public var lossesInARow: Int32
    public var openContracts: Int32
    public var unresolved: Int32
    public var exposure: Money
    public var waiting: Int32
    /// Why one of the previous system does not buy yet.
    public var hold: SessionHold = []
    /// What it was there; the lists have it, no row change does.
    public var previous: ImportedSession?

    /// Start balance and settled profit: the previous system's `currentBalance`.
    public var equity: Money { startBalance + profit }
    /// Wins that are needed for no loss, in basis points of all: stakes over what they would have paid. Nil before the
    /// first settlement.
    public var breakEvenBasisPoints: Int64? {
        settledPossiblePayouts.isPositive
            ? (settledStakes.minorUnits * 10_000 + settledPossiblePayouts.minorUnits / 2) / settledPossiblePayouts.minorUnits : nil
    }
    public var winBasisPoints: Int64? { settled > 0 ? (wins * 10_000 + settled / 2) / settled : nil }

    public init(_ session: Session) {
        (id, owner, account, plan, phase) = (session.id, session.owner, session.account, session.plan, session.phase)
        (createdAt, startedAt, stoppedAt, lastTradeAt, failure) = (
            session.createdAt, session.startedAt, session.stoppedAt, session.lastTradeAt, session.failure
        )
        (startBalance, profit, peak) = (session.startBalance, session.profit, session.peak)
        (currentDrawdown, greatestDrawdown) = (session.currentDrawdown, session.greatestDrawdown)
        (trades, wins, losses, settled) = (session.trades, session.wins, session.losses, session.settledCount)
        (settledStakes, settledPossiblePayouts) = (session.settledStakes, session.settledPossiblePayouts)
        (day, tradesToday, profitToday, lossesInARow) = (session.day, session.tradesToday, session.profitToday, session.lossesInARow)
        (openContracts, unresolved, exposure, waiting) = (Int32(session.open.count), session.unresolved, session.exposure, Int32(session.waiting.count))
        hold = session.hold
    }

    public init(
        id: SessionID, owner: OwnerID, account: AccountID, plan: SessionPlan, phase: SessionPhase, createdAt: Timestamp, startedAt: Timestamp?,
        stoppedAt: Timestamp?, lastTradeAt: Timestamp?, failure: String?, startBalance: Money, profit: Money, peak: Money,
        currentDrawdown: Int64, greatestDrawdown: Int64, trades: Int64, wins: Int64, losses: Int64, settled: Int64, settledStakes: Money,
        settledPossiblePayouts: Money, day: TradingDay?, tradesToday: Int32, profitToday: Money, lossesInARow: Int32,
        openContracts: Int32, unresolved: Int32, exposure: Money, waiting: Int32
    ) {
        (self.id, self.owner, self.account, self.plan, self.phase) = (id, owner, account, plan, phase)
        (self.createdAt, self.startedAt, self.stoppedAt, self.lastTradeAt, self.failure) = (createdAt, startedAt, stoppedAt, lastTradeAt, failure)
        (self.startBalance, self.profit, self.peak) = (startBalance, profit, peak)
        (self.currentDrawdown, self.greatestDrawdown) = (currentDrawdown, greatestDrawdown)
        (self.trades, self.wins, self.losses, self.settled) = (trades, wins, losses, settled)
        (self.settledStakes, self.settledPossiblePayouts) = (settledStakes, settledPossiblePayouts)
        (self.day, self.tradesToday, self.profitToday, self.lossesInARow) = (day, tradesToday, profitToday, lossesInARow)
        (self.openContracts, self.unresolved, self.exposure, self.waiting) = (openContracts, unresolved, exposure, waiting)
    }
}

public struct AccountRow: Sendable, Hashable {
    public var id: AccountID
    public var owner: OwnerID
    public var profile: AccountProfile
    public var line: Account.Line
    public var balance: Money
    public var reserved: Money
    public var openExposure: Money
    public var openContracts: Int32
    public var isInDoubt: Bool
    public var limits: ExposureLimits
    /// No longer among the owner's accounts; kept for the sessions and trades that name it.
    public var isRemoved: Bool
    /// Others may know its token, which is to be replaced at the broker. No fact: it stands with the sealed token.
    public var isTokenCompromised = false
    public init(_ account: Account) {
        (id, owner, profile, line, balance) = (account.id, account.owner, account.profile, account.line, account.balance)
        (reserved, openExposure, openContracts, isInDoubt, limits) = (
            account.reserved, account.openExposure, account.openContracts, account.isInDoubt, account.limits
        )
        isRemoved = account.isRemoved
    }
    public init(
        id: AccountID, owner: OwnerID, profile: AccountProfile, line: Account.Line, balance: Money, reserved: Money, openExposure: Money,
        openContracts: Int32, isInDoubt: Bool, limits: ExposureLimits, isRemoved: Bool = false
    ) {
        (self.id, self.owner, self.profile, self.line, self.balance, self.reserved) = (id, owner, profile, line, balance, reserved)
        (self.openExposure, self.openContracts, self.isInDoubt, self.limits) = (openExposure, openContracts, isInDoubt, limits)
        self.isRemoved = isRemoved
    }
}

/// One round trip: intent, contract and settlement.
public struct TradeRow: Sendable, Hashable {
    public var intent: BuyIntent
    public var owner: OwnerID
    public var source: Label?
    public var strategy: Label?
    public var state: TradeState
    public var rejection: Rejection?
    public var contract: Contract?
    public var settlement: Settlement?
    /// What it was in the previous system.
    public var previous: ImportedTrade?
    /// Payout less price, once settled.
    public var profit: Money? { settlement.flatMap { settlement in contract.map { settlement.payout - $0.price } } }
    public init(
        intent: BuyIntent, owner: OwnerID, source: Label?, strategy: Label?, state: TradeState, rejection: Rejection? = nil,
        contract: Contract? = nil, settlement: Settlement? = nil
    ) {
        (self.intent, self.owner, self.source, self.strategy, self.state) = (intent, owner, source, strategy, state)
        (self.rejection, self.contract, self.settlement) = (rejection, contract, settlement)
    }
}

public enum TradeState: String, Sendable, Hashable, CaseIterable {
    /// Sent or about to be.
    case intended
    case unsent, rejected
    case inDoubt = "in_doubt", ambiguous, abandoned
    case open, settled
}

public struct RefusalCount: Sendable, Hashable {
    public var strategy: Label?
    public var refusal: Refusal
    public var count: Int64
    public var lastAt: Timestamp
    public init(strategy: Label?, refusal: Refusal, count: Int64, lastAt: Timestamp) {
        (self.strategy, self.refusal, self.count, self.lastAt) = (strategy, refusal, count, lastAt)
    }
}

/// The answer that a request with an `Idempotency-Key` got, to be given again.
public struct RememberedAnswer: Sendable, Hashable {
    /// SHA-256 of method, path and body: the same key with another request is a mistake.
    public var requestHash: [UInt8]
    public var status: Int
    public var body: [UInt8]
    public init(requestHash: [UInt8], status: Int, body: [UInt8]) { (self.requestHash, self.status, self.body) = (requestHash, status, body) }
}

/// The previous system knew one token and one session a user: which of an owner's accounts and sessions its endpoints mean.
public struct PreviousPlace: Sendable, Hashable {
    public var account: AccountID?
    /// The one last started through those endpoints.
    public var session: SessionID?
    /// What the broker said of the token when it was looked at last.
    public var scopes: [String]
    public var isValid: Bool
    public var validatedAt: Timestamp?
    public init(account: AccountID? = nil, session: SessionID? = nil, scopes: [String] = [], isValid: Bool = false, validatedAt: Timestamp? = nil) {
        (self.account, self.session, self.scopes, self.isValid, self.validatedAt) = (account, session, scopes, isValid, validatedAt)
    }
}

/// Trades of the previous system in one currency.
public struct ImportedTotals: Sendable, Hashable {
    public var trades: Int64
    public var settled: Int64
    public var wins: Int64
    public var losses: Int64
    public var profit: Money
    public init(trades: Int64, settled: Int64, wins: Int64, losses: Int64, profit: Money) {
        (self.trades, self.settled, self.wins, self.losses, self.profit) = (trades, settled, wins, losses, profit)
    }
}

/// The bot settings of the previous system that its start fell back on. 0 is off.
public struct PreviousDefaults: Sendable, Hashable {
    public var tradesPerDay: Int64
    /// In hundredths. Its form asked for percent of the balance, its start took it for an amount.
    public var dailyLoss: Int64
    /// Basis points.
    public var riskPerTrade: Int64
    /// Basis points.
    public var drawdown: Int64
    public init(tradesPerDay: Int64, dailyLoss: Int64, riskPerTrade: Int64, drawdown: Int64) {
        (self.tradesPerDay, self.dailyLoss, self.riskPerTrade, self.drawdown) = (tradesPerDay, dailyLoss, riskPerTrade, drawdown)
    }
}

/// How a contract that was bought stands or ended.
public enum BoughtOutcome: Sendable, Hashable, CaseIterable { case open, won, lost, even }

extension TradeRow {
    /// Nil while nothing was bought.
    public var outcome: BoughtOutcome? {
        guard contract != nil else { return nil }
        guard let profit else { return .open }
        return profit.isPositive ? .won : profit.isNegative ? .lost : .even
    }
}

/// Which settled trades: of one session or all, settled within a stretch of time or whenever.
public struct SettledFilter: Sendable, Hashable {
    public var session: SessionID?
    /// Included.
    public var from: Timestamp?
    /// Not included.
    public var until: Timestamp?
    public init(session: SessionID? = nil, from: Timestamp? = nil, until: Timestamp? = nil) { (self.session, self.from, self.until) = (session, from, until) }
}

/// What figures need of a trade that has ended.
public struct SettledTrade: Sendable, Hashable {
    public var account: AccountID
    public var terms: ContractTerms
    public var price: Money
    public var payout: Money
    public var purchasedAt: Timestamp
    public var settledAt: Timestamp
    public init(account: AccountID, terms: ContractTerms, price: Money, payout: Money, purchasedAt: Timestamp, settledAt: Timestamp) {
        (self.account, self.terms, self.price, self.payout) = (account, terms, price, payout)
        (self.purchasedAt, self.settledAt) = (purchasedAt, settledAt)
    }
}
