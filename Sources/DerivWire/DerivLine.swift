public import TradingEngine
public import TradingModel

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
        /// What an open contract would yield if it ended now; a reading, never a fact.
        case openProfit(ContractID, Money)
        /// The broker's clock showed `seconds` between these two moments of ours.
        case clock(seconds: Int64, sent: Timestamp, heard: Timestamp)
        /// Something worth an operator's look; never with a frame in it.
        case remark(String)
    }

    public enum State: Sendable, Hashable { case closed, waiting, connecting, loggingIn, ready, refused(until: Timestamp) }

    public let account: AccountID
    public let profile: AccountProfile
    public internal(set) var state = State.closed
    public var actions: [Action] = []
    let settings: LineSettings
    var backoff: Backoff
    var nextRequest: Int64 = 1
    var requests = RequestTable()
    var heardAt = Timestamp(milliseconds: 0)
    var pingedAt: Timestamp?
    var timeAskedAt: Timestamp?
    var connectingSince = Timestamp(milliseconds: 0)
    var login = LoginProgress()
    var walk: StatementWalk?
    var quotes = QuoteTable()
    var isWanted = false
    /// What may be asked, what waits for it, and when something of that may leave.
    var budget: RequestBudget
    var queue = RequestQueue()
    var queueDueAt: Timestamp?
    var circuit = Circuit()
    private var hasConnected = false
    /// When this connection was logged in, and whether the statement was walked since: nothing is bought before.
    var readyAt = Timestamp(milliseconds: 0)
    var hasLookedUp = false
    /// By how much our time may be ahead of the broker's, by each of its last three answers, in milliseconds. The middle
    /// one counts, of two the greater, and one alone does not: so one wrong answer neither stops a buy nor lets one go.
    var clockAhead: [Int64] = []
    var isClockKnown: Bool {
        #if SeededBugs
        if SeededBug.trustsAnyClock.isPlanted { return true }
        #endif
        return clockAhead.count >= 2 && clockAhead.sorted()[clockAhead.count / 2] <= settings.clockAheadMost
    }

    // Streams that are wanted, and those that run.
    var followed: [Symbol] = []
    var past = 0
    var streams: [Symbol: Stream] = [:]
    struct Stream: Sendable { var subscription: String?; var last: Timestamp }

    struct LoginProgress: Sendable { var balance: Money?, newest: TransactionID??, isSubscribed = false }

    var currency: Currency { profile.currency }

    public init(account: AccountID, profile: AccountProfile, settings: LineSettings = LineSettings(), seed: UInt64) {
        (self.account, self.profile, self.settings) = (account, profile, settings)
        backoff = Backoff(seed: seed)
        budget = RequestBudget(limits: settings.callLimits, seed: seed &+ 1)
    }

    // MARK: The connection

    /// From now on the line is kept up.
    public mutating func open(at now: Timestamp) {
        isWanted = true
        switch state {
        case .closed, .refused: connect(after: 0, at: now)
        case .waiting, .connecting, .loggingIn, .ready: break
        }
    }

    /// After the pause, and not before a login's requests may leave.
    private mutating func connect(after pause: Int64, at now: Timestamp) {
        if !hasConnected { budget.assumeSomeSpent(at: now) }
        hasConnected = true
        state = .waiting
        actions.append(.connect(afterMilliseconds: max(pause, waitsForLogin(at: now))))
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
        forgetQuestions()
        quotes = QuoteTable()
        streams = [:]
        hasLookedUp = false
        clockAhead = []
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
        forgetQuestions()
        if was == .ready || was == .loggingIn {
            #if SeededBugs
            if SeededBug.unansweredIsUnsent.isPlanted {
                for id in max(1, nextRequest - 50)..<nextRequest {
                    if case .buy(let intent)? = requests.purpose(id) { actions.append(.event(.notSent(intent))) }
                }
            }
            if SeededBug.everyEndIsClean.isPlanted { actions.append(.event(.lineDown(cause: Label("closed")!, clean: true))) }
            #endif
            let heardLately = now.milliseconds(since: heardAt) <= (settings.pingEverySeconds + settings.pongWithinSeconds) * 1_000
            actions.append(.event(.lineDown(cause: Label(String(cause.prefix(30))) ?? Label("closed")!, clean: clean && heardLately)))
        }
        // Only a connection that lasted ends the growing of pauses.
        if was == .ready, now >= readyAt.adding(seconds: settings.steadyAfterSeconds) { backoff.reset() }
        guard isWanted else { return }
        if was == .ready || was == .loggingIn { connectionFailed(at: now) }
        connect(after: backoff.next(), at: now)
    }

    mutating func hangUp(_ cause: String, clean: Bool, at now: Timestamp) {
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
            #if SeededBugs
            if SeededBug.resendsUnanswered.isPlanted, state == .ready {
                return actions.append(.sendBuy(Requests.buy(newRequest(.buy(intent.id), at: now), intent), intent.id))
            }
            #endif
            // Decided for another connection, too long ago, its answer could not be told from others, the circuit is open, or our
            // time may be ahead and its purchase would be looked for later than the broker books it: no byte of it leaves.
            guard state == .ready, hasLookedUp, isClockKnown, mayBuy(at: now), !requests.isFull,
                now <= intent.intendedAt.adding(seconds: settings.buyWithinSeconds)
            else {
                return actions.append(.event(.notSent(intent.id)))
            }
            // A quote is good on the connection that gave it, once.
            var proposal: String?
            if let payout = intent.quotedPayout {
                guard let quoted = quotes.take(intent.terms, stake: intent.stake.amount, payout: payout) else {
                    return actions.append(.event(.notSent(intent.id)))
                }
                proposal = quoted
            }
            let id = newRequest(.buy(intent.id), at: now)
            actions.append(.sendBuy(Requests.buy(id, intent, proposal: proposal), intent.id))
            openCircuitWithoutRoom(at: now)
        case .watch(_, let contract):
            guard state == .ready else { return }
            send(.openContract(contract), at: now) { Requests.openContract($0, contract) }
        case .lookUp(_, let intents, let anchor, let since):
            // One at a time: the answers of two could not be told apart.
            guard state == .ready, walk == nil else { return }
            let walk = StatementWalk(
                intents: intents, anchor: anchor, since: since, currency: currency, askedAt: now, clockAheadMost: settings.clockAheadMost,
                pageRows: settings.statementPageRows)
            self.walk = walk
            proceed(walk.first, at: now)
        case .quote(_, let terms, let stake):
            guard state == .ready else { return }
            send(.quote(terms, stake: stake), at: now) { Requests.proposal($0, terms, stake: stake) }
        case .offers(_, let symbol):
            guard state == .ready else { return }
            send(.contractsFor(symbol), at: now) { [currency] in Requests.contractsFor($0, symbol: symbol, currency: currency) }
        }
    }

    /// The symbols whose ticks are wanted from now on, with so many past ones first. The `fresh` ones have a new
    /// listener: their past is asked for although they may be streaming already.
    public mutating func follow(_ symbols: [Symbol], past: Int, fresh: [Symbol], at now: Timestamp) {
        (followed, self.past) = (symbols, past)
        guard state == .ready else { return }
        for symbol in symbols {
            if streams[symbol] == nil {
                stream(symbol, at: now)
            } else if fresh.contains(symbol) {
                send(.past(symbol), at: now) { Requests.ticks($0, symbol: symbol, past: past, subscribe: false) }
            }
        }
        for symbol in streams.keys.sorted() where !symbols.contains(symbol) {
            if let subscription = streams.removeValue(forKey: symbol)?.subscription {
                send(.forget, at: now) { Requests.forget($0, subscription: subscription) }
            }
        }
    }

    mutating func stream(_ symbol: Symbol, at now: Timestamp) {
        streams[symbol] = Stream(subscription: nil, last: Timestamp(milliseconds: 0))
        send(.ticks(symbol), at: now) { [past] in Requests.ticks($0, symbol: symbol, past: past, subscribe: true) }
    }

    // MARK: Requests

    mutating func newRequest(_ purpose: RequestTable.Purpose, _ question: Question? = nil, at now: Timestamp) -> Int64 {
        let id = nextRequest
        nextRequest += 1
        let due: Timestamp =
            switch purpose {
            // The engine watches over its own buys.
            case .buy: .distantFuture
            default: now.adding(seconds: settings.answerWithinSeconds)
            }
        requests.add(id, purpose, due: due, question: question)
        budget.spend(purpose.groups, at: now)
        return id
    }

    /// Asks as soon as the budget has room. A line with thousands of questions that wait or are unanswered is given up;
    /// nothing more is asked on it then.
    mutating func send(_ purpose: RequestTable.Purpose, at now: Timestamp, _ frame: @escaping @Sendable (Int64) -> [UInt8]) {
        guard state == .ready || state == .loggingIn else { return }
        if requests.count + queue.count >= RequestTable.most { return hangUp("\(RequestTable.most) requests unanswered", clean: false, at: now) }
        queue.add(Question(purpose: purpose, frame: frame))
        sendWhatMay(at: now)
    }

    // MARK: Time

    /// What is due: pings, answers that are missing, the next try.
    public mutating func passTime(at now: Timestamp) {
        switch state {
        case .closed, .waiting: break
        case .refused(let until): if until <= now, isWanted { connect(after: 0, at: now) }
        case .connecting: if now.milliseconds(since: connectingSince) >= settings.loginWithinSeconds * 1_000 { hangUp("no connection", clean: true, at: now) }
        case .loggingIn:
            if now.milliseconds(since: connectingSince) >= settings.loginWithinSeconds * 1_000 { hangUp("no login", clean: false, at: now) }
            if queueDueAt.map({ $0 <= now }) ?? false { sendWhatMay(at: now) }
        case .ready: passReadyTime(at: now)
        }
    }

    private mutating func passReadyTime(at now: Timestamp) {
        if let late = requests.overdue(at: now) { return hangUp("\(late.name) unanswered", clean: false, at: now) }
        if let pinged = pingedAt {
            if now >= pinged.adding(seconds: settings.pongWithinSeconds) { return hangUp("silence", clean: false, at: now) }
        } else if now >= heardAt.adding(seconds: settings.pingEverySeconds) {
            pingedAt = now
            // Whether the line lives is never a question of the budget.
            if requests.isFull { return hangUp("\(RequestTable.most) requests unanswered", clean: false, at: now) }
            actions.append(.send(Requests.ping(newRequest(.ping, at: now))))
        }
        if timeAskedAt.map({ now >= $0.adding(seconds: timeEverySeconds) }) ?? true { askTime(at: now) }
        probeCircuit(at: now)
        if queueDueAt.map({ $0 <= now }) ?? false { sendWhatMay(at: now) }
    }

    public var nextDeadline: Timestamp? {
        switch state {
        case .closed, .waiting: nil
        case .refused(let until): isWanted ? until : nil
        case .connecting: connectingSince.adding(seconds: settings.loginWithinSeconds)
        case .loggingIn: min(connectingSince.adding(seconds: settings.loginWithinSeconds), queueDueAt ?? .distantFuture)
        case .ready:
            [
                requests.nextDue, pingedAt?.adding(seconds: settings.pongWithinSeconds) ?? heardAt.adding(seconds: settings.pingEverySeconds),
                timeAskedAt?.adding(seconds: timeEverySeconds), queueDueAt, circuitDueAt,
            ].compactMap(\.self).min()
        }
    }

    private var timeEverySeconds: Int64 { isClockKnown ? settings.timeEverySeconds : settings.timeSoonSeconds }

    /// The broker's clock showed `seconds`, or up to a second more, at some moment before we heard of it.
    mutating func clockAnswered(_ seconds: Int64, heard: Timestamp) {
        clockAhead.append(heard.milliseconds - seconds * 1_000)
        if clockAhead.count > 3 { clockAhead.removeFirst() }
    }
}
