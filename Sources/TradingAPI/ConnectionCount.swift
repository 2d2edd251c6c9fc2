// How many connections one address holds open: nobody alone takes all that there are.

import NIOCore
import Synchronization

/// Counted are those who come from outside by themselves: neither this machine's own nor a declared proxy, behind which are many.
final class ConnectionCount: Sendable {
    struct TooMany: Error {}

    let most: Int
    private let proxies: [Network]
    private let open = Mutex<[String: Int]>([:])
    private static let own = ["127.0.0.1", "::1"].compactMap { NetworkAddress($0) }

    /// - Parameter most: of one address, of IPv6 one household; 0 is no bound.
    init(most: Int, proxies: [Network]) { (self.most, self.proxies) = (most, proxies) }

    /// Counts this connection until it is closed. False when it is one too many: it is not counted then.
    func take(_ channel: any Channel) -> Bool {
        guard most > 0, let address = channel.remoteAddress?.ipAddress.flatMap({ NetworkAddress($0) }), !ConnectionCount.own.contains(address),
            !proxies.contains(where: { $0.contains(address) })
        else { return true }
        let household = address.household
        let isTaken = open.withLock { open in
            guard open[household, default: 0] < most else { return false }
            open[household, default: 0] += 1
            return true
        }
        if isTaken { channel.closeFuture.whenComplete { _ in self.giveBack(household) } }
        return isTaken
    }

    private func giveBack(_ household: String) {
        open.withLock { open in
            let left = open[household, default: 1] - 1
            open[household] = left == 0 ? nil : left
        }
    }
}
