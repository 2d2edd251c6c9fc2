import Foundation
import SimulatedMarket
import TradingModel

/// The one place where the simulated broker changes: every session's requests and the clock come together here.
/// It lives on one event loop and is touched by nothing else, so it needs no locks.
final class BrokerDesk {
    let configuration: DerivSimulatorConfiguration
    let clock: SimulatorClock
    let log: FrameLog?
    private(set) var broker: SimulatedBroker
    var faults: FaultDice
    private let store: StateStore?
    private var sessions: [Int: V3Session] = [:]
    private var connections = 0
    private var identifiers: SeededRandom
    private var meters = RateMeters()
    /// The login of each token that opened one, by the token's hash.
    private var logins: [UInt64: Label] = [:]

    /// Opens the state directory, if there is one, and runs the market to the clock.
    ///
    /// A new market opens at `opening`, or at the clock's time.
    init(_ configuration: DerivSimulatorConfiguration, clock handedIn: SimulatorClock?, opening: Timestamp? = nil) throws {
        self.configuration = configuration
        store = try configuration.stateDirectory.map { try StateStore(directory: $0) }
        log = try configuration.jsonlPath.map { try FrameLog(path: $0) }
        var saved = try store?.load()
        saved?.openMissingMarkets()
        let start = saved?.clock ?? Timestamp(milliseconds: Int64(Date().timeIntervalSince1970) * 1_000)
        clock = handedIn ?? SimulatorClock(start: start, speed: configuration.speed)
        broker = saved.map { SimulatedBroker(restoring: $0) } ?? SimulatedBroker(seed: configuration.seed, startingAt: opening ?? clock.now())
        broker.settlementDelay = configuration.settlementDelaySeconds
        faults = FaultDice(configuration.faults)
        // Ids of streams and proposals differ between two starts of one directory, as they do at the broker.
        identifiers = SeededRandom(seed: SeededRandom.mix(broker.seed) ^ UInt64(bitPattern: broker.clock.milliseconds))
        for account in broker.accounts.values { if let owner = account.owner { logins[owner] = account.login } }
        try store?.save(broker)
    }

    /// Sells on a market that is made already and keeps nothing on disk; its clock stands still, so time is what `run` makes it.
    init(_ broker: SimulatedBroker, openingBalanceMinorUnits: Int64, rateLimits: RateLimits) {
        var configuration = DerivSimulatorConfiguration()
        configuration.rateLimits = rateLimits
        configuration.openingBalanceMinorUnits = openingBalanceMinorUnits
        self.configuration = configuration
        (self.broker, store, log) = (broker, nil, nil)
        clock = SimulatorClock(start: Timestamp(milliseconds: 0))
        faults = FaultDice(.none)
        identifiers = SeededRandom(seed: SeededRandom.mix(broker.seed))
    }

    /// Broker time; it never goes back, even when a clock was handed in that lies behind the saved state.
    var now: Timestamp { max(clock.now(), broker.clock) }

    // MARK: Sessions

    func join() -> V3Session {
        connections += 1
        let session = V3Session(connection: connections, desk: self)
        sessions[connections] = session
        return session
    }

    func leave(_ session: V3Session) { sessions[session.connection] = nil }

    private var inOrder: [V3Session] { sessions.values.sorted { $0.connection < $1.connection } }

    /// A new id of 36 characters.
    func identifier() -> String {
        let digits = [identifiers.next(), identifiers.next()].map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        let parts = [8, 4, 4, 4, 12]
        var rest = digits[...]
        return parts.map { length in
            defer { rest = rest.dropFirst(length) }
            return String(rest.prefix(length))
        }.joined(separator: "-")
    }

    // MARK: Accounts

    /// Accounts that tokens may open.
    private static let mostAccounts = 100_000

    /// The login that a token opened or will open. Two tokens whose hashes come to the same login get two: the second
    /// takes the next that is free. An account of a ledger that names no owners belongs to the first who comes to it.
    private func login(of owner: UInt64) -> Label {
        if let login = logins[owner] { return login }
        var number = owner % 900_000_000
        while true {
            let login = Label((configuration.realAccount ? "CR" : "VRTC") + "\(100_000_000 + number)")!
            if broker.accounts[login].map({ $0.owner == nil && !logins.values.contains(login) }) ?? true { return login }
            number = (number + 1) % 900_000_000
        }
    }

