import DerivSimulator
import DerivWire
import SimulatedMarket
import TradingEngine
import TradingModel
import TradingPorts

/// What somebody asked of our process, as far as the oracles want to know of the answer.
enum Asked: Equatable {
    case signal(SignalID), stop(SessionID), emergencyStop(OwnerID), start(SessionID), resume(SessionID), liftEmergencyStop(OwnerID), operatorsStop,
        resolveDoubt, other
    case limits(LimitsAsked)
}

/// What the people of a run remember.
struct Crowd {
    var signals: UInt64 = 0
    var sessions: Int64 = 0
    /// When each of the newest signals was first sent.
    var sent: [(signal: Signal, at: Int64)] = []
    var ticksHeard = 0
}

// Users, and the strategy that looks at ticks.
extension World {
    static let person = Label("person")!
    static let sessionsMost: Int64 = 14

    /// The accounts and the first sessions, when nothing is on record yet.
    func openBusiness() {
        for account in accounts.prefix(logins) { offer(Input(.addAccount(account.id, owner: account.owner, account.profile))) }
        if settings.script != nil { return createSession(on: 0) }
        createSession(on: 0)
        createSession(on: 0)
        createSession(on: 1)
    }

    func createSession(on account: Int) {
        guard crowd.sessions < World.sessionsMost else { return }
        crowd.sessions += 1
        let id = SessionID(rawValue: crowd.sessions), owner = accounts[account].owner
        offer(Input(.createSession(id, owner: owner, account: accounts[account].id, drawPlan(&people), by: World.person)))
        ask(.startSession(id, owner: owner, by: World.person), .start(id))
    }

    /// Every limit is there in some plans and not in others.
    func drawPlan(_ dice: inout SeededRandom) -> SessionPlan {
        if settings.script != nil {
            return SessionPlan(
                name: Label("scripted")!, criteria: SignalCriteria(symbols: [World.symbol]), stakeRule: .fixed(.usd(1_000)),
                limits: RiskLimits(tradesPerDay: 5, lossPerDay: .usd(5_000)), duration: .ticks(5), openContracts: 3, zone: zone.zone)
        }
        func maybe<T>(_ value: T) -> T? { dice.chance(percent: 60) ? value : nil }
        let limits = RiskLimits(
            tradesPerDay: maybe(Int32(dice.pick(3...60))), lossPerDay: maybe(.usd(dice.pick(1_500...12_000))),
            greatestStake: maybe(.usd(dice.pick(800...3_000))), riskPerTradeBasisPoints: maybe(dice.pick(5...60)),
            drawdownBasisPoints: maybe(dice.pick(30...600)), lossesInARow: maybe(Int32(dice.pick(2...7))))
        let plan = SessionPlan(
            name: Label("simulated")!, criteria: SignalCriteria(symbols: dice.chance(percent: 80) ? [World.symbol] : [World.symbol, World.slowSymbol]),
            stakeRule: dice.chance(percent: 70) ? .fixed(.usd(dice.pick(5...15) * 100)) : .shareOfBalance(basisPoints: dice.pick(5...30)),
            limits: limits, duration: .ticks(dice.pick(1...5)), openContracts: Int32(dice.pick(1...5)), zone: zone.zone,
            leastPayoutBasisPoints: dice.chance(percent: 25) ? dice.pick(15_000...19_600) : nil)
        return isNarrow ? narrow(plan, &dice) : plan
    }

    /// What is won is heard of late in this run: one limit alone is set, and narrow enough for that to matter.
    var isNarrow: Bool { drawn.winLate > 0 || drawn.winOverMidnight > 0 }

    private func narrow(_ plan: SessionPlan, _ dice: inout SeededRandom) -> SessionPlan {
        var plan = plan
        plan.stakeRule = .fixed(.usd(dice.pick(8...15) * 100))
        plan.limits = drawn.winLate > 0 ? RiskLimits(drawdownBasisPoints: dice.pick(30...70)) : RiskLimits(lossPerDay: .usd(dice.pick(3_000...6_000)))
        (plan.criteria.symbols, plan.openContracts, plan.leastPayoutBasisPoints) = ([World.symbol], Int32(dice.pick(3...5)), nil)
        return plan
    }

