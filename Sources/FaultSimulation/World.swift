import DerivSimulator
import DerivWire
import SimulatedMarket
public import TradingEngine
import TradingModel
import TradingPorts

/// One run: our process with the production engine, loop turn, journal coding and broker line, a network, and the
/// simulated broker with its own ledger, in one queue of happenings with virtual time. One seed is one run.
public final class World {
    public struct Settings: Sendable {
        public var hostileMinutes: Int64 = 30
        /// What people do and what befalls comes so many times less often, over so many times as long. Nil: 48 to 144 in one seed of
        /// twenty, which then is some days; else 1.
        public var pace: Int64?
        /// The longest that the world may take to come right after the faults end.
        public var calmMinutes: Int64 = 120
        public var engine = EngineSettings()
        /// Nil: drawn from the seed.
        public var swarm: FaultSwarm?
        /// Owners promise that what they raise waits, and want more later. Nil: in one seed of four, and in three of five that go on for days.
        public var promises: Bool?
        public var keepsWholeTrace = false
        /// Makes a store of so many owners for the journal; one seed of twenty uses it, or each. Without, the journal is an array.
        public var makeStore: (@Sendable (Int) throws -> any SimulatedStorage)?
        public var alwaysUsesStore = false
        /// Instead of people and chance: one trade, and what happens to it.
        public var script: CrashScript?
        public init() {}
    }

    /// Why a handler ends early.
    enum Stop: Error { case died, failed(SimulationFailure) }

    let seed: UInt64
    let settings: Settings
    var swarm: FaultSwarm
    let drawn: FaultSwarm
    var faults: SeededRandom, network: SeededRandom, people: SeededRandom, mishapDice: SeededRandom
    /// Of who made a promise: a branch of its own, so that a seed without one goes as it would if there were none at all.
    var prudence: SeededRandom
    let hasPromise: Bool
    /// Of who removes an account and adds it again, and from when on.
    var movers: SeededRandom
    let movesAfter: Int64
    /// Milliseconds since 1970 of the broker's true clock.
    var now: Int64
    let began: Int64
    /// See `Settings.pace`.
    let pace: Int64
    var queue = EventQueue()
    var report = SimulationReport()
    var trace = Trace()
    var judge: Judge
    var isCalm = false

    // Theirs.
    let broker: InProcessBroker
    /// How many there are at the broker.
    let logins: Int
    /// As they are added here: each login once, then, where somebody removes one and adds it again, each once more.
    let accounts: [SimulatedAccount]
    var wires: [Wire] = []
    /// Mishaps that last, and until when.
    var lasting: [Mishap: Int64] = [:]
    var isMarketPlanned = false
    /// How long the present lag of the reports lasts.
    var lagsUntil: Int64 = 0
    /// The request that is being answered, and its buy's fate.
    var answering: (connection: Int, fate: BuyFate)?
    /// Answers to `time` since the last that was wrong.
    var timesTold = 0
    /// Buys on their way whose answer will be lost.
    var answersLost: [IntentID] = []
    /// Until when word of contracts that won is kept back.
    var keptBack: [ContractID: Int64] = [:]

    // Ours. The journal survives, the rest does not.
    let journal = SimulatedJournal()
    var snapshot: (count: Int, state: EngineState, ownerSequences: [OwnerID: Int64])?
    var process: Process?
    var life = 0
    /// Points where the process may die, counted for the scripts.
    var points = 0
    var isArmed = false
    /// Counts whatever changes outside of our process's memory, for the scripts; and how it stood at the point before.
    var outside = 0
    private var atLastPoint: (outside: Int, at: Int64)?
    /// Points at which everything outside of our memory is as it was at the point before: to die there comes to the same.
    var twins: [Int] = []
    var judged = 0
    /// The production store on a simulated disk, which `journal` then mirrors row by row.
    var store: (any SimulatedStorage)?
    var storageDice: SeededRandom
    /// What a write that failed had in hand: it is on the disk or it is not.
    var unacknowledged: (entries: [JournalEntry], rows: [RowChange], facts: [Fact])?
    var crowd = Crowd()
    let zone: TradingCalendar
    let usesTicks: Bool
    let lineSettings: LineSettings

