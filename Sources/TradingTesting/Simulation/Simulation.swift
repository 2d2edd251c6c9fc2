import SimulatedMarket
public import TradingEngine
public import TradingModel

/// Runs the production engine and loop turn against a broker that loses, repeats and delays, on a clock that jumps, and
/// kills the process between any two steps. One seed is one run; a failure is reported as its seed. The simulated
/// broker's own ledger is the judge.
public struct Simulation {
    public struct Failure: Error, CustomStringConvertible {
        public let seed: UInt64
        public let what: String
        public let plan: SimulationPlan
        public let trace: [String]
        public var description: String { "seed \(seed): \(what)\nplan: \(plan)\n" + trace.suffix(60).joined(separator: "\n") }
    }

    public struct Summary: Hashable, Sendable {
        public var bought = 0, settled = 0, doubts = 0, adopted = 0, crashes = 0, facts = 0, refused = 0
        /// Of the whole trace: two runs of one seed give the same.
        public var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    }

    let seed: UInt64
    var plan: SimulationPlan
    var random: SeededRandom
    public private(set) var now: Timestamp
    var summary = Summary()
    private(set) var trace: [String] = []

    // Ours: the journal survives a crash, the rest does not.
    var journal: [Fact] = []
    var turn: LoopTurn
    private let settings: EngineSettings
    let sessionPlan: SessionPlan

    // Theirs.
    var broker: SimulatedBroker
    let login = Label("VRTC1")!
    var isConnected = false
    var connection = 0
    var connectAt: Timestamp?
    /// What this connection was quoted.
    var quotes: [ContractTerms: Money] = [:]
    private var inFlight: [Envelope] = []
    private var order = 0

    /// Something on its way, and the connection it travels on.
    private struct Envelope {
        let due: Timestamp
        let order: Int
        let connection: Int
        let cargo: Cargo
        enum Cargo { case toBroker(BrokerCommand), toUs(BrokerEvent) }
    }

    static let account = AccountID(rawValue: 1)
    static let session = SessionID(rawValue: 1)
    static let owner = OwnerID(rawValue: 1)
    static let symbol = Symbol("1HZ100V")!

    public init(seed: UInt64, faults: SimulationPlan? = nil, settings: EngineSettings = EngineSettings(), limits: RiskLimits? = nil) {
        self.seed = seed
        plan = faults ?? SimulationPlan(seed: seed)
        random = SeededRandom(seed: seed)
        self.settings = settings
        // An hour before midnight, so that runs cross it.
        now = Timestamp(seconds: 1_790_035_200 - 1_790_035_200 % 86_400 + 82_800)
        broker = SimulatedBroker(seed: seed, startingAt: now, markets: MarketSymbol.all.filter { $0.symbol == Simulation.symbol }, historyTicks: 16)
        _ = broker.openAccount(login, balance: .usd(1_000_000), at: now)
        turn = LoopTurn(engine: TradingEngine(settings: settings), nextSequence: 1)
        sessionPlan = SessionPlan(
            name: Label("simulation")!, criteria: SignalCriteria(symbols: [Simulation.symbol]), stakeRule: .fixed(.usd(1_000)),
            limits: limits ?? RiskLimits(tradesPerDay: 60, lossPerDay: .usd(6_000), greatestStake: .usd(2_000), drawdownBasisPoints: 300, lossesInARow: 6),
            duration: .ticks(5), openContracts: 3,
            // Every third run buys by quotes only.
            leastPayoutBasisPoints: seed % 3 == 1 ? Simulation.leastPayoutBasisPoints : nil)
    }

    static let leastPayoutBasisPoints: Int64 = 15_000

    /// `minutes` of a hostile world, then all faults off until nothing is in flight, then the last checks.
    public mutating func run(minutes: Int) throws(Failure) -> Summary {
        try begin()
        let end = now.adding(seconds: Int64(minutes) * 60)
        while now < end {
            try step(random.pick(1...4_000))
            if random.chance(percent: 40), let signal = signal() { try deliver(.signal(signal)) }
            if random.pick(0...999) < plan.outsideTrades { outsideTrade() }
            if random.pick(0...999) < plan.lineDrops { drop(clean: random.chance(percent: 50)) }
            if random.pick(0...999) < plan.crash { try crash("idle") }
            if random.chance(percent: 2) {
                try deliver(.resumeSession(Simulation.session, owner: Simulation.owner, acceptDrawdown: true, by: EngineScript.person))
            }
        }
        plan = SimulationPlan()
        note("calm")
        try deliver(.stopSession(Simulation.session, owner: Simulation.owner, by: EngineScript.person))
        for _ in 0..<1_500 { try step(2_000) }
        try checkCalm()
        summary.facts = journal.count
        return summary
    }