    /// The account a token opens and whether it may trade, or nil when the token is not known.
    func admit(_ token: String) -> Authorisation? {
        if let known = configuration.knownTokens, !known.contains(token) { return nil }
        let readOnly = token.hasPrefix("readonly-")
        let owner = readOnly ? String(token.dropFirst("readonly-".count)) : token
        let hash = SeededRandom.mix(owner.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
        let login = login(of: hash)
        guard broker.accounts[login] != nil || broker.accounts.count < BrokerDesk.mostAccounts else { return nil }
        let opening = Money(minorUnits: configuration.openingBalanceMinorUnits, currency: .usd)
        if let booking = broker.openAccount(login, balance: opening, isVirtual: !configuration.realAccount, owner: hash, at: broker.clock) {
            store?.append(opened: broker.accounts[login]!, booking)
        }
        logins[hash] = login
        return Authorisation(login: login, userID: Int64(hash % 90_000_000 + 10_000_000), mayTrade: !readOnly, isOAuth: owner.hasPrefix("a1-"))
    }

    /// Fills a virtual account up to its opening balance, or nil when it holds that much.
    func topUp(_ login: Label) -> Money? {
        let opening = Money(minorUnits: configuration.openingBalanceMinorUnits, currency: .usd)
        guard let account = broker.accounts[login], account.isVirtual, account.balance < opening else { return nil }
        let booking = broker.credit(login, opening - account.balance, at: broker.clock)
        store?.append(credited: booking)
        return booking.amount
    }

    /// Money that comes from outside or, negative, leaves for there; every session of the account hears of it.
    func move(_ amount: Money, on login: Label) {
        let booking = broker.credit(login, amount, at: broker.clock)
        store?.append(credited: booking)
        announce(booking)
    }

    func hold(_ contract: ContractID, until moment: Timestamp) { broker.hold(contract, until: moment) }

    // MARK: What the reports show

    /// Statement, portfolio and profit table show a booking so many milliseconds after it was made.
    var reportLag: Int64 = 0 { didSet { shownUntil = max(shownUntil, broker.clock.adding(milliseconds: -oldValue)) } }
    /// What was shown once stays shown, whatever the lag is later.
    private var shownUntil = Timestamp(milliseconds: .min)
    /// The balance that is told lags as the statement does.
    var balanceLags = false

    func isShown(_ booking: TransactionID) -> Bool {
        reportLag == 0 || broker.booking(booking).map { $0.time <= max(shownUntil, broker.clock.adding(milliseconds: -reportLag)) } ?? false
    }

    func shownBalance(of login: Label) -> Money {
        let account = broker.accounts[login]!
        guard balanceLags, reportLag > 0 else { return account.balance }
        let shown = account.bookings.last { isShown(broker.ledger[$0].id) }
        return shown.map { broker.ledger[$0].balanceAfter } ?? .zero(account.balance.currency)
    }

    /// Sells and writes the booking down before anybody hears of it.
    func buy(_ login: Label, _ wish: Proposal.Wish, maximumPrice: Money, tag: String?) -> Result<Receipt, BrokerRejection> {
        let result = broker.buy(
            login, wish.terms, wish.amount, as: wish.basis, maximumPrice: maximumPrice, limits: wish.limits, tag: tag, at: broker.clock)
        if case .success(let receipt) = result { store?.append(bought: receipt.contract, receipt.booking) }
        return result
    }

    /// Buys back, with the same promise.
    func sell(_ login: Label, _ id: ContractID, minimumPrice: Money) -> Result<Receipt, BrokerRejection> {
        let result = broker.sell(login, id, minimumPrice: minimumPrice, at: broker.clock)
        if case .success(let receipt) = result { store?.append(settled: receipt.contract, receipt.booking) }
        return result
    }

    func settleExpired(_ login: Label) -> [(contract: SoldContract, booking: Booking)] {
        let settled = broker.settleExpired(login, at: broker.clock)
        for (contract, booking) in settled { store?.append(settled: contract, booking) }
        return settled
    }

    func change(_ limits: LimitOrder, of id: ContractID, on login: Label) -> Result<SoldContract, BrokerRejection> {
        let result = broker.change(limits, of: id, on: login, at: broker.clock)
        if case .success(let contract) = result { store?.append(changed: contract) }
        return result
    }

    /// Tells every session of the account about a booking that no tick made.
    func announce(_ booking: Booking) {
        for session in inOrder { session.publish(booking) }
    }

    /// The same of a contract that was settled by a request.
    func announce(_ contract: SoldContract, _ booking: Booking) {
        for session in inOrder where session.authorisations.contains(where: { $0.login == contract.login }) {
            session.publish(contract)
            session.publish(booking)
        }
    }

    /// Tells every session that follows the contract how it stands now.
    func announce(_ contract: SoldContract) {
        for session in inOrder where session.authorisations.contains(where: { $0.login == contract.login }) {
            session.publish(contract)
            session.flush()
        }
    }

    /// Counts a call against the user's limits; returns the group whose limit it would pass.
    func countCall(of login: Label, _ groups: [RateLimits.Group]) -> RateLimits.Group? {
        meters.count(login, groups, limits: configuration.rateLimits, at: now)
    }

    /// Tells whoever follows the site's status that it goes down.
    func announceUpdating() {
        for session in inOrder { session.publishUpdating() }
    }

    // MARK: Time

    /// Runs the market to now, second by second, and lets every session hear of each second.
    func catchUp() { run(to: now) }

    /// The same by so many seconds, whatever the clock says: for tests, which turn the time themselves.
    func run(seconds: Int64) { run(to: broker.clock.adding(seconds: seconds)) }

    func run(to now: Timestamp) {
        for second in broker.clock.seconds..<now.seconds {
            var events: [MarketEvent] = []
            broker.advance(to: Timestamp(seconds: second + 1)) { events.append($0) }
            for case .settled(let contract, let booking) in events { store?.append(settled: contract, booking) }
            guard !sessions.isEmpty else { continue }
            let news = SecondNews(events, broker)
            for session in inOrder { session.publish(news) }
        }
        broker.advance(to: now) { _ in }
    }

    func save() throws { try store?.save(broker) }

    /// Gives the state directory free: nothing is sold any more.
    func close() { store?.close() }

    /// Ends sessions that were silent for two minutes. Those are minutes of the machine: a client's pings follow its own
    /// clock, not the broker's.
    func closeIdle() {
        let most = 120_000 * Int64(clock.speed)
        for session in inOrder where broker.clock.milliseconds(since: session.lastTraffic) > most { session.end() }
    }
}

/// Who a session speaks for.
struct Authorisation: Hashable {
    let login: Label
    let userID: Int64
    /// False when the token has only the scope `read`.
    let mayTrade: Bool
    /// Whether a user was given the token by logging in, rather than made it for a program.
    let isOAuth: Bool
}
