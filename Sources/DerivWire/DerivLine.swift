public import TradingEngine
public import TradingModel
import PlainJSON

/// One account's line to Deriv as a value: bytes, commands and moments come in, actions go out. It holds no socket and
/// no token, so a simulation drives the same code that trades.
///
///     closed ─connect→ connecting ─opened→ loggingIn ─answers→ ready ─silence, error, hang up→ closed …
public struct DerivLine: Sendable {
    /// What the surroundings are to do, in order.
    public enum Action: Sendable {
        /// Open a connection after a pause.
        case connect(afterMilliseconds: Int64)
        /// Log in with this account's token; it never comes near the line.
        case login(requestID: Int64)
        case send([UInt8])
        /// A buy's frame: the same as `send`, told apart so that its moment can be measured.
        case sendBuy([UInt8], IntentID)
        case close
        case event(BrokerEvent)
        case ticks([Tick], isPast: Bool)
        /// The broker's clock showed `seconds` between these two moments of ours.
        case clock(seconds: Int64, sent: Timestamp, heard: Timestamp)
        /// Something worth an operator's look; never with a frame in it.
        case remark(String)
    }

    public enum State: Sendable, Hashable { case closed, waiting, connecting, loggingIn, ready, refused(until: Timestamp) }

    public let account: AccountID
    public let profile: AccountProfile
    public private(set) var state = State.closed
    public var actions: [Action] = []
    let settings: LineSettings
    private var backoff: Backoff
    private var nextRequest: Int64 = 1
    private var requests = RequestTable()
    private var heardAt = Timestamp(milliseconds: 0)
    private var pingedAt: Timestamp?
    private var timeAskedAt: Timestamp?
    private var connectingSince = Timestamp(milliseconds: 0)
    private var login = LoginProgress()
    private var walk: StatementWalk?
    private var isWanted = false

    // Streams that are wanted, and those that run.
    private var followed: [Symbol] = []
    private var past = 0
    private var streams: [Symbol: Stream] = [:]
    struct Stream: Sendable { var subscription: String?; var last: Timestamp }

    private struct LoginProgress: Sendable { var balance: Money?, newest: TransactionID??, isSubscribed = false }

    private var currency: Currency { profile.currency }

    public init(account: AccountID, profile: AccountProfile, settings: LineSettings = LineSettings(), seed: UInt64) {
        (self.account, self.profile, self.settings) = (account, profile, settings)
        backoff = Backoff(seed: seed)
    }

    // MARK: The connection

    /// From now on the line is kept up.
    public mutating func open(at now: Timestamp) {
        isWanted = true
        switch state {
        case .closed, .refused: connect(after: 0)
        case .waiting, .connecting, .loggingIn, .ready: break
        }
    }

    private mutating func connect(after pause: Int64) {
        state = .waiting
        actions.append(.connect(afterMilliseconds: pause))
    }

    /// The surroundings begin to connect.
    public mutating func connecting(at now: Timestamp) {
        state = .connecting
        connectingSince = now
    }

    /// The WebSocket is open.
    public mutating func opened(at now: Timestamp) {
        state = .loggingIn
        (heardAt, pingedAt, timeAskedAt, login, walk) = (now, nil, nil, LoginProgress(), nil)
        requests = RequestTable()
        streams = [:]
        connectingSince = now
        let id = newRequest(.authorize, at: now)
        actions.append(.login(requestID: id))
    }

    /// The connection is gone, or never came. `clean`: we closed it or heard it close.
    public mutating func closed(cause: String, clean: Bool, at now: Timestamp) {
        let was = state
        guard was != .closed else { return }
        if case .refused = was { return }
        state = .closed
        walk = nil
        if was == .ready || was == .loggingIn {
            let heardLately = now.milliseconds(since: heardAt) <= (settings.pingEverySeconds + settings.pongWithinSeconds) * 1_000
            actions.append(.event(.lineDown(cause: Label(String(cause.prefix(30))) ?? Label("closed")!, clean: clean && heardLately)))
        }
        if isWanted { connect(after: backoff.next()) }
    }

    private mutating func hangUp(_ cause: String, clean: Bool, at now: Timestamp) {
        actions.append(.remark("hanging up: \(cause)"))
        actions.append(.close)
        closed(cause: cause, clean: clean, at: now)
    }

    // MARK: Commands

