// Signals for one session in batches, as a busy loop takes them: refused ones, and ones that are bought and settled. The
// statement is walked as often as the engine asks for it, and after each turn the next deadline is asked for, as the loop
// does.

import TradingAudit
import TradingEngine
import TradingModel
import TradingTesting

struct DecisionScript {
    enum Kind: String, CaseIterable {
        case filtered = "refused by the filter"
        case limited = "refused by a limit"
        case counted = "strategy's, refused and counted"
        case traded = "intended"
    }

    /// What came out, so that nothing can be left out.
    struct Tally: Equatable, CustomStringConvertible {
        var decisions = 0, facts = 0, commands = 0, lookUps = 0, isLookUpAsked = false
        var digest: UInt64 = 0xcbf2_9ce4_8422_2325
        var description: String {
            "\(decisions) decisions, \(facts) facts, \(commands) commands, \(lookUps) look-ups, digest \(String(digest, radix: 16))"
        }
    }

    /// What it took, in nanoseconds of this thread.
    struct Cost {
        /// Turns that decide about signals.
        var decisions = 0
        /// Turns that take the broker's word.
        var rest = 0
        /// The auditor, where there is one.
        var audit = 0
    }

    struct Turn {
        var inputs: [Input]
        var at: Timestamp
        var decides = false
    }

    static let signalsPerTurn = 16
    /// Ids are remembered for a minute: so many signals are known when one more comes.
    static let turnsPerSecond = 20
    private static let balance: Int64 = 1_000_000_000
    let kind: Kind
    private var turn: LoopTurn
    private var auditor: Auditor?, ownerSequence: Int64 = 0
    /// What the auditor found: nothing, or the script is wrong.
    private(set) var findings: [Finding] = []

    init(_ kind: Kind) {
        self.kind = kind
        let script = EngineScript.trading(balance: DecisionScript.balance) { plan in
            plan.criteria.sources = [Label("api")!]
            plan.limits = RiskLimits(
                tradesPerDay: 1_000_000, lossPerDay: .usd(900_000_000), greatestStake: kind == .limited ? .usd(999) : .usd(2_500),
                riskPerTradeBasisPoints: 100, drawdownBasisPoints: 9_000, lossesInARow: 1_000_000)
        }
        turn = script.turn
    }

    /// From here on the auditor looks at every turn, as after each commit in production.
    mutating func watch() {
        // The script's facts so far are one owner's.
        ownerSequence = turn.nextSequence - 1
        auditor = Auditor(takingOver: turn.engine.state, settings: turn.engine.settings)
        auditor!.goOn(from: turn.nextSequence, owners: [EngineScript.owner: ownerSequence], newestAt: turn.engine.state.at)
    }

    /// Made before the clock starts: what arrives is the edge's work, not the engine's.
    func inputs(turns: Int) -> [Turn] {
        var all: [Turn] = []
        for round in 0..<turns {
            let numbers = (1...DecisionScript.signalsPerTurn).map { round * DecisionScript.signalsPerTurn + $0 }
            let seconds = Int64(round / DecisionScript.turnsPerSecond)
            let at = EngineScript.start.adding(seconds: seconds)
            all.append(Turn(inputs: numbers.map { signal($0, at: seconds) }, at: at, decides: true))
            if kind == .traded {
                let balance = DecisionScript.balance
                let bought = numbers.map { EngineScript.bought(UInt64($0), Int64($0), balance: balance, at: seconds) }
                let sold = numbers.map { EngineScript.sold(Int64($0), for: $0 % 2 == 0 ? 1_950 : 0, balance: balance, at: seconds) }
                all += [bought, sold].map { events in Turn(inputs: events.map { Input($0) }, at: at) }
            }
        }
        return all
    }