    func peopleAct() throws(Stop) {
        if isCalm { return }
        let pause = people.pick(500...people.pick(2_000...30_000)) * pace
        plan(.people, after: isNarrow ? pause / 4 : pause)
        // Drawn whether or not anybody is there to hear it, so that a death shifts nothing.
        let roll = people.pick(0...99), account = entry(Int(people.pick(0...1))), which = people.pick(0...7)
        guard let process, !process.turn.engine.state.owners.isEmpty else { return }
        let owner = accounts[account].owner, sessions = process.turn.engine.state.sessions.elements.filter { $0.owner == owner }
        guard !sessions.isEmpty else { return }
        let session = sessions[Int(which) % sessions.count].id
        switch roll {
        case 0..<64: signal(owner, only: roll < 8 ? session : nil)
        case 64..<74: ask(.resumeSession(session, owner: owner, acceptDrawdown: roll < 70, by: World.person), .resume(session))
        case 74..<77: ask(.pauseSession(session, owner: owner, by: World.person), .other)
        case 77..<80: change(session, of: owner, to: drawPlan(&people))
        case 80: ask(.stopSession(session, owner: owner, by: World.person), .stop(session))
        case 81 where which == 0: ask(.emergencyStop(owner, by: World.person), .emergencyStop(owner))
        case 81 where which == 1: ask(.operatorsStop(reason: "a storm", by: World.person), .operatorsStop)
        case 82..<84 where process.turn.engine.state.operatorsStop != nil: ask(.liftOperatorsStop(by: World.person), .other)
        case 82..<84: ask(.liftEmergencyStop(owner, by: World.person), .liftEmergencyStop(owner))
        case 84..<86:
            if let waiting = sessions.lazy.flatMap(\.waiting).first { ask(.cancelSignal(waiting.id, owner: owner, by: World.person), .other) }
        case 86..<88: change(accounts[account].id, of: owner, to: drawExposure())
        case 88: change(owner, to: drawExposure())
        case 89..<93: resolveDoubts()
        default:
            let running = sessions.filter { $0.account == accounts[account].id && !$0.phase.hasEnded }
            if running.count < (account % 2 == 0 ? 2 : 1) { createSession(on: account) }
        }
    }

    private func drawExposure() -> ExposureLimits {
        func maybe<T>(_ value: T) -> T? { people.chance(percent: 40) ? value : nil }
        let limits = ExposureLimits(
            lossPerDay: maybe(.usd(people.pick(3_000...30_000))), openExposure: maybe(.usd(people.pick(1_500...9_000))),
            openContracts: maybe(Int32(people.pick(1...8))))
        return isNarrow ? .none : limits
    }

    // MARK: Signals

    func signal(_ owner: OwnerID, only: SessionID?) {
        if !crowd.sent.isEmpty, people.chance(percent: 8) {
            // The same again: the edge answers from the journal what stands there a while; the engine sees only what came a moment ago.
            let (again, _) = crowd.sent[Int(people.pick(0...Int64(crowd.sent.count - 1)))]
            if let accepted = judge.acceptedAt(again.id), now - accepted.milliseconds > 5_000 { return }
            guard again.validUntil > ours() else { return }
            return ask(.signal(again), .signal(again.id))
        }
        crowd.signals += 1
        let now = ours(), number = crowd.signals
        let signal = Signal(
            id: SignalID(high: SeededRandom.mix(seed &+ number), low: number), owner: owner, session: only, source: Label("api")!,
            symbol: people.chance(percent: 92) ? World.symbol : World.slowSymbol, kind: ContractKind(rawValue: UInt8(people.pick(0...3)))!,
            duration: people.chance(percent: 50) ? .ticks(people.pick(1...5)) : nil, stake: stakeByHand(number), issuedAt: now,
            validUntil: now.adding(seconds: people.pick(1...(people.chance(percent: 20) ? 600 : 40))))
        crowd.sent.append((signal, self.now))
        if crowd.sent.count > 8 { crowd.sent.removeFirst() }
        ask(.signal(signal), .signal(signal.id))
    }

