import Synchronization
import TradingModel
import TradingPorts

/// Tries that were refused, on their way to the audit log: the first of an account and an address at once, those within the next minute as one
/// entry with their number, so that nobody can fill the log by trying.
final class RefusedTryBook: Sendable {
    private struct Place: Hashable { let action: String, person: OwnerID?, address: String }
    private struct Window { var since: Timestamp, count: Int }
    private let windows = Mutex<[Place: Window]>([:])
    private let most: Int

    /// - Parameter most: accounts and addresses of one minute that have entries of their own; all others share one.
    init(most: Int = 100) { self.most = most }

    /// What is to be entered now.
    func refused(_ action: String, _ person: OwnerID?, from address: String, at now: Timestamp) -> [RefusedTries] {
        windows.withLock { windows in
            var due = RefusedTryBook.takeDue(&windows, at: now)
            var place = Place(action: action, person: person, address: address)
            if windows.count >= most, windows[place] == nil { place = Place(action: action, person: nil, address: "many addresses") }
            if windows[place] == nil {
                windows[place] = Window(since: now, count: 0)
                due.append(RefusedTries(action: action, person: place.person, address: place.address, count: 1))
            } else {
                windows[place]?.count += 1
            }
            return due
        }
    }

    /// What was counted in minutes that have passed, or in all.
    func due(at now: Timestamp) -> [RefusedTries] { windows.withLock { RefusedTryBook.takeDue(&$0, at: now) } }

    /// A window in which more came goes on as a new one: one entry a minute.
    private static func takeDue(_ windows: inout [Place: Window], at now: Timestamp) -> [RefusedTries] {
        let passed = windows.filter { abs(now.milliseconds(since: $0.value.since)) >= 60_000 }
        var due: [RefusedTries] = []
        for (place, window) in passed.sorted(by: { $0.value.since < $1.value.since }) {
            if window.count == 0 {
                windows.removeValue(forKey: place)
            } else {
                windows[place] = Window(since: now, count: 0)
                due.append(RefusedTries(action: place.action, person: place.person, address: place.address, count: window.count))
            }
        }
        return due
    }
}
