import PlainJSON
import TradingEngine
public import TradingModel

// What the broker's messages come to: each is taken for what it is by its request's number or, for streams, its type.
extension DerivLine {
    /// One text frame of the broker.
    public mutating func received(_ bytes: UnsafeRawBufferPointer, at now: Timestamp) {
        guard state == .ready || state == .loggingIn else { return }
        heardAt = now
        pingedAt = nil
        if let message = TickMessage(bytes) { return tick(message, in: bytes, at: now) }
        do {
            let message = try IncomingMessage(try JSONValue.parse(bytes))
            try take(message, at: now)
        } catch let error as Unreadable {
            hangUp("unreadable: \(error.field)", clean: true, at: now)
        } catch {
            hangUp("not JSON", clean: true, at: now)
        }
    }

    mutating func tick(_ message: TickMessage, in bytes: UnsafeRawBufferPointer, at now: Timestamp) {
        // One of the far future would make every later one look old.
        guard var stream = streams[message.tick.symbol], message.tick.time <= now.adding(seconds: settings.tickAheadSeconds) else { return }
        // The answer that began the stream named it already, as a rule.
        if stream.subscription == nil { stream.subscription = message.subscription(in: bytes) }
        // One that repeats or goes back tells nothing new.
        let isNew = message.tick.time > stream.last
        #if SeededBugs
        if SeededBug.ticksGoBack.isPlanted { actions.append(.ticks([message.tick], isPast: false)) }
        #endif
        if isNew { stream.last = message.tick.time }
        streams[message.tick.symbol] = stream
        if isNew { actions.append(.ticks([message.tick], isPast: false)) }
    }

    mutating func take(_ message: IncomingMessage, at now: Timestamp) throws {
        // Streams keep the number of the request that began them, so their type decides.
        switch message.type {
        case "transaction" where message.error == nil:
            if let id = message.requestID, requests.purpose(id) == .transactions, let purpose = requests.take(id) { served(purpose, at: now) }
            return try transaction(message, at: now)
        case "proposal_open_contract" where message.error == nil:
            if let id = message.requestID, case .openContract = requests.purpose(id), let purpose = requests.take(id) { served(purpose, at: now) }
            return try openContract(message)
        case "tick" where message.error == nil: return  // one we could not use
        default: break
        }
        let question = message.requestID.flatMap { requests.question($0) }
        guard let id = message.requestID, let purpose = requests.take(id) else {
            if let error = message.error { actions.append(.remark("unasked error \(error.code)")) }
            return
        }
        if let error = message.error {
            if error.code == "RateLimit" { limited(purpose, question, at: now) } else { served(purpose, at: now) }
            if error.code != "RateLimit" || question == nil { failed(purpose, error, message, at: now) }
            return
        }
        served(purpose, at: now)
        guard let payload = message.payload else { throw Unreadable(message.type) }
        try answered(purpose, payload, message, at: now)
    }

    mutating func answered(_ purpose: RequestTable.Purpose, _ payload: JSONValue, _ message: IncomingMessage, at now: Timestamp) throws {
        switch purpose {
        case .ping, .forget: break
        case .time(let sent):
            guard let seconds = payload.integer, (0...253_402_300_799).contains(seconds) else { throw Unreadable("time") }
            clockAnswered(seconds, heard: now)
            actions.append(.clock(seconds: seconds, sent: sent, heard: now))
            closeCircuit(at: now)
        case .authorize: try authorized(payload, at: now)
        case .newest:
            guard let rows = payload["transactions"]?.array else { throw Unreadable("transactions") }
            // An empty statement is an answer, too.
            let newest: TransactionID? = try rows.first.map { row throws(Unreadable) in TransactionID(rawValue: try row.needInteger("transaction_id")) }
            login.newest = .some(newest)
            ready(at: now)
        case .firstBalance:
            login.balance = try payload.needMoney("balance", currency)
            ready(at: now)
        case .transactions, .openContract: break  // taken above
        case .buy(let intent): bought(intent, payload, message)
        case .ticks(let symbol): try history(symbol, payload, message)
        case .past(let symbol): actions.append(.ticks(try pastTicks(symbol, payload, message), isPast: true))
        case .contractsFor(let symbol): offered(symbol, payload, at: now)
        case .proposal(let symbol, let line, let rest, let offers): quoted(symbol, line, rest, offers, payload, at: now)
        case .quote(let terms, let stake): try quoted(terms, stake, payload)
        case .statement: try step(at: now) { walk throws(Unreadable) in try walk.statement(payload) }
        case .balance: try step(at: now) { walk throws(Unreadable) in try walk.balance(payload) }
        case .portfolio: try step(at: now) { walk throws(Unreadable) in try walk.portfolio(payload) }
        case .profitTable: try step(at: now) { walk throws(Unreadable) in try walk.profitTable(payload) }
        case .limits:
            if let limits = CallLimits(websiteStatus: payload) {
                budget.limits = limits
            } else {
                actions.append(.remark("website_status without limits of calls"))
            }
        }
    }