    public init(seed: UInt64, settings: Settings = Settings()) {
        (self.seed, self.settings) = (seed, settings)
        let swarm = settings.swarm ?? (settings.script == nil ? FaultSwarm(seed: seed) : .calm)
        (self.swarm, drawn) = (swarm, swarm)
        faults = SeededRandom(seed: SeededRandom.mix(seed ^ 1))
        network = SeededRandom(seed: SeededRandom.mix(seed ^ 2))
        people = SeededRandom(seed: SeededRandom.mix(seed ^ 3))
        mishapDice = SeededRandom(seed: SeededRandom.mix(seed ^ 4))
        storageDice = SeededRandom(seed: SeededRandom.mix(seed ^ 6))
        var draw = SeededRandom(seed: SeededRandom.mix(seed ^ 5)), slowing = SeededRandom(seed: SeededRandom.mix(seed ^ 7))
        pace = settings.pace ?? (settings.script == nil && settings.swarm == nil && seed % 20 == 17 ? slowing.pick(48...144) : 1)
        prudence = SeededRandom(seed: SeededRandom.mix(seed ^ 8))
        let isPrudent = prudence.chance(percent: pace > 1 ? 60 : 25)
        hasPromise = settings.promises ?? (settings.script == nil && settings.swarm == nil && isPrudent)
        movers = SeededRandom(seed: SeededRandom.mix(seed ^ 9))
        movesAfter = movers.pick(2...14) * pace * 60_000
        let place = SimulatedZones.all[Int(draw.pick(0...Int64(SimulatedZones.all.count - 1)))]
        zone = place.calendar
        // A strategy that looks at each tick of some days would be most of the run.
        usesTicks = settings.script == nil && draw.chance(percent: 20) && pace == 1
        var lineSettings = LineSettings()
        // Production asks for as many rows as there can be; what lies behind the anchor would only cost time here.
        lineSettings.statementPageRows = World.usualPageRows
        // Small pages, so that a walk goes over several.
        if settings.script == nil, draw.chance(percent: 30) { lineSettings.statementPageRows = Int(draw.pick(8...40)) }
        self.lineSettings = lineSettings
        // Some minutes before a day begins, so that runs cross it; sometimes at noon.
        let midnight = place.calendar.nextDay(after: place.around)
        now = midnight.milliseconds - (draw.chance(percent: 70) ? draw.pick(2...25) * 60_000 : 43_200_000)
        if settings.script != nil { now = midnight.milliseconds - 43_200_000 }
        if swarm.winOverMidnight > 0 { now = midnight.milliseconds - slowing.pick(45...120) * 1_000 }
        began = now
        let broker = InProcessBroker(
            seed: seed, symbols: [World.symbol, World.slowSymbol], opening: Timestamp(milliseconds: now), openingBalanceMinorUnits: 1_000_000)
        self.broker = broker
        let logins = settings.script == nil ? 2 : 1, hasMovers = settings.script == nil && World.hasMovers(seed)
        self.logins = logins
        accounts = (1...(hasMovers ? 2 * logins : logins)).map { entry in
            let number = (entry - 1) % logins + 1
            return SimulatedAccount(
                id: AccountID(rawValue: Int64(entry)), token: "simulated-token-\(number)", login: broker.login(of: "simulated-token-\(number)"),
                owner: OwnerID(rawValue: number == 1 || seed % 2 == 0 ? 1 : 2))
        }
        judge = Judge(accounts: accounts, zone: place.calendar, settings: settings.engine)
        trace.keepsAll = settings.keepsWholeTrace
    }

    static let symbol = Symbol("1HZ100V")!
    static let slowSymbol = Symbol("R_50")!
    private static let usualPageRows = 150