    private mutating func begin() throws(Failure) {
        let profile = AccountProfile(broker: Label("deriv")!, loginID: login, currency: .usd, isVirtual: true)
        try deliver(.addAccount(Simulation.account, owner: Simulation.owner, profile))
        try deliver(.createSession(Simulation.session, owner: Simulation.owner, account: Simulation.account, sessionPlan, by: EngineScript.person))
        try deliver(.startSession(Simulation.session, owner: Simulation.owner, by: EngineScript.person))
        connectAt = now
    }

    private mutating func signal() -> Signal? {
        // A few numbers, so that the same signal comes again now and then.
        let number = random.pick(1...Int64(max(4, journal.count)))
        let kind = ContractKind(rawValue: UInt8(random.pick(0...3)))!
        let id = SignalID(high: UInt64(number) << 32, low: 7)
        // The edge answers from the journal what stands there; the engine sees only what came a moment ago.
        let known = journal.last { if case .signalAccepted(let signal) = $0.event { signal.id == id } else { false } }
        if let known, now.milliseconds(since: known.at) > 5_000 { return nil }
        return Signal(
            id: id, owner: Simulation.owner, source: Label("api")!, symbol: Simulation.symbol, kind: kind,
            duration: .ticks(random.pick(1...5)), issuedAt: now, validUntil: now.adding(seconds: random.pick(1...40)))
    }

    // MARK: Time

    private mutating func step(_ milliseconds: Int64) throws(Failure) {
        let until = now.adding(milliseconds: milliseconds)
        while true {
            var next = until
            if let due = inFlight.map(\.due).min() { next = min(next, max(due, now)) }
            if let due = turn.engine.nextDeadline { next = min(next, max(due, now)) }
            if let due = connectAt { next = min(next, max(due, now)) }
            now = next
            var events: [MarketEvent] = []
            broker.advance(to: now) { events.append($0) }
            for case .settled(let contract, let booking) in events {
                _ = contract
                tell(.booked(ToldBooking(simulated: booking)))
            }
            if let due = connectAt, due <= now { connect() }
            if let deadline = turn.engine.nextDeadline, deadline <= now { try deliver(.deadline) }
            while let index = nextDue() { try arrive(inFlight.remove(at: index)) }
            if now >= until { return }
        }
    }

    private func nextDue() -> Int? {
        inFlight.indices.filter { inFlight[$0].due <= now }.min { (inFlight[$0].due, inFlight[$0].order) < (inFlight[$1].due, inFlight[$1].order) }
    }

    private mutating func send(_ cargo: Envelope.Cargo, after delay: Int64, on connection: Int) {
        order += 1
        inFlight.append(Envelope(due: now.adding(milliseconds: delay), order: order, connection: connection, cargo: cargo))
    }

    // MARK: The line

    private mutating func connect() {
        connectAt = nil
        connection += 1
        isConnected = true
        quotes = [:]
        note("connected")
        tell(.lineUp(balance: broker.accounts[login]!.balance, newest: broker.ledger.last { $0.login == login }.map { $0.id }))
    }

    mutating func drop(clean: Bool) {
        guard isConnected else { return }
        isConnected = false
        note("line drops")
        // What was written on it is lost, or executed within a while.
        let old = connection
        inFlight = inFlight.compactMap { envelope in
            guard envelope.connection == old, case .toBroker(let command) = envelope.cargo else { return nil }
            guard case .buy = command, plan.zombieMost > 0, random.chance(percent: 50) else { return nil }
            return Envelope(due: now.adding(milliseconds: random.pick(1...plan.zombieMost)), order: envelope.order, connection: old, cargo: envelope.cargo)
        }
        send(.toUs(.lineDown(cause: Label("dropped")!, clean: clean)), after: 0, on: -1)
        connectAt = now.adding(milliseconds: random.pick(100...5_000))
    }