    mutating func failed(_ purpose: RequestTable.Purpose, _ error: IncomingMessage.BrokerError, _ message: IncomingMessage, at now: Timestamp) {
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
        case .contractsFor(let symbol):
            // Only a symbol that is none is sold nothing; anything else is asked again after the next login.
            guard ["InvalidSymbol", "OfferingsInvalidSymbol"].contains(error.code) else { return hangUp("contracts_for: \(error.code)", clean: true, at: now) }
            actions.append(.event(.offers(symbol, [])))
        case .proposal(let symbol, _, let rest, let offers): nextQuote(symbol, rest, offers, at: now)
        case .quote(let terms, let stake): actions.append(.event(.quoteRefused(terms, stake: stake, Rejection(code: code))))
        case .ticks(let symbol):
            streams[symbol] = nil
            actions.append(.remark("no ticks of \(symbol): \(error.code)"))
        case .past(let symbol): actions.append(.remark("no past ticks of \(symbol): \(error.code)"))
        case .openContract: actions.append(.remark("contract: \(error.code)"))
        case .ping, .time, .forget: break
        case .limits: actions.append(.remark("website_status: \(error.code)"))
        case .transactions, .newest, .firstBalance, .statement, .balance, .portfolio, .profitTable:
            hangUp("\(purpose.name): \(error.code)", clean: true, at: now)
        }
    }

    // MARK: Logging in

    mutating func authorized(_ payload: JSONValue, at now: Timestamp) throws(Unreadable) {
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
        // Three answers, so that one that is wrong moves nothing.
        for _ in 0..<3 { askTime(at: now) }
        send(.limits, at: now, Requests.limits)
    }

    mutating func ready(at now: Timestamp) {
        guard state == .loggingIn, login.isSubscribed, let balance = login.balance, let newest = login.newest else { return }
        state = .ready
        readyAt = now
        actions.append(.event(.lineUp(balance: balance, newest: newest)))
        tellCircuit()
        for symbol in followed { stream(symbol, at: now) }
    }

    // MARK: Streams

    mutating func transaction(_ message: IncomingMessage, at now: Timestamp) throws(Unreadable) {
        guard let payload = message.payload else { throw Unreadable("transaction") }
        // The first answer carries nothing but the stream's id.
        guard let action = payload["action"]?.string else {
            login.isSubscribed = true
            return ready(at: now)
        }
        let booking = Booking(
            transaction: TransactionID(rawValue: try payload.needInteger("transaction_id")), action: Booking.Action(action),
            contract: payload["contract_id"]?.integer.map(ContractID.init(rawValue:)), amount: try payload.needMoney("amount", currency),
            balanceAfter: try payload.needMoney("balance", currency), at: try payload.needTime("transaction_time"))
        // While logging in the statement covers it.
        if state == .ready { actions.append(.event(.booked(booking))) }
    }

    mutating func openContract(_ message: IncomingMessage) throws(Unreadable) {
        guard let payload = message.payload, let id = payload["contract_id"]?.integer else { return }
        let contract = ContractID(rawValue: id)
        guard payload["is_sold"]?.integer == 1 else {
            if let profit = payload.money("profit", currency) { actions.append(.openProfit(contract, profit)) }
            return
        }
        do throws(Unreadable) {
            let settlement = Settlement(
                contract: contract, transaction: payload["transaction_ids"]?["sell"]?.integer.map(TransactionID.init(rawValue:)),
                payout: try payload.needMoney("sell_price", currency), settledAt: try payload.needTime("sell_time"))
            actions.append(.event(.contractSeen(contract, settlement: settlement)))
        } catch { actions.append(.remark("contract \(id) ended, \(error.field) unreadable: the statement will tell")) }
    }

    private mutating func history(_ symbol: Symbol, _ payload: JSONValue, _ message: IncomingMessage) throws(Unreadable) {
        let ticks = try pastTicks(symbol, payload, message)
        guard var stream = streams[symbol] else { return }
        stream.subscription = message.root["subscription"]?["id"]?.string
        if let last = ticks.last { stream.last = max(stream.last, last.time) }
        streams[symbol] = stream
        if !ticks.isEmpty { actions.append(.ticks(ticks, isPast: true)) }
    }

    /// The sane ticks of a `history`, each later than the one before.
    private func pastTicks(_ symbol: Symbol, _ payload: JSONValue, _ message: IncomingMessage) throws(Unreadable) -> [Tick] {
        guard message.type == "history", let prices = payload["prices"]?.array, let times = payload["times"]?.array, prices.count == times.count,
            let decimals = message.root["pip_size"]?.integer
        else { throw Unreadable("history") }
        var ticks: [Tick] = []
        for (price, time) in zip(prices, times) {
            guard let quote = price.number, let price = Price(quote, decimals: decimals), let seconds = time.integer, (0...253_402_300_799).contains(seconds),
                ticks.last.map({ $0.time < Timestamp(seconds: seconds) }) ?? true
            else { continue }
            ticks.append(Tick(symbol: symbol, time: Timestamp(seconds: seconds), price: price))
        }
        return ticks
    }

    // MARK: Buys

    mutating func bought(_ intent: IntentID, _ payload: JSONValue, _ message: IncomingMessage) {
        guard message.echoedIntent == intent.text else { return actions.append(.event(.buyUnclear(intent, code: Label("echo differs")!))) }
        do throws(Unreadable) {
            let contract = Contract(
                id: ContractID(rawValue: try payload.needInteger("contract_id")),
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

    /// What a contract would pay. A price that is not the stake we asked for is no offer of it.
    mutating func quoted(_ terms: ContractTerms, _ stake: Money, _ payload: JSONValue) throws(Unreadable) {
        let proposal = try payload.needString("id"), payout = try payload.needMoney("payout", currency)
        guard try payload.needMoney("ask_price", currency) == stake, payout.isPositive else {
            return actions.append(.event(.quoteRefused(terms, stake: stake, Rejection(code: Label("price differs")!))))
        }
        quotes.add(proposal, terms, stake: stake, payout: payout)
        actions.append(.event(.quoted(terms, stake: stake, payout: payout)))
    }

    // MARK: Look-ups

    mutating func step(at now: Timestamp, _ next: (inout StatementWalk) throws(Unreadable) -> StatementWalk.Next) throws(Unreadable) {
        guard var walk else { return }
        let following = try next(&walk)
        self.walk = walk
        proceed(following, at: now)
    }

    mutating func proceed(_ next: StatementWalk.Next, at now: Timestamp) {
        switch next {
        case .statement(let offset, let from):
            send(.statement, at: now) { [rows = settings.statementPageRows] in Requests.statement($0, limit: rows, offset: offset, from: from) }
        case .balance: send(.balance, at: now, Requests.balance)
        case .portfolio: send(.portfolio, at: now, Requests.portfolio)
        case .profitTable(let from): send(.profitTable, at: now) { Requests.profitTable($0, from: from) }
        case .done(let findings):
            walk = nil
            hasLookedUp = true
            actions.append(.event(.lookedUp(findings)))
        }
    }

    // MARK: Offers

    mutating func offered(_ symbol: Symbol, _ payload: JSONValue, at now: Timestamp) {
        var offers: [Offer] = [], open: [OfferReader.Line] = []
        for line in OfferReader.lines(payload, currency: currency) {
            if let least = line.leastStake, let most = line.mostStake { offers.append(line.offer(symbol, least: least, most: most)) } else { open.append(line) }
        }
        nextQuote(symbol, open, offers, at: now)
    }

    /// Asks for the stake bounds of what `contracts_for` named without them, one proposal a kind and unit.
    mutating func nextQuote(_ symbol: Symbol, _ open: [OfferReader.Line], _ offers: [Offer], at now: Timestamp) {
        guard let line = open.first, let duration = ContractDuration(Int64(line.shortest), line.unit) else {
            return actions.append(.event(.offers(symbol, offers)))
        }
        let stake = Money(minorUnits: currency.exponent == 2 ? 1_000 : 1, currency: currency)
        send(.proposal(symbol, line, Array(open.dropFirst()), offers), at: now) {
            Requests.proposal($0, ContractTerms(symbol: symbol, kind: line.kind, duration: duration), stake: stake)
        }
    }

    mutating func quoted(_ symbol: Symbol, _ line: OfferReader.Line, _ rest: [OfferReader.Line], _ offers: [Offer], _ payload: JSONValue, at now: Timestamp) {
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
        [
            "InvalidToken", "AccountDisabled", "DisabledClient", "ClientUnwelcome", "SelfExclusion", "PermissionDenied", "InvalidAppID",
            "InputValidationFailed",
        ].contains(code)
    }
}