    public mutating func command(_ command: BrokerCommand, at now: Timestamp) {
        switch command {
        case .open: open(at: now)
        case .close:
            isWanted = false
            if state == .closed { return }
            actions.append(.close)
            closed(cause: "removed", clean: true, at: now)
        case .hangUp: if state == .ready || state == .loggingIn { hangUp("asked to", clean: true, at: now) }
        case .buy(_, let intent):
            guard state == .ready else { return actions.append(.event(.notSent(intent.id))) }
            let id = newRequest(.buy(intent.id), at: now)
            actions.append(.sendBuy(Requests.buy(id, intent), intent.id))
        case .watch(_, let contract):
            guard state == .ready else { return }
            send(.openContract(contract), at: now) { Requests.openContract($0, contract) }
        case .lookUp(_, let intents, let anchor, let since):
            guard state == .ready else { return }
            let walk = StatementWalk(intents: intents, anchor: anchor, since: since, currency: currency, askedAt: now)
            self.walk = walk
            proceed(walk.first, at: now)
        case .offers(_, let symbol):
            guard state == .ready else { return }
            send(.contractsFor(symbol), at: now) { [currency] in Requests.contractsFor($0, symbol: symbol, currency: currency) }
        }
    }

    /// The symbols whose ticks are wanted from now on, with so many past ones first.
    public mutating func follow(_ symbols: [Symbol], past: Int, at now: Timestamp) {
        (followed, self.past) = (symbols, past)
        guard state == .ready else { return }
        for symbol in symbols where streams[symbol] == nil { stream(symbol, at: now) }
        for symbol in streams.keys.sorted() where !symbols.contains(symbol) {
            if let subscription = streams.removeValue(forKey: symbol)?.subscription { send(.forget, at: now) { Requests.forget($0, subscription: subscription) } }
        }
    }

    private mutating func stream(_ symbol: Symbol, at now: Timestamp) {
        streams[symbol] = Stream(subscription: nil, last: Timestamp(milliseconds: 0))
        send(.ticks(symbol), at: now) { [past] in Requests.ticks($0, symbol: symbol, past: past) }
    }

    // MARK: Requests

    private mutating func newRequest(_ purpose: RequestTable.Purpose, at now: Timestamp) -> Int64 {
        let id = nextRequest
        nextRequest += 1
        let due: Timestamp = switch purpose {
        // The engine watches over its own buys.
        case .buy: .distantFuture
        default: now.adding(seconds: settings.answerWithinSeconds)
        }
        requests.add(id, purpose, due: due)
        return id
    }

    private mutating func send(_ purpose: RequestTable.Purpose, at now: Timestamp, _ frame: (Int64) -> [UInt8]) {
        actions.append(.send(frame(newRequest(purpose, at: now))))
    }

    // MARK: Time

    /// What is due: pings, answers that are missing, the next try.
    public mutating func passTime(at now: Timestamp) {
        switch state {
        case .closed, .waiting: break
        case .refused(let until): if until <= now, isWanted { connect(after: 0) }
        case .connecting: if now.milliseconds(since: connectingSince) >= settings.loginWithinSeconds * 1_000 { hangUp("no connection", clean: true, at: now) }
        case .loggingIn: if now.milliseconds(since: connectingSince) >= settings.loginWithinSeconds * 1_000 { hangUp("no login", clean: false, at: now) }
        case .ready: passReadyTime(at: now)
        }
    }

    private mutating func passReadyTime(at now: Timestamp) {
        if let late = requests.overdue(at: now) { return hangUp("\(late.name) unanswered", clean: false, at: now) }
        if let pinged = pingedAt {
            if now >= pinged.adding(seconds: settings.pongWithinSeconds) { return hangUp("silence", clean: false, at: now) }
        } else if now >= heardAt.adding(seconds: settings.pingEverySeconds) {
            pingedAt = now
            send(.ping, at: now, Requests.ping)
        }
        if timeAskedAt.map({ now >= $0.adding(seconds: settings.timeEverySeconds) }) ?? true {
            timeAskedAt = now
            send(.time(sent: now), at: now, Requests.time)
        }
    }

    public var nextDeadline: Timestamp? {
        switch state {
        case .closed, .waiting: nil
        case .refused(let until): until
        case .connecting, .loggingIn: connectingSince.adding(seconds: settings.loginWithinSeconds)
        case .ready:
            [requests.nextDue, pingedAt?.adding(seconds: settings.pongWithinSeconds) ?? heardAt.adding(seconds: settings.pingEverySeconds),
             timeAskedAt?.adding(seconds: settings.timeEverySeconds)].compactMap(\.self).min()
        }
    }