    // MARK: A run

    /// A hostile while, then a calm one until everything is known, then the last checks.
    public func run() throws(SimulationFailure) -> SimulationReport {
        note("start in \(zone.zone), \(swarm)")
        if let make = settings.makeStore, settings.script == nil, seed % 20 == 0 || settings.alwaysUsesStore {
            do { store = try make(2) } catch { throw failure(Violation("I12", "a new store: \(error)")) }
        }
        plan(.boot, after: 0)
        if let script = settings.script {
            try runScript(script)
        } else {
            plan(.people, after: 3_000)
            if hasPromise { plan(.prudence, after: 5_000) }
            if accounts.count > logins { plan(.movers, after: 6_000) }
            plan(.mishap, after: 1_000)
            try run(until: began + settings.hostileMinutes * pace * 60_000)
        }
        calm()
        let end = now + settings.calmMinutes * 60_000
        while now < end {
            try run(until: now + 30_000)
            try settleAffairs()
            if isQuiet { break }
        }
        // A last look at the statement, so that what was booked last is known.
        try run(until: now + (settings.engine.sweepSeconds + 60) * 1_000)
        try check { judge throws(Violation) in try judge.checkCalm(self) }
        report.runs = 1
        report.facts = Int64(journal.count)
        report.traceHash = trace.hash
        report.sessionMilliseconds = judge.sessionMilliseconds(until: Timestamp(milliseconds: now))
        return report
    }

    func run(until end: Int64) throws(SimulationFailure) {
        while let due = queue.next, due <= end {
            let (at, what) = queue.pop()!
            now = max(now, at)
            report.events += 1
            do throws(Stop) {
                try handle(what)
                if report.events % 256 == 0 { try checkBooks() }
            } catch {
                switch error {
                case .died: break
                case .failed(let failure): throw failure
                }
            }
        }
        now = end
    }

    private func handle(_ what: Happening) throws(Stop) {
        if !what.isOfOurMemory { outside += 1 }
        switch what {
        case .boot: try boot()
        case .turn(let life): if life == self.life { try turn() }
        case .commit(let life): if life == self.life { try commit() }
        case .wake(let life, let at): if life == self.life, process?.wakeAt == at { try woken() }
        case .command(let life, let command): if life == self.life { try take(command) }
        case .answers(let life, let answers): if life == self.life { for answer in answers { try answered(answer) } }
        case .lineDue(let life, let account, let at):
            if life == self.life, process?.lineDueAt[account] == at { try lineDue(account) }
        case .connect(let life, let account): if life == self.life { try connect(account) }
        case .opened(let life, let account, let connection): if life == self.life { try opened(account, connection) }
        case .toBroker(let connection, let bytes): try arriveAtBroker(connection, bytes)
        case .toUs(let connection, let bytes): try arriveAtUs(connection, bytes)
        case .closedAtUs(let connection, let orderly): try closedAtUs(connection, orderly: orderly)
        case .closedAtBroker(let connection): closedAtBroker(connection)
        case .sendLate(let connection, let bytes): deliver(bytes, on: connection)
        case .market: try runMarket()
        case .people: try peopleAct()
        case .prudence: prudenceActs()
        case .movers: moversAct()
        case .mishap: try mishap()
        case .mishapEnds(let mishap): if let until = lasting[mishap], until <= now { lasting[mishap] = nil }
        }
    }

    /// All faults end: the network heals, the token is valid, the disk writes.
    private func calm() {
        note("calm")
        isCalm = true
        for session in judge.folded.sessions.elements where session.phase.isRunning { judge.isUsed[session.account] = true }
        swarm = .calm
        for mishap in Mishap.allCases { lasting[mishap] = nil }
        for index in wires.indices { (wires[index].upHeldUntil, wires[index].downHeldUntil) = (0, 0) }
        // A script's lag is how that broker is.
        broker.lag(milliseconds: (settings.script?.lagSeconds ?? 0) * 1_000, balanceToo: false)
    }

