// Signals for one session in batches, as a busy loop takes them: refused ones, and ones that are bought and settled.

import TradingEngine
import TradingModel
import TradingTesting

struct DecisionScript {
    enum Kind: String, CaseIterable {
        case filtered = "refused by the filter"
        case limited = "refused by a limit"
        case traded = "intended, bought and settled"
    }

    /// What came out, so that nothing can be left out.
    struct Tally: Equatable, CustomStringConvertible {
        var decisions = 0, facts = 0, commands = 0
        var digest: UInt64 = 0xcbf2_9ce4_8422_2325
        var description: String { "\(decisions) decisions, \(facts) facts, \(commands) commands, digest \(String(digest, radix: 16))" }
    }

    struct Turn {
        var inputs: [Input]
        var at: Timestamp
    }

    static let signalsPerTurn = 16
    let kind: Kind
    private var turn: LoopTurn

    init(_ kind: Kind) {
        self.kind = kind
        let script = EngineScript.trading(balance: 1_000_000_000) { plan in
            plan.criteria.sources = [Label("api")!]
            plan.limits = RiskLimits(
                tradesPerDay: 1_000_000, lossPerDay: .usd(900_000_000), greatestStake: kind == .limited ? .usd(999) : .usd(2_500),
                riskPerTradeBasisPoints: 100, drawdownBasisPoints: 9_000, lossesInARow: 1_000_000)
        }
        turn = script.turn
    }

    /// Made before the clock starts: what arrives is the edge's work, not the engine's.
    func inputs(turns: Int) -> [Turn] {
        var all: [Turn] = []
        for round in 0..<turns {
            let numbers = (1...DecisionScript.signalsPerTurn).map { round * DecisionScript.signalsPerTurn + $0 }
            let seconds = Int64(round / 50)
            let at = EngineScript.start.adding(seconds: seconds)
            all.append(Turn(inputs: numbers.map { signal($0, at: seconds) }, at: at))
            if kind == .traded {
                let bought = numbers.map { EngineScript.bought(UInt64($0), Int64($0), balance: 1_000_000_000, at: seconds) }
                let sold = numbers.map { EngineScript.sold(Int64($0), for: $0 % 2 == 0 ? 1_950 : 0, balance: 1_000_000_000, at: seconds) }
                all += [bought, sold].map { events in Turn(inputs: events.map { Input($0) }, at: at) }
            }
        }
        return all
    }

    /// Each in a batch differs in kind or duration: none waits for another's answer.
    private func signal(_ number: Int, at seconds: Int64) -> Input {
        let place = number % DecisionScript.signalsPerTurn
        let signal = EngineScript.signal(
            UInt64(number), at: seconds, kind: ContractKind.allCases[place % 4],
            source: kind == .filtered ? "elsewhere" : "api", duration: .ticks(Int64(1 + place / 4)))
        return Input(.signal(signal), request: RequestID(rawValue: UInt64(number)))
    }

    mutating func run(_ turns: [Turn]) -> Tally {
        var tally = Tally()
        for next in turns {
            let facts = turn.begin(next.inputs[...], at: next.at)
            tally.add(facts)
            let outcome = turn.committed(facts.isEmpty ? nil : JournalReceipt(first: turn.nextSequence, count: facts.count))
            tally.commands += outcome.commands.count
            for answer in outcome.answers { if case .signal(let decisions) = answer.outcome { tally.decisions += decisions.count } }
        }
        return tally
    }
}

extension DecisionScript.Tally {
    /// Facts in their order, by what each says of whom (FNV-1a).
    mutating func add(_ new: [Fact]) {
        facts += new.count
        for fact in new {
            switch fact.event {
            case .signalAccepted(let signal): mix(1 ^ signal.id.high)
            case .signalRefused(let signal, let refusal, _): mix(2 ^ signal.high ^ UInt64(bitPattern: refusal.compared?.value ?? 0))
            case .buyIntended(let intent): mix(3 ^ intent.id.signal.high ^ UInt64(bitPattern: intent.stake.amount.minorUnits))
            case .buyConfirmed(let intent, _, _): mix(4 ^ intent.signal.high)
            case .settled(let intent, let settlement, _): mix(5 ^ intent.signal.high ^ UInt64(bitPattern: settlement.payout.minorUnits))
            default: mix(6)
            }
        }
    }

    private mutating func mix(_ word: UInt64) { digest = (digest ^ word) &* 0x100_0000_01b3 }
}
