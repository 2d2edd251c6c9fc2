// Folds over settled trades that go on where they stopped: with a million trades behind it a question costs what has
// been settled since it was asked last.

import Synchronization
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

/// What folds came to up to a moment some minutes ago. Trades after it are folded anew each time, because they need not
/// come in the order of their settlements; when one turns up from before it, the fold begins from the start.
final class SettledFolds: Sendable {
    fileprivate struct Entry: Sendable {
        let owner: OwnerID
        let name: String
        /// The owner's newest fact when the trades were read.
        var position: Int64
        /// Every trade settled before this is in the state.
        var boundary: Timestamp
        var state: any Sendable
    }
    /// The longest unused first.
    private let entries = Mutex<[Entry]>([])
    static let most = 32
    /// How long after its end a settlement usually is on record, in broker milliseconds.
    static let usualDelay: Int64 = 120_000
    /// Facts that are looked through for a late settlement; after more of them, beginning anew costs no more.
    static let factsMost: Int64 = 20_000

    fileprivate func entry(_ owner: OwnerID, _ name: String) -> Entry? {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.owner == owner && $0.name == name }) else { return nil }
            let entry = entries.remove(at: index)
            entries.append(entry)
            return entry
        }
    }

    fileprivate func keep(_ entry: Entry) {
        entries.withLock { entries in
            entries.removeAll { $0.owner == entry.owner && $0.name == entry.name }
            if entries.count >= SettledFolds.most { entries.removeFirst() }
            entries.append(entry)
        }
    }
}

extension Call {
    private struct Fold<State: Sendable>: Sendable { var settled: State, rest: State? }

    /// The fold of the owner's settled trades in the order of their settlements. The same `name` is the same fold: same
    /// filter, same start, same `add`.
    func folded<State: Sendable>(
        _ name: String, _ filter: SettledFilter, from start: State, _ add: @escaping @Sendable (inout State, SettledTrade) throws -> Void
    ) async throws -> State {
        let position = try await reads.newestFact(owner)
        // Read before the trades: what is settled in between is at worst taken for late next time.
        var boundary = max(Timestamp(milliseconds: 0), desk.clock.now().adding(milliseconds: -SettledFolds.usualDelay)), filter = filter, state = start
        if let entry = folds.entry(owner, name), let kept = entry.state as? State, try await isWhole(entry, at: position) {
            (state, boundary) = (kept, max(boundary, entry.boundary))
            filter.from = max(filter.from ?? entry.boundary, entry.boundary)
        }
        let end = boundary
        let fold = try await reads.settled(owner, filter, into: Fold(settled: state, rest: nil)) { fold, trade in
            // In place: a state may be large.
            if fold.rest == nil, trade.settledAt < end { return try add(&fold.settled, trade) }
            if fold.rest == nil { fold.rest = fold.settled }
            try add(&fold.rest!, trade)
        }
        folds.keep(SettledFolds.Entry(owner: owner, name: name, position: position, boundary: boundary, state: fold.settled))
        return fold.rest ?? fold.settled
    }

    /// Has nothing been put on record since that the kept state would lack?
    private func isWhole(_ entry: SettledFolds.Entry, at position: Int64) async throws -> Bool {
        guard position - entry.position <= SettledFolds.factsMost else { return false }
        var after = entry.position
        while after < position {
            let facts = try await reads.facts(owner, after: after, limit: 1_000)
            guard let last = facts.last else { break }
            for fact in facts {
                switch fact.fact.event {
                case .settled(_, let settlement, _), .settlementCorrected(_, let settlement, _, _): if settlement.settledAt < entry.boundary { return false }
                default: break
                }
            }
            after = last.ownerSequence
        }
        return true
    }
}
