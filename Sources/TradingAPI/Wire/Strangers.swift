// Who is not known yet: what costs a look into the store is counted by address before the look.

import Crypto
import Synchronization
import TradingModel

/// Names that were met lately. It holds so many; past that those whose time is over are forgotten, and when none is, all are.
final class Lately: Sendable {
    private let names = Mutex<[[UInt8]: Timestamp]>([:])
    private let most: Int
    private let seconds: Int64

    init(most: Int, seconds: Int64) { (self.most, self.seconds) = (most, seconds) }

    func holds(_ name: [UInt8], at now: Timestamp) -> Bool {
        names.withLock { names in names[name].map { abs(now.milliseconds(since: $0)) < seconds * 1_000 } ?? false }
    }

    func note(_ name: [UInt8], at now: Timestamp) {
        names.withLock { names in
            if names.count >= most, names[name] == nil {
                names = names.filter { abs(now.milliseconds(since: $0.value)) < seconds * 1_000 }
                if names.count >= most { names = [:] }
            }
            names[name] = now
        }
    }
}

/// Looks up what somebody shows. What let somebody in lately is looked up at once; anything else takes one of the tries that its address has
/// a minute, and gets it back when it is right. So nobody who is not known makes the store work more than that, and whoever is known is not
/// held up by others at the same address.
final class Strangers: Sendable {
    private let rates: Rates
    private let perMinute: Int32
    /// What let somebody in, for a day.
    private let known = Lately(most: 10_000, seconds: 86_400)
    /// What is no key and no cookie, for half a minute: the store is not asked again meanwhile.
    private let unknown = Lately(most: 10_000, seconds: 30)

    init(_ rates: Rates, perMinute: Int) { (self.rates, self.perMinute) = (rates, Int32(perMinute)) }

    /// What is shown, as it is remembered: nothing of it can be read back.
    static func name(_ kind: String, _ text: some StringProtocol) -> [UInt8] { Array(SHA256.hash(data: Array("\(kind) \(text)".utf8))) }

    /// Counts a request of an address that nobody is known by.
    func count(_ household: String, at now: Timestamp) throws(Problem) {
        if let seconds = rates.take("unknown \(household)", perMinute: perMinute, at: now) { throw Problem.wait(seconds) }
    }

    /// What `look` finds for a credential, nil when that is nothing.
    /// - Parameter stays: once it is unknown it stays so, and is not looked up again for a while.
    func find<Found>(_ name: [UInt8], of household: String, at now: Timestamp, stays: Bool, _ look: () async throws -> Found?) async throws -> Found? {
        if known.holds(name, at: now), let found = try await look() { return found }
        try count(household, at: now)
        if stays, unknown.holds(name, at: now) { return nil }
        guard let found = try await look() else {
            if stays { unknown.note(name, at: now) }
            return nil
        }
        rates.giveBack("unknown \(household)", perMinute: perMinute)
        known.note(name, at: now)
        return found
    }
}
