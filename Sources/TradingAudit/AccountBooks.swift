import TradingEngine
import TradingModel

/// A buy whose reservation stands or whose contract runs, as its facts tell it.
struct AuditedBuy: Sendable {
    enum State: Sendable {
        case inFlight
        /// Since when the connection that it was written to is known to be closed, whether in order, and when a look-up first proved something.
        case inDoubt(closedAt: Timestamp?, clean: Bool, provenAt: Timestamp?)
        case ambiguous
        case abandoned(until: Timestamp)
        case open(Contract)
    }
    let intent: BuyIntent
    var state: State

    var contract: Contract? { if case .open(let contract) = state { contract } else { nil } }
    var isAbandoned: Bool { if case .abandoned = state { true } else { false } }
    var isInDoubt: Bool {
        switch state {
        case .inDoubt, .ambiguous: true
        case .inFlight, .abandoned, .open: false
        }
    }
    var isInFlight: Bool { if case .inFlight = state { true } else { false } }
    /// What can still be lost with it.
    var worst: Int64 { (contract?.price ?? intent.stake.amount).minorUnits }
}

/// What ended: the newest of an account.
struct AuditedEnd: Sendable {
    let contract: ContractID
    let price: Int64
    var payout: Int64
    let settledAt: Timestamp
}

/// One account by its facts alone.
struct AccountBooks: Sendable {
    let owner: OwnerID
    let broker: Label, loginID: Label
    let currency: Currency
    let isVirtual: Bool
    var isRealEnabled = false
    var limits = ExposureLimits.none
    var isUp = false, isCatchingUp = false, isCircuitOpen = false, closedCleanly = true
    var balance: Int64 = 0
    var newestTransaction: TransactionID?
    /// Unresolved and open ones.
    var buys: [AuditedBuy] = []
    /// Given up and released: a contract that turns up late is still ours. The newest 64, as many as anybody asks for.
    var givenUp: [BuyIntent] = []
    private(set) var ended: [AuditedEnd] = []
    private var oldestEnded = 0
    /// Profit of the newest day of UTC on which something ended.
    private var day = TradingDay(daysSince1970: .min), profitOfDay: Int64 = 0

    static let givenUpMost = 64, endedMost = 256

    init(owner: OwnerID, profile: AccountProfile) {
        (self.owner, broker, loginID, currency, isVirtual) = (owner, profile.broker, profile.loginID, profile.currency, profile.isVirtual)
    }

    init(_ account: Account) {
        self.init(owner: account.owner, profile: account.profile)
        (isRealEnabled, limits, isCircuitOpen) = (account.isRealEnabled, account.limits, account.circuitOpenUntil != nil)
        (isUp, isCatchingUp) = (account.line == .up, account.line == .catchingUp)
        (balance, newestTransaction) = (account.balance.minorUnits, account.newestTransaction)
        (day, profitOfDay) = (account.day, account.profitOfDay.minorUnits)
        givenUp = account.givenUp
        for buy in account.unresolved {
            let state: AuditedBuy.State =
                switch buy.state {
                case .inFlight: .inFlight
                case .inDoubt(let doubt): .inDoubt(closedAt: doubt.closedAt, clean: doubt.closedCleanly, provenAt: doubt.provenSince)
                case .ambiguous: .ambiguous
                case .abandoned(let until): .abandoned(until: until)
                }
            buys.append(AuditedBuy(intent: buy.intent, state: state))
        }
    }

    func place(of id: IntentID) -> Int? { buys.firstIndex { $0.intent.id == id } }
    func knows(_ contract: ContractID) -> Bool { buys.contains { $0.contract?.id == contract } || ended.contains { $0.contract == contract } }

    var reserved: Int64 { buys.reduce(0) { $1.contract == nil ? $0 + $1.worst : $0 } }
    var openExposure: Int64 { buys.reduce(0) { $1.contract == nil ? $0 : $0 + $1.worst } }
    var openContracts: Int { buys.count { $0.contract != nil } }

    mutating func report(_ balance: Money?, _ transaction: TransactionID?) {
        guard let balance else { return }
        if let transaction, let newest = newestTransaction, transaction < newest { return }
        self.balance = balance.minorUnits
        if let transaction { newestTransaction = transaction }
    }

    mutating func lineClosed(clean: Bool, at now: Timestamp) {
        (isUp, isCatchingUp, closedCleanly) = (false, false, clean)
        for index in buys.indices {
            guard case .inDoubt(nil, _, let provenAt) = buys[index].state else { continue }
            buys[index].state = .inDoubt(closedAt: now, clean: clean, provenAt: provenAt)
        }
    }

    mutating func end(_ contract: AuditedEnd) {
        if ended.count < AccountBooks.endedMost {
            ended.append(contract)
        } else {
            ended[oldestEnded] = contract
            oldestEnded = (oldestEnded + 1) % AccountBooks.endedMost
        }
        count(contract.payout - contract.price, at: contract.settledAt)
    }

    /// What a known contract paid is something else: gives what it was.
    mutating func correct(_ contract: ContractID, to payout: Int64) -> AuditedEnd? {
        guard let index = ended.firstIndex(where: { $0.contract == contract }) else { return nil }
        let before = ended[index]
        ended[index].payout = payout
        count(payout - before.payout, at: before.settledAt)
        return before
    }

    mutating func count(_ profit: Int64, at moment: Timestamp) {
        let that = moment.civilDay
        if that > day { (day, profitOfDay) = (that, 0) }
        if that == day { profitOfDay += profit }
    }

    /// One that is added again goes on with its day.
    mutating func takeOverDay(of before: inout AccountBooks) {
        guard currency == before.currency else { return }
        (day, profitOfDay) = (before.day, before.profitOfDay)
        before.profitOfDay = 0
    }

    /// Of the day of UTC that this moment belongs to.
    func profit(at now: Timestamp) -> Int64 { day == now.civilDay ? profitOfDay : 0 }
}

extension Timestamp {
    /// The civil day in UTC.
    var civilDay: TradingDay { TradingDay(daysSince1970: Int32(TradingDay.floorDivide(milliseconds, 86_400_000))) }
}
