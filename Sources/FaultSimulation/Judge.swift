import DerivSimulator
import DerivWire
import SimulatedMarket
import TradingAudit
import TradingEngine
import TradingModel
import TradingPorts

/// An invariant that does not hold, and what shows it.
struct Violation: Error {
    let invariant: String
    let what: String
    init(_ invariant: String, _ what: String) { (self.invariant, self.what) = (invariant, what) }
}

/// Keeps its own books from the broker's append-only ledger and from the facts on disk, and says when an invariant is
/// broken. It never asks the engine what is right.
struct Judge {
    /// One buy, from both sides.
    struct Buy {
        enum End { case unanswered, unsent, rejected, abandoned, released, confirmed, settled }
        let intent: BuyIntent
        var end = End.unanswered
        /// What the plan wanted of it, in basis points of the stake.
        let leastPayout: Int64?
        /// How often its bytes left.
        var written = 0
        /// What the broker sold because of it.
        var sold: ContractID?
        /// The broker answered it with an error.
        var refused = false
        /// The contract that our books name.
        var recorded: ContractID?
        var abandonedUntil: Timestamp?
        /// A person said that it was none of the candidates.
        var isDenied = false
        /// What our books say it paid while the broker's say otherwise.
        var misstated: Money?
    }

    /// What the broker's ledger says of a session: contracts by the intent that caused them.
    struct SessionBooks {
        let id: SessionID
        let account: Int
        var plan: SessionPlan
        /// The laxest that its plans ever had; nil is off.
        var laxest: RiskLimits
        /// Prices of contracts that run.
        var openPrices: Int64 = 0
        var open: Int32 = 0
        var profitOn: [TradingDay: Int64] = [:]
        var soldOn: [TradingDay: Int32] = [:]
        var profit: Int64 = 0
        var startBalance: Int64?
        /// Above the start balance.
        var peak: Int64 = 0
        var streak: Int32 = 0
        var stopAcknowledged = false
        /// A trade by hand stands in our books as one of its buys: its limits count another contract than the tags do.
        var isMixed = false
        /// Contracts whose payout was told wrongly and is not corrected yet: its limits cannot be ours to keep.
        var misstated = 0
        /// Some were told too high: it may have bought more than it would have.
        var isMisled = false
        var isPaused = false
        var startedAt: Timestamp?
        var endedAt: Timestamp?
        var day: TradingDay?
        /// By what is on record, in days of the run's zone.
        var told = Told()
    }

    let accounts: [SimulatedAccount]
    let zone: TradingCalendar
    let settings: EngineSettings
    var buys: [Buy] = []
    var buyOf: [IntentID: Int] = [:]
    var sessions: [SessionBooks] = []
    var buyOfContract: [ContractID: Int] = [:]
    var recordedContracts: [ContractID: IntentID] = [:]
    var outside: [ContractID: AccountID] = [:]
    var accepted: [SignalID: Timestamp] = [:]
    var validUntil: [SignalID: Timestamp] = [:]
    var accountLimits: [AccountID: ExposureLimits] = [:]
    var ownerLimits: [OwnerID: ExposureLimits] = [:]
    /// By the broker's ledger, in days of UTC.
    var profitOn: [Label: [TradingDay: Int64]] = [:]
    /// By what is on record, in days of UTC.
    var toldOf: [Label: Told] = [:]
    var promises = PromiseBooks()
    /// Raises by owner and number, by the broker's true clock.
    var raisesAskedAt: [String: Int64] = [:]
    /// What was asked for last, by owner and subject.
    var newestAsked: [String: Int] = [:]
    var limitsAskedCount = 0
    var isAlike: [Label: Bool] = [:]
    /// Accounts that a session ran on when the calm began: the others are looked into by nobody.
    var isUsed: [AccountID: Bool] = [:]
    /// Where each account's statement stood when it was first seen.
    var firstSeen: [AccountID: TransactionID] = [:]
    var stoppedOwners: [OwnerID: Bool] = [:]
    /// When a stop was lifted last, by the broker's clock; the operators' without an owner.
    var liftedAt: [OwnerID?: Int64] = [:], stoppedAt: [OwnerID?: Int64] = [:]
    var isStoppedByOperators = false
    /// When the newest look-up of each account was put on record, by the broker's true clock: what was booked before is in its answers.
    var lookedUpAt: [AccountID: Int64] = [:]
    /// Over every restart.
    var order = FactOrder()
    /// The facts as they were decided, folded as they come.
    var folded = EngineState()
    /// Of the store's newest opening.
    var newestEpoch: Int64 = 0
    var seenContracts = 0, seenBookings = 0
    var rates: RequestRates
    var tickTimes: [[Symbol: Timestamp]]
    var tickLives: [Int]

    init(accounts: [SimulatedAccount], zone: TradingCalendar, settings: EngineSettings) {
        (self.accounts, self.zone, self.settings) = (accounts, zone, settings)
        rates = RequestRates(accounts: accounts.count)
        tickTimes = Array(repeating: [:], count: accounts.count)
        tickLives = Array(repeating: 0, count: accounts.count)
    }

