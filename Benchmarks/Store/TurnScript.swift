// Turns such as a trading session makes, decided by the real engine and ready to be committed.

import TradingEngine
import TradingModel
import TradingPorts
import TradingTesting

struct TurnScript {
    enum Kind: String {
        case accepted = "2 facts (accepted, intended)"
        case boughtAndAccepted = "3 facts (bought, accepted, intended)"
        case bought = "1 fact (bought)"
        case settled = "1 fact (settled)"
        /// Such as a look-up that was due.
        case other

        static let measured = [accepted, boughtAndAccepted, bought, settled]
    }

    struct Turn {
        let kind: Kind
        let facts: [Fact]
        let entries: [JournalEntry]
        let state: EngineState
    }

    private var script = EngineScript.trading(balance: 1_000_000_000)
    private var known = 0
    private var number: UInt64 = 0, seconds: Int64 = 0
    private var opening: [Turn] = []

    /// Facts so far, as many as the journal must hold.
    var facts: Int64 { Int64(script.journal.count) }

    init() { opening = [take(.other)] }

    /// The turns of two round trips, of which the second signal comes in the turn of the first purchase.
    mutating func round() -> [Turn] {
        let first = number + 1, second = number + 2, balance: Int64 = 1_000_000_000 - Int64(number % 1_000)
        number += 2
        var turns = opening
        opening = []
        turns.append(turn(.accepted, .signal(EngineScript.signal(first, at: seconds + 1))))
        turns.append(
            turn(
                .boughtAndAccepted, EngineScript.bought(first, Int64(first), balance: balance, at: seconds + 1),
                .signal(EngineScript.signal(second, at: seconds + 1))))
        turns.append(turn(.bought, EngineScript.bought(second, Int64(second), balance: balance, at: seconds + 1)))
        turns.append(turn(.settled, EngineScript.sold(Int64(first), for: 1_950, balance: balance, at: seconds + 1)))
        turns.append(turn(.settled, EngineScript.sold(Int64(second), for: 0, balance: balance, at: seconds + 1)))
        return turns.filter { !$0.facts.isEmpty }
    }

    private mutating func turn(_ kind: Kind, _ events: Input.Event...) -> Turn {
        seconds += 1
        _ = script.at(EngineScript.start.adding(seconds: seconds), events)
        return take(kind)
    }

    private mutating func take(_ kind: Kind) -> Turn {
        let facts = Array(script.journal[known...])
        let entries = facts.enumerated().map { index, fact in
            JournalEntry(sequence: Int64(known + index + 1), ownerSequence: Int64(known + index + 1), fact: fact)
        }
        known = script.journal.count
        let count =
            switch kind {
            case .accepted: 2
            case .boughtAndAccepted: 3
            case .bought, .settled, .other: 1
            }
        return Turn(kind: facts.count == count ? kind : .other, facts: facts, entries: entries, state: script.engine.state)
    }
}
