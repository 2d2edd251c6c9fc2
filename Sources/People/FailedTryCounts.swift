import Synchronization
import TradingModel
import TradingPorts

/// Tries at somebody's account that came to nothing, until they are written down for their person. Whoever tries waits for none of it: an
/// address that is nobody's answers as one that is somebody's, and takes as long.
final class FailedTryCounts: Sendable {
    private struct Place: Hashable { let person: OwnerID, kind: NoticeKind, network: String }
    private let counts = Mutex<[Place: FailedTries]>([:])
    private let most: Int

    /// - Parameter most: places with a count of their own; past it all networks of a person are one, and past twice as many nothing is
    ///   counted any more: the audit log has it all the same.
    init(most: Int = 1_000) { self.most = most }

    func count(_ kind: NoticeKind, of person: OwnerID, network: String, at now: Timestamp) {
        counts.withLock { counts in
            var place = Place(person: person, kind: kind, network: network)
            if counts.count >= most, counts[place] == nil { place = Place(person: person, kind: kind, network: Notice.manyNetworks) }
            if counts.count >= 2 * most, counts[place] == nil { return }
            var tries =
                counts[place] ?? FailedTries(person: person, kind: kind, network: place.network, count: 0, firstAt: now, lastAt: now)
            tries.count += 1
            tries.lastAt = max(tries.lastAt, now)
            counts[place] = tries
        }
    }

    /// What was counted, in the order in which it began; the count begins anew.
    func take() -> [FailedTries] {
        counts.withLock { counts in
            defer { counts = [:] }
            return counts.values.sorted {
                ($0.firstAt, $0.person.rawValue, $0.kind.rawValue, $0.network) < ($1.firstAt, $1.person.rawValue, $1.kind.rawValue, $1.network)
            }
        }
    }
}