    /// A message of the broker; it reaches us only if this connection lives.
    mutating func tell(_ event: BrokerEvent, mayBeLost: Bool = false) {
        guard isConnected else { return }
        if mayBeLost, random.pick(0...999) < plan.replyLost { return note("lost: answer") }
        send(.toUs(event), after: random.pick(1...plan.delayMost), on: connection)
        if random.pick(0...999) < plan.replyRepeated { send(.toUs(event), after: random.pick(1...3_000), on: connection) }
    }

    private mutating func arrive(_ envelope: Envelope) throws(Failure) {
        switch envelope.cargo {
        case .toUs(let event): if envelope.connection == connection || envelope.connection == -1 { try deliver(.broker(Simulation.account, event)) }
        case .toBroker(let command): brokerReceives(command)
        }
    }

    // MARK: Our process

    private mutating func deliver(_ event: Input.Event) throws(Failure) {
        var restored = false
        for attempt in 0..<2 {
            let facts = turn.begin([Input(event)], at: now)
            if attempt == 0, crashes() { try crash("before the commit"); restored = true; continue }
            journal += facts
            for fact in facts { record(fact) }
            if crashes() { return try crash("after the commit") }
            let outcome = turn.committed(facts.isEmpty ? nil : JournalReceipt(first: turn.nextSequence, count: facts.count))
            for command in outcome.commands {
                try check(command)
                take(command)
                if crashes() { return try crash("among the commands") }
            }
            break
        }
        _ = restored
        try checkStep()
    }

    private mutating func crashes() -> Bool { random.pick(0...999) < plan.crash }

    /// A new process: the state comes back from the journal, the line is gone without a word.
    private mutating func crash(_ place: String) throws(Failure) {
        summary.crashes += 1
        note("crash \(place)")
        drop(clean: false)
        inFlight.removeAll { if case .toUs = $0.cargo { true } else { false } }
        var state = EngineState()
        for fact in journal { state.evolve(fact) }
        turn = LoopTurn(engine: TradingEngine(state: state, settings: settings), nextSequence: Int64(journal.count) + 1)
        connectAt = now.adding(milliseconds: random.pick(100...5_000))
        // What the shell tells a fresh engine. It may die again right here.
        let facts = turn.begin([Input(.broker(Simulation.account, .lineDown(cause: Label("restarted")!, clean: false)))], at: now)
        if crashes() { return try crash("in recovery") }
        journal += facts
        for fact in facts { record(fact) }
        _ = turn.committed(facts.isEmpty ? nil : JournalReceipt(first: turn.nextSequence, count: facts.count))
    }

    private mutating func take(_ command: BrokerCommand) {
        switch command {
        case .open: if !isConnected, connectAt == nil { connectAt = now }
        case .close, .hangUp: drop(clean: true)
        case .buy(_, let intent):
            guard isConnected else { return send(.toUs(.notSent(intent.id)), after: 0, on: -1) }
            // A quote is good on the connection that gave it, once.
            if let payout = intent.quotedPayout, quotes.removeValue(forKey: intent.terms) != payout {
                return send(.toUs(.notSent(intent.id)), after: 0, on: -1)
            }
            if random.pick(0...999) < plan.requestLost { return note("lost: request") }
            send(.toBroker(command), after: random.pick(1...plan.delayMost), on: connection)
        case .watch, .lookUp, .offers, .quote:
            if isConnected { send(.toBroker(command), after: random.pick(1...50), on: connection) }
        }
    }

    private mutating func record(_ fact: Fact) {
        switch fact.event {
        case .buyConfirmed: summary.bought += 1
        case .settled: summary.settled += 1
        case .buyInDoubt: summary.doubts += 1
        case .contractAdopted: summary.adopted += 1
        case .signalRefused: summary.refused += 1
        default: break
        }
        note(fact.line)
    }

    mutating func note(_ line: String) {
        for byte in line.utf8 { summary.hash = (summary.hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        trace.append("\(now) \(line)")
        if trace.count > 400 { trace.removeFirst(200) }
    }

    func failure(_ what: String) -> Failure { Failure(seed: seed, what: what, plan: SimulationPlan(seed: seed), trace: trace) }
}