    // MARK: Messages

    /// One text frame of the broker.
    public mutating func received(_ bytes: UnsafeRawBufferPointer, at now: Timestamp) {
        guard state == .ready || state == .loggingIn else { return }
        heardAt = now
        pingedAt = nil
        if let message = TickMessage(bytes) { return tick(message) }
        do {
            let message = try IncomingMessage(try JSONValue.parse(bytes))
            try take(message, at: now)
        } catch let error as Unreadable {
            hangUp("unreadable: \(error.field)", clean: true, at: now)
        } catch {
            hangUp("not JSON", clean: true, at: now)
        }
    }

    private mutating func tick(_ message: TickMessage) {
        guard var stream = streams[message.tick.symbol] else { return }
        if let subscription = message.subscription { stream.subscription = subscription }
        // One that repeats or goes back tells nothing new.
        let isNew = message.tick.time > stream.last
        if isNew { stream.last = message.tick.time }
        streams[message.tick.symbol] = stream
        if isNew { actions.append(.ticks([message.tick], isPast: false)) }
    }

    private mutating func take(_ message: IncomingMessage, at now: Timestamp) throws {
        // Streams keep the number of the request that began them, so their type decides.
        switch message.type {
        case "transaction" where message.error == nil:
            if let id = message.requestID, requests.purpose(id) == .transactions { _ = requests.take(id) }
            return try transaction(message, at: now)
        case "proposal_open_contract" where message.error == nil:
            if let id = message.requestID, case .openContract = requests.purpose(id) { _ = requests.take(id) }
            return try openContract(message)
        case "tick" where message.error == nil: return                // one we could not use
        default: break
        }
        guard let id = message.requestID, let purpose = requests.take(id) else {
            if let error = message.error { actions.append(.remark("unasked error \(error.code)")) }
            return
        }
        if let error = message.error { return failed(purpose, error, message, at: now) }
        guard let payload = message.payload else { throw Unreadable(message.type) }
        try answered(purpose, payload, message, at: now)
    }

    private mutating func answered(_ purpose: RequestTable.Purpose, _ payload: JSONValue, _ message: IncomingMessage, at now: Timestamp) throws {
        switch purpose {
        case .ping, .forget: break
        case .time(let sent):
            guard let seconds = payload.integer else { throw Unreadable("time") }
            actions.append(.clock(seconds: seconds, sent: sent, heard: now))
        case .authorize: try authorized(payload, at: now)
        case .newest:
            guard let rows = payload["transactions"]?.array else { throw Unreadable("transactions") }
            login.newest = try rows.first.map { row throws(Unreadable) in TransactionID(rawValue: try row.needInteger("transaction_id")) }
            ready(at: now)
        case .firstBalance:
            login.balance = try payload.needMoney("balance", currency)
            ready(at: now)
        case .transactions, .openContract: break                   // taken above
        case .buy(let intent): bought(intent, payload, message)
        case .ticks(let symbol): try history(symbol, payload, message, at: now)
        case .contractsFor(let symbol): offered(symbol, payload, at: now)
        case .proposal(let symbol, let line, let rest, let offers): quoted(symbol, line, rest, offers, payload, at: now)
        case .statement: try step(at: now) { walk throws(Unreadable) in try walk.statement(payload) }
        case .balance: try step(at: now) { walk throws(Unreadable) in try walk.balance(payload) }
        case .portfolio: try step(at: now) { walk throws(Unreadable) in try walk.portfolio(payload) }
        case .profitTable: try step(at: now) { walk throws(Unreadable) in try walk.profitTable(payload) }
        }
    }

