// How many streams are open: each costs memory for as long as its client likes.

import Synchronization

final class StreamCount: Sendable {
    private let count = Mutex(0)

    var open: Int { count.withLock { $0 } }

    func take(most: Int) -> Bool {
        count.withLock { count in
            guard count < most else { return false }
            count += 1
            return true
        }
    }

    func giveBack() { count.withLock { $0 -= 1 } }
}