    // MARK: For all parts

    func plan(_ what: Happening, after milliseconds: Int64) {
        if !what.isOfOurMemory { outside += 1 }
        queue.plan(what, at: now + milliseconds)
    }

    func note(_ line: @autoclosure () -> String) {
        outside += 1
        trace.note(line(), at: now)
    }

    /// A script's point where our process may die.
    func countPoint() {
        points += 1
        if let last = atLastPoint, last == (outside, now) { twins.append(points) }
        atLastPoint = (outside, now)
    }

    func isOn(_ mishap: Mishap) -> Bool { lasting.isEmpty ? false : lasting[mishap].map { $0 > now } ?? false }

    /// True in `perMille` of a thousand cases. Draws nothing when the fault is off.
    func strikes(_ perMille: Int64, _ mishap: Mishap) -> Bool {
        guard perMille > 0, faults.pick(0...999) < perMille else { return false }
        report.count(mishap)
        return true
    }

    func failure(_ violation: Violation) -> SimulationFailure {
        SimulationFailure(
            seed: seed, hostileMinutes: settings.hostileMinutes, pace: settings.pace, invariant: violation.invariant, what: violation.what, swarm: drawn,
            trace: trace.lines,
            script: settings.script, promises: settings.promises == true)
    }

    func check(_ body: (inout Judge) throws(Violation) -> Void) throws(SimulationFailure) {
        do throws(Violation) { try body(&judge) } catch { throw failure(error) }
    }

    func oracle(_ body: (inout Judge) throws(Violation) -> Void) throws(Stop) {
        do throws(Violation) { try body(&judge) } catch { throw .failed(failure(error)) }
    }
}

/// An account of a run.
struct SimulatedAccount: Sendable {
    let id: AccountID
    let token: String
    let login: Label
    let owner: OwnerID
    var profile: AccountProfile { AccountProfile(broker: Label("deriv")!, loginID: login, currency: .usd, isVirtual: true) }
}

/// What happened, in readable lines; the newest few hundred are kept, all of them are in the hash.
struct Trace {
    private var notes: [(line: String, at: Int64)] = []
    private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    var keepsAll = false

    mutating func note(_ line: String, at now: Int64) {
        for byte in line.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ UInt64(bitPattern: now)) &* 0x100_0000_01b3
        remark(line, at: now)
    }

    /// Is not part of the hash: where something happened that comes to the same elsewhere.
    mutating func remark(_ line: String, at now: Int64) {
        notes.append((line, now))
        if !keepsAll, notes.count > 1_000 { notes.removeFirst(600) }
    }

    var lines: [String] { notes.map { "\(Timestamp(milliseconds: $0.at)) \($0.line)" } }
}

/// A run that broke an invariant, with everything that is needed to see it again.
public struct SimulationFailure: Error, CustomStringConvertible, Sendable {
    public let seed: UInt64
    public let hostileMinutes: Int64
    public let pace: Int64?
    public let invariant: String
    public let what: String
    public let swarm: FaultSwarm
    public let trace: [String]
    public let script: CrashScript?
    public let promises: Bool

    public var replay: String {
        script.map {
            "script/simulate --crash-points \($0.deaths.map(String.init).joined(separator: ",")) --answer \($0.answer.rawValue) --lag \($0.lagSeconds)"
        }
            ?? "script/simulate --seed \(seed) --runs 1 --minutes \(hostileMinutes)\(pace.map { " --pace \($0)" } ?? "")\(promises ? " --promises" : "") --trace"
    }
    public var description: String {
        "seed \(seed) breaks \(invariant): \(what)\nfaults: \(swarm)\n" + trace.suffix(80).joined(separator: "\n") + "\nagain: \(replay)"
    }
}

extension Money {
    static func usd(_ cents: Int64) -> Money { Money(minorUnits: cents, currency: .usd) }
}