    private mutating func failed(_ purpose: RequestTable.Purpose, _ error: IncomingMessage.BrokerError, _ message: IncomingMessage, at now: Timestamp) {
        let code = Label(String(error.code.prefix(32))) ?? Label("unknown")!
        switch purpose {
        case .buy(let intent):
            guard message.echoedIntent == intent.text else { return actions.append(.event(.buyUnclear(intent, code: Label("echo differs")!))) }
            actions.append(.event(RejectionCodes.isDefinitive(error.code) ? .buyRejected(intent, Rejection(code: code)) : .buyUnclear(intent, code: code)))
        case .authorize:
            guard LoginRefusals.isFinal(error.code) else { return hangUp("login: \(error.code)", clean: true, at: now) }
            actions.append(.close)
            state = .refused(until: now.adding(seconds: settings.refusedPauseSeconds))
            actions.append(.event(.loginRefused(code: code)))
        case .contractsFor(let symbol): actions.append(.event(.offers(symbol, [])))
        case .proposal(let symbol, _, let rest, let offers): nextQuote(symbol, rest, offers, at: now)
        case .ticks(let symbol):
            streams[symbol] = nil
            actions.append(.remark("no ticks of \(symbol): \(error.code)"))
        case .openContract: actions.append(.remark("contract: \(error.code)"))
        case .ping, .time, .forget: break
        case .transactions, .newest, .firstBalance, .statement, .balance, .portfolio, .profitTable:
            hangUp("\(purpose.name): \(error.code)", clean: true, at: now)
        }
    }

    // MARK: Logging in

    private mutating func authorized(_ payload: JSONValue, at now: Timestamp) throws(Unreadable) {
        let loginID = try payload.needString("loginid"), code = try payload.needString("currency")
        let isVirtual = try payload.needInteger("is_virtual") == 1
        guard loginID == profile.loginID.text, code == currency.code, isVirtual == profile.isVirtual else {
            actions.append(.close)
            state = .refused(until: now.adding(seconds: settings.refusedPauseSeconds))
            return actions.append(.event(.loginRefused(code: Label("wrong account")!)))
        }
        // Bookings first, so that nothing is missed between the rows and the stream.
        send(.transactions, at: now, Requests.transactions)
        send(.newest, at: now) { Requests.statement($0, limit: 1, offset: 0, from: nil) }
        send(.firstBalance, at: now, Requests.balance)
        timeAskedAt = now
        send(.time(sent: now), at: now, Requests.time)
    }

    private mutating func ready(at now: Timestamp) {
        guard state == .loggingIn, login.isSubscribed, let balance = login.balance, let newest = login.newest else { return }
        state = .ready
        backoff.reset()
        actions.append(.event(.lineUp(balance: balance, newest: newest)))
        for symbol in followed { stream(symbol, at: now) }
    }

    // MARK: Streams

    private mutating func transaction(_ message: IncomingMessage, at now: Timestamp) throws(Unreadable) {
        guard let payload = message.payload else { throw Unreadable("transaction") }
        // The first answer carries nothing but the stream's id.
        guard let action = payload["action"]?.string else {
            login.isSubscribed = true
            return ready(at: now)
        }
        let booking = Booking(transaction: TransactionID(rawValue: try payload.needInteger("transaction_id")), action: Booking.Action(action),
                              contract: payload["contract_id"]?.integer.map(ContractID.init(rawValue:)), amount: try payload.needMoney("amount", currency),
                              balanceAfter: try payload.needMoney("balance", currency), at: try payload.needTime("transaction_time"))
        // While logging in the statement covers it.
        if state == .ready { actions.append(.event(.booked(booking))) }
    }

    private mutating func openContract(_ message: IncomingMessage) throws(Unreadable) {
        guard let payload = message.payload, let id = payload["contract_id"]?.integer else { return }
        let contract = ContractID(rawValue: id)
        guard payload["is_sold"]?.integer == 1 else { return }
        let settlement = Settlement(contract: contract, transaction: payload["transaction_ids"]?["sell"]?.integer.map(TransactionID.init(rawValue:)),
                                    payout: try payload.needMoney("sell_price", currency), settledAt: try payload.needTime("sell_time"))
        actions.append(.event(.contractSeen(contract, settlement: settlement)))
    }

    private mutating func history(_ symbol: Symbol, _ payload: JSONValue, _ message: IncomingMessage, at now: Timestamp) throws(Unreadable) {
        guard message.type == "history", let prices = payload["prices"]?.array, let times = payload["times"]?.array, prices.count == times.count,
              let decimals = message.root["pip_size"]?.integer else { throw Unreadable("history") }
        guard var stream = streams[symbol] else { return }
        stream.subscription = message.root["subscription"]?["id"]?.string
        var ticks: [Tick] = []
        for (price, time) in zip(prices, times) {
            guard let quote = price.number, let price = Price(quote, decimals: decimals), let seconds = time.integer,
                  (0...253_402_300_799).contains(seconds), Timestamp(seconds: seconds) > stream.last else { continue }
            stream.last = Timestamp(seconds: seconds)
            ticks.append(Tick(symbol: symbol, time: stream.last, price: price))
        }
        streams[symbol] = stream
        if !ticks.isEmpty { actions.append(.ticks(ticks, isPast: true)) }
    }

