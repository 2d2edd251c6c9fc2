public import TradingEngine
public import TradingModel

/// Feeds an engine line by line and gives back what it put on record, as readable lines. A test reads as a script of
/// what happened and what came of it.
public struct EngineScript {
    public private(set) var turn: LoopTurn
    /// Every fact so far, as the journal would hold them.
    public private(set) var journal: [Fact] = []
    public private(set) var commands: [BrokerCommand] = []
    public private(set) var answers: [Answer.Outcome] = []
    private var requests: UInt64 = 0
    /// The moment that second 0 of the script is: a Monday, 10:00 UTC.
    public static let start = Timestamp(seconds: 1_790_000_000 - 1_790_000_000 % 86_400 + 36_000)

    public init(settings: EngineSettings = EngineSettings()) {
        turn = LoopTurn(engine: TradingEngine(settings: settings), nextSequence: 1)
    }

    public var engine: TradingEngine { turn.engine }
    public var session: Session { turn.engine.state.sessions.elements.last! }
    public var account: Account { turn.engine.state.accounts.elements.last! }

    /// The lines that these inputs come to at so many seconds after the start.
    public mutating func at(_ seconds: Int64, _ events: Input.Event...) -> [String] { at(EngineScript.start.adding(seconds: seconds), events) }

    public mutating func at(_ now: Timestamp, _ events: [Input.Event]) -> [String] {
        let inputs = events.map { event in
            requests += 1
            return Input(event, request: RequestID(rawValue: requests))
        }
        let facts = turn.begin(inputs[...], at: now)
        let outcome = turn.committed(facts.isEmpty ? nil : JournalReceipt(first: turn.nextSequence, count: facts.count))
        journal += facts
        commands = outcome.commands
        answers = outcome.answers.map(\.outcome)
        return facts.map(\.line)
    }

    /// Something else put this on record while no process ran: an import.
    public mutating func take(_ fact: Fact) {
        journal.append(fact)
        restart()
    }

    /// A new process: the state comes back from the journal.
    public mutating func restart() {
        var state = EngineState()
        for fact in journal { state.evolve(fact) }
        turn = LoopTurn(engine: TradingEngine(state: state, settings: turn.engine.settings), nextSequence: Int64(journal.count) + 1)
    }
}

extension EngineScript {
    public static let owner = OwnerID(rawValue: 1)
    public static let accountID = AccountID(rawValue: 1)
    public static let sessionID = SessionID(rawValue: 1)
    public static let person = Label("person")!
    public static let symbol = Symbol("1HZ100V")!

    /// One virtual account with 1,000.00 USD, one active session on 1HZ100V that stakes 10.00, nothing else on record
    /// that a test would have to know.
    public static func trading(settings: EngineSettings = EngineSettings(), balance: Int64 = 100_000, _ change: (inout SessionPlan) -> Void = { _ in })
        -> EngineScript
    {
        var script = EngineScript(settings: settings)
        var plan = SessionPlan(
            name: Label("test")!, criteria: SignalCriteria(symbols: [symbol]), stakeRule: .fixed(.usd(1_000)), duration: .ticks(5), openContracts: 100)
        change(&plan)
        _ = script.at(
            0, .addAccount(accountID, owner: owner, AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC1")!, currency: .usd, isVirtual: true)),
            .createSession(sessionID, owner: owner, account: accountID, plan, by: person),
            .startSession(sessionID, owner: owner, by: person),
            .broker(accountID, .lineUp(balance: .usd(balance), newest: TransactionID(rawValue: 1))),
            .broker(accountID, .offers(symbol, EngineScript.offers(symbol))))
        _ = script.at(0, .broker(accountID, .lookedUp(.quiet(balance: .usd(balance), at: EngineScript.start))))
        precondition(script.session.phase == .active, "the script's session is \(script.session.phase)")
        return script
    }

    public static func offers(_ symbol: Symbol) -> [Offer] {
        ContractKind.allCases.map { Offer(symbol: symbol, kind: $0, unit: .ticks, shortest: 1, longest: 10, leastStake: .usd(35), mostStake: .usd(200_000)) }
    }

    public static func signal(
        _ number: UInt64, at seconds: Int64 = 0, kind: ContractKind = .rise, validFor: Int64 = 60, symbol: Symbol = symbol,
        source: String = "api", strategy: String? = nil, duration: ContractDuration? = nil, session: SessionID? = nil
    ) -> Signal {
        let now = start.adding(seconds: seconds)
        return Signal(
            id: SignalID(high: number << 32, low: 0), owner: owner, session: session, source: Label(source)!, strategy: strategy.flatMap { Label($0) },
            symbol: symbol, kind: kind, duration: duration, issuedAt: now, validUntil: now.adding(seconds: validFor))
    }

    public static func intent(_ number: UInt64) -> IntentID { IntentID(session: sessionID, signal: SignalID(high: number << 32, low: 0)) }

    public static func contract(_ id: Int64, price: Int64 = 1_000, payout: Int64 = 1_950, at seconds: Int64 = 0) -> Contract {
        Contract(
            id: ContractID(rawValue: id), transaction: TransactionID(rawValue: id * 10), price: .usd(price), payout: .usd(payout),
            purchasedAt: start.adding(seconds: seconds))
    }

    public static func bought(_ number: UInt64, _ contract: Int64, price: Int64 = 1_000, balance: Int64, at seconds: Int64 = 0) -> Input.Event {
        .broker(accountID, .bought(intent(number), self.contract(contract, price: price, at: seconds), balance: .usd(balance)))
    }

    /// The booking that ends a contract.
    public static func sold(_ contract: Int64, for payout: Int64, balance: Int64, at seconds: Int64 = 0) -> Input.Event {
        .broker(
            accountID,
            .booked(
                Booking(
                    transaction: TransactionID(rawValue: contract * 10 + 1), action: .sell, contract: ContractID(rawValue: contract),
                    amount: .usd(payout), balanceAfter: .usd(balance), at: start.adding(seconds: seconds))))
    }
}

extension Money { public static func usd(_ cents: Int64) -> Money { Money(minorUnits: cents, currency: .usd) } }

extension Findings {
    /// Nothing new, and the chain closes.
    public static func quiet(balance: Money, at now: Timestamp, about: [IntentID] = [], newest: Int64 = 1) -> Findings {
        Findings(askedAt: now, bookings: [], chainCloses: true, balance: balance, newest: TransactionID(rawValue: newest), about: about)
    }
}