    /// One in nine names its own stake, but where a limit is as narrow as the plan. Of no dice that others go by.
    private func stakeByHand(_ number: UInt64) -> Money? {
        let roll = SeededRandom.mix(seed &* 31 &+ number)
        return settings.script == nil && !isNarrow && roll % 9 == 0 ? .usd(300 + Int64(roll >> 32 % 27) * 100) : nil
    }

    func strategyLooks(at tick: Tick, account: Int) throws(Stop) {
        crowd.ticksHeard += 1
        guard !isCalm, tick.price.pips % 29 == 0, let process else { return }
        let now = ours()
        for session in process.turn.engine.state.sessions.elements where session.account == accounts[account].id && session.phase == .active {
            // As in production: what an old tick tells is over.
            guard now.milliseconds(since: tick.time) <= 5_000 else { continue }
            let id = SignalID(high: SeededRandom.mix(UInt64(bitPattern: tick.time.milliseconds)), low: 1 << 63 | UInt64(session.id.rawValue))
            if judge.acceptedAt(id) != nil { continue }
            offer(
                Input(
                    .strategySignal(
                        Signal(
                            id: id, owner: session.owner, session: session.id, source: Label("strategy")!, strategy: Label("every-29")!, symbol: tick.symbol,
                            kind: .rise, issuedAt: now, validUntil: now.adding(milliseconds: 5_000), tickAt: tick.time))))
        }
    }

    // MARK: What only a person can do

    /// A person looks at the broker's site and says which contract it was.
    func resolveDoubts() {
        guard let process else { return }
        for account in process.turn.engine.state.accounts.elements {
            for buy in account.unresolved {
                switch buy.state {
                case .ambiguous(let candidates):
                    let right = candidates.first { broker.books.contract($0.id)?.tag == buy.intent.id.text && !account.known.contains($0.id) }
                    ask(.resolveDoubt(buy.intent.id, owner: account.owner, contract: right?.id, by: World.person), .resolveDoubt)
                case .inDoubt(let doubt):
                    // Nothing was found and nothing proven, for long. Who sees a contract of it at the broker's waits for it to be found.
                    guard process.turn.engine.settings.isForPerson(doubt, of: buy.intent, at: ours()), !judge.isSold(buy.intent.id) else { continue }
                    ask(.resolveDoubt(buy.intent.id, owner: account.owner, contract: nil, by: World.person), .resolveDoubt)
                case .inFlight, .abandoned: continue
                }
            }
        }
    }

    /// In the calm: people look after what waits for them, then stop everything.
    func settleAffairs() throws(SimulationFailure) {
        resolveDoubts()
        guard let process else { return }
        for session in process.turn.engine.state.sessions.elements where session.phase != .stopping && !session.phase.hasEnded {
            // One that never started has nothing to stop: it is started by nobody any more.
            if session.phase == .idle { continue }
            ask(.stopSession(session.id, owner: session.owner, by: World.person), .stop(session.id))
        }
    }

    /// Everything has an end that is known.
    var isQuiet: Bool {
        guard let process, process.inbox.isEmpty, !process.isCommitting, broker.books.open.isEmpty else { return false }
        let state = process.turn.engine.state
        return state.accounts.elements.allSatisfy { $0.unresolved.isEmpty && ($0.isRemoved || $0.line == .up && !$0.isLookingUp) }
            && state.sessions.elements.allSatisfy { $0.open.isEmpty && ($0.phase.hasEnded || $0.phase == .idle) }
    }
}