    // MARK: Buys

    private mutating func bought(_ intent: IntentID, _ payload: JSONValue, _ message: IncomingMessage) {
        guard message.echoedIntent == intent.text else { return actions.append(.event(.buyUnclear(intent, code: Label("echo differs")!))) }
        do throws(Unreadable) {
            let contract = Contract(id: ContractID(rawValue: try payload.needInteger("contract_id")),
                                    transaction: TransactionID(rawValue: try payload.needInteger("transaction_id")),
                                    price: try payload.needMoney("buy_price", currency), payout: try payload.needMoney("payout", currency),
                                    purchasedAt: try payload.needTime("purchase_time"))
            guard contract.price.isPositive, contract.id.rawValue > 0 else { throw Unreadable("buy_price") }
            actions.append(.event(.bought(intent, contract, balance: try payload.needMoney("balance_after", currency))))
        } catch {
            // A receipt that we cannot read is no refusal: the statement tells what it was.
            actions.append(.event(.buyUnclear(intent, code: Label("unreadable")!)))
        }
    }

    // MARK: Look-ups

    private mutating func step(at now: Timestamp, _ next: (inout StatementWalk) throws(Unreadable) -> StatementWalk.Next) throws(Unreadable) {
        guard var walk else { return }
        let following = try next(&walk)
        self.walk = walk
        proceed(following, at: now)
    }

    private mutating func proceed(_ next: StatementWalk.Next, at now: Timestamp) {
        switch next {
        case .statement(let offset, let from):
            send(.statement, at: now) { Requests.statement($0, limit: StatementWalk.pageSize, offset: offset, from: from) }
        case .balance: send(.balance, at: now, Requests.balance)
        case .portfolio: send(.portfolio, at: now, Requests.portfolio)
        case .profitTable(let from): send(.profitTable, at: now) { Requests.profitTable($0, from: from) }
        case .done(let findings):
            walk = nil
            actions.append(.event(.lookedUp(findings)))
        }
    }

    // MARK: Offers

    private mutating func offered(_ symbol: Symbol, _ payload: JSONValue, at now: Timestamp) {
        var offers: [Offer] = [], open: [OfferReader.Line] = []
        for line in OfferReader.lines(payload, currency: currency) {
            if let least = line.leastStake, let most = line.mostStake { offers.append(line.offer(symbol, least: least, most: most)) } else { open.append(line) }
        }
        nextQuote(symbol, open, offers, at: now)
    }

    /// Asks for the stake bounds of what `contracts_for` named without them, one proposal a kind and unit.
    private mutating func nextQuote(_ symbol: Symbol, _ open: [OfferReader.Line], _ offers: [Offer], at now: Timestamp) {
        guard let line = open.first, let duration = ContractDuration(Int64(line.shortest), line.unit) else {
            return actions.append(.event(.offers(symbol, offers)))
        }
        let stake = Money(minorUnits: currency.exponent == 2 ? 1_000 : 1, currency: currency)
        send(.proposal(symbol, line, Array(open.dropFirst()), offers), at: now) {
            Requests.proposal($0, ContractTerms(symbol: symbol, kind: line.kind, duration: duration), stake: stake)
        }
    }

    private mutating func quoted(_ symbol: Symbol, _ line: OfferReader.Line, _ rest: [OfferReader.Line], _ offers: [Offer], _ payload: JSONValue, at now: Timestamp) {
        var offers = offers
        if let bounds = OfferReader.bounds(payload, currency: currency) { offers.append(line.offer(symbol, least: bounds.least, most: bounds.most)) }
        nextQuote(symbol, rest, offers, at: now)
    }
}

extension IncomingMessage {
    /// The intent that the broker echoes of a buy.
    var echoedIntent: String? { (root["passthrough"] ?? root["echo_req"]?["passthrough"])?["intent"]?.string }
}

/// Errors on `authorize` that the same token will get again.
enum LoginRefusals {
    static func isFinal(_ code: String) -> Bool {
        ["InvalidToken", "AccountDisabled", "DisabledClient", "ClientUnwelcome", "SelfExclusion", "PermissionDenied", "InvalidAppID",
         "InputValidationFailed"].contains(code)
    }
}