    /// Each in a batch differs in kind or duration: none waits for another's answer.
    private func signal(_ number: Int, at seconds: Int64) -> Input {
        let place = number % DecisionScript.signalsPerTurn
        let isElsewhere = kind == .filtered || kind == .counted
        let signal = EngineScript.signal(
            UInt64(number), at: seconds, kind: ContractKind.allCases[place % 4], source: isElsewhere ? "elsewhere" : "api",
            strategy: kind == .counted ? "crossover" : nil, duration: .ticks(Int64(1 + place / 4)), session: kind == .counted ? EngineScript.sessionID : nil)
        return kind == .counted ? Input(.strategySignal(signal)) : Input(.signal(signal), request: RequestID(rawValue: UInt64(number)))
    }

    mutating func run(_ turns: [Turn]) -> (Tally, Cost) {
        var tally = Tally(), cost = Cost()
        for next in turns {
            let took = take(next, &tally, &cost)
            if next.decides { cost.decisions += took } else { cost.rest += took }
            guard tally.isLookUpAsked else { continue }
            tally.isLookUpAsked = false
            let newest = turn.engine.state.accounts[EngineScript.accountID].newestTransaction ?? TransactionID(rawValue: 1)
            let findings = Findings.quiet(balance: .usd(DecisionScript.balance), at: next.at, newest: newest.rawValue)
            cost.rest += take(Turn(inputs: [Input(.broker(EngineScript.accountID, .lookedUp(findings)))], at: next.at), &tally, &cost)
        }
        return (tally, cost)
    }

    /// Nanoseconds from the first input to the last command.
    private mutating func take(_ next: Turn, _ tally: inout Tally, _ cost: inout Cost) -> Int {
        let began = Stopwatch.threadTime()
        let facts = turn.begin(next.inputs[...], at: next.at)
        let outcome = turn.committed(facts.isEmpty ? nil : JournalReceipt(first: turn.nextSequence, count: facts.count))
        let deadline = turn.engine.nextDeadline
        let took = Stopwatch.threadTime() - began
        if auditor != nil { cost.audit += audit(facts) }
        tally.add(facts, outcome, deadline)
        if kind == .counted, next.decides { tally.decisions += next.inputs.count }
        return took
    }
}

extension DecisionScript {
    private mutating func audit(_ facts: [Fact]) -> Int {
        let first = turn.nextSequence - Int64(facts.count), began = Stopwatch.threadTime()
        for (index, fact) in facts.enumerated() {
            ownerSequence += 1
            auditor!.take(fact, sequence: first + Int64(index), ownerSequence: ownerSequence)
        }
        findings += auditor!.compare(with: turn.engine.state)
        return Stopwatch.threadTime() - began
    }
}

extension DecisionScript.Tally {
    /// Facts in their order, by what each says of whom (FNV-1a), and what followed.
    mutating func add(_ new: [Fact], _ outcome: LoopTurn.Outcome, _ deadline: Timestamp?) {
        facts += new.count
        for fact in new {
            switch fact.event {
            case .signalAccepted(let signal): mix(1 ^ signal.id.high)
            case .signalRefused(let signal, let refusal, _): mix(2 ^ signal.high ^ UInt64(bitPattern: refusal.compared?.value ?? 0))
            case .buyIntended(let intent): mix(3 ^ intent.id.signal.high ^ UInt64(bitPattern: intent.stake.amount.minorUnits))
            case .buyConfirmed(let intent, _, _): mix(4 ^ intent.signal.high)
            case .settled(let intent, let settlement, _): mix(5 ^ intent.signal.high ^ UInt64(bitPattern: settlement.payout.minorUnits))
            case .refusalsCounted(_, _, let count): mix(7 ^ UInt64(bitPattern: count))
            default: mix(6)
            }
        }
        commands += outcome.commands.count
        for case .lookUp in outcome.commands { lookUps += 1; isLookUpAsked = true }
        for answer in outcome.answers { if case .signal(let made) = answer.outcome { decisions += made.count } }
        mix(UInt64(bitPattern: deadline?.milliseconds ?? 0))
    }

    private mutating func mix(_ word: UInt64) { digest = (digest ^ word) &* 0x100_0000_01b3 }
}