    /// The civil day of the run's zone, reckoned from the table and not by the calendar that trades.
    func day(at moment: Timestamp) -> TradingDay {
        let offset = zone.rules.last { $0.from <= moment }!.offsetSeconds
        return TradingDay(daysSince1970: Int32(TradingDay.floorDivide(moment.milliseconds + Int64(offset) * 1_000, 86_400_000)))
    }

    // MARK: What the world wants to know

    func acceptedAt(_ signal: SignalID) -> Timestamp? { accepted[signal] }
    func intent(_ id: IntentID) -> BuyIntent? { buyOf[id].map { buys[$0].intent } }
    func newestIntent(on account: AccountID) -> BuyIntent? { buys.last { $0.intent.account == account }?.intent }
    func isSold(_ id: IntentID) -> Bool { buyOf[id].map { buys[$0].sold != nil } ?? false }
    mutating func looksAlike(on account: AccountID) { isAlike[login(account)] = true }
    /// At the broker: however often it was added here, it is one account.
    func login(_ account: AccountID) -> Label { accounts[Int(account.rawValue) - 1].login }

    mutating func acknowledged(_ what: Asked, at now: Int64) {
        switch what {
        case .stop(let session): if let index = place(of: session) { sessions[index].stopAcknowledged = true }
        case .emergencyStop(let owner): if !isLifted(owner, at: now) { stoppedOwners[owner] = true }
        case .operatorsStop: if !isLifted(nil, at: now) { isStoppedByOperators = true }
        case .signal, .start, .resume, .liftEmergencyStop, .resolveDoubt, .limits, .other: break
        }
    }

    /// Lifted in the same turn or right after: its answer comes after both facts, and waits for what is being written.
    private func isLifted(_ owner: OwnerID?, at now: Int64) -> Bool {
        guard let lifted = liftedAt[owner], let stopped = stoppedAt[owner] else { return false }
        return lifted >= stopped && now - lifted < 5_000
    }

    func place(of session: SessionID) -> Int? { sessions.firstIndex { $0.id == session } }

    func sessionMilliseconds(until end: Timestamp) -> Int64 {
        sessions.reduce(0) { sum, session in
            guard let started = session.startedAt else { return sum }
            return sum + max(0, min(session.endedAt ?? end, end).milliseconds(since: started))
        }
    }

    // MARK: The broker's ledger

    /// Takes what is new in the broker's books, booking by booking, and holds the limits against each.
    mutating func observe(_ books: SimulatedBroker, _ world: World) throws(Violation) {
        while seenBookings < books.ledger.count {
            let booking = books.ledger[seenBookings]
            seenBookings += 1
            guard let contract = booking.contract.flatMap(books.contract) else { continue }
            switch booking.action {
            case .buy: try sold(contract, world)
            case .sell: try ended(contract, world)
            case .virtualCredit: break
            }
        }
    }

    private mutating func sold(_ contract: SoldContract, _ world: World) throws(Violation) {
        guard let tag = contract.tag else { return }
        world.note("sold #\(contract.id) for \(tag.split(separator: ".").last?.prefix(8) ?? "")")
        guard let intent = IntentID(tag), let index = buyOf[intent] else {
            throw Violation("I2", "contract \(contract.id) was sold for \(tag), which is on no record")
        }
        try checkOneContract(contract, buys[index])
        try checkNothingGuessed(contract, buys[index])
        try checkStake(contract, buys[index])
        buys[index].sold = contract.id
        buyOfContract[contract.id] = index
        let session = place(of: intent.session)!
        sessions[session].openPrices += contract.price.minorUnits
        sessions[session].open += 1
        sessions[session].soldOn[day(at: contract.purchasedAt), default: 0] += 1
        try checkTradesPerDay(sessions[session], on: day(at: contract.purchasedAt))
    }

    private mutating func ended(_ contract: SoldContract, _ world: World) throws(Violation) {
        guard let index = buyOfContract[contract.id], let settlement = contract.settlement else { return }
        let session = place(of: buys[index].intent.id.session)!, profit = (settlement.payout - contract.price).minorUnits
        let day = day(at: settlement.time)
        sessions[session].openPrices -= contract.price.minorUnits
        sessions[session].open -= 1
        sessions[session].profitOn[day, default: 0] += profit
        profitOn[login(buys[index].intent.account), default: [:]][settlement.time.civilDay, default: 0] += profit
        sessions[session].profit += profit
        sessions[session].peak = max(sessions[session].peak, sessions[session].profit)
        if profit < 0 { sessions[session].streak += 1 } else { sessions[session].streak = 0 }
        try checkLossPerDay(sessions[session], on: day)
        try checkDrawdown(sessions[session])
        try checkLossesInARow(sessions[session])
    }
}
