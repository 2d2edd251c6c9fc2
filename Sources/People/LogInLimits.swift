import Synchronization
import TradingModel

/// How often somebody may try to log in.
///
/// From one address so many times a minute, whomever it tries. For one account from one network only after a pause that grows with each failure
/// to six minutes. For one account from all networks together that it never came from, ten times at once and then ten times an hour: that is
/// what many addresses together come to, and it never holds up whoever comes from where that person has been before. Nobody is locked out
/// for good, for then anybody could lock anybody out.
///
/// A turn is taken in one step, and counts as a failure until it is said to have been none: of two who try at once, both are counted. Each
/// table has a limit; when one is full, whoever was seen longest ago is forgotten.
final class LogInLimits: Sendable {
    /// Where tries for one account come from.
    struct Lane: Sendable, Hashable {
        let account: String
        let network: String
        /// Who is in already and types the password again: those outside cannot get in the way.
        static func inside(_ account: String) -> Lane { Lane(account: account, network: "inside") }
    }

    private struct Bucket { var level: Int64, at: Timestamp }
    private struct Failures { var count: Int, at: Timestamp }
    private struct Accounts {
        var lanes: [Lane: Failures] = [:]
        /// Of those who come from networks that the account never came from.
        var strangers: [String: Bucket] = [:]
    }
    private let addresses = Mutex<[String: Bucket]>([:])
    private let accounts = Mutex(Accounts())
    private let perMinute: Int64
    private let most: Int

    /// Tries of strangers at once, and the seconds after which there is one more.
    static let strangersMost: Int64 = 10, strangerSeconds: Int64 = 360

    init(perMinute: Int, most: Int = 10_000) { (self.perMinute, self.most) = (Int64(perMinute), most) }

    /// Seconds until the address may try again, or nil when this try counts.
    func take(address: String, at now: Timestamp) -> Int64? {
        addresses.withLock { addresses in
            if addresses.count >= most, addresses[address] == nil { LogInLimits.forget(&addresses, \.at) }
            let full = perMinute * 60_000, before = addresses[address] ?? Bucket(level: full, at: now)
            let passed = min(60_000, max(0, now.milliseconds(since: before.at)))
            var bucket = Bucket(level: min(full, before.level + passed * perMinute), at: now)
            defer { addresses[address] = bucket }
            guard bucket.level >= 60_000 else { return (60_000 - bucket.level) / (perMinute * 1_000) + 1 }
            bucket.level -= 60_000
            return nil
        }
    }

    /// Takes a turn. Gives the seconds until there is one, or nil: then it is the caller's, and counts as a failure until `succeeded` or
    /// `giveBack`.
    /// - Parameter isKnown: the account came from there before.
    func turn(_ lane: Lane, isKnown: Bool, at now: Timestamp) -> Int64? {
        accounts.withLock { accounts in
            var failures = accounts.lanes[lane] ?? Failures(count: 0, at: now)
            // After a day all is forgotten.
            if now.milliseconds(since: failures.at) >= 86_400_000 { failures.count = 0 }
            var wait = LogInLimits.pause(after: failures.count) * 1_000 - max(0, now.milliseconds(since: failures.at))
            let full = LogInLimits.strangersMost * LogInLimits.strangerSeconds * 1_000, one = LogInLimits.strangerSeconds * 1_000
            var strangers = accounts.strangers[lane.account] ?? Bucket(level: full, at: now)
            strangers = Bucket(level: min(full, strangers.level + max(0, now.milliseconds(since: strangers.at))), at: now)
            if !isKnown { wait = max(wait, one - strangers.level) }
            if wait > 0 { return (wait + 999) / 1_000 }
            if !isKnown {
                if accounts.strangers.count >= most, accounts.strangers[lane.account] == nil { LogInLimits.forget(&accounts.strangers, \.at) }
                strangers.level -= one
                accounts.strangers[lane.account] = strangers
            }
            if accounts.lanes.count >= most, accounts.lanes[lane] == nil { LogInLimits.forget(&accounts.lanes, \.at) }
            accounts.lanes[lane] = Failures(count: failures.count + 1, at: now)
            return nil
        }
    }

    /// The turn came to nothing, neither right nor wrong.
    func giveBack(_ lane: Lane, isKnown: Bool) {
        accounts.withLock { accounts in
            if let count = accounts.lanes[lane]?.count { accounts.lanes[lane]?.count = max(0, count - 1) }
            if !isKnown { LogInLimits.refill(&accounts.strangers[lane.account]) }
        }
    }

    func succeeded(_ lane: Lane, isKnown: Bool) {
        accounts.withLock { accounts in
            accounts.lanes.removeValue(forKey: lane)
            if !isKnown { LogInLimits.refill(&accounts.strangers[lane.account]) }
        }
    }

    var count: (lanes: Int, strangers: Int) { accounts.withLock { ($0.lanes.count, $0.strangers.count) } }

    /// Another password was set: what was tried before counts no more.
    func forget(account: String) {
        accounts.withLock { accounts in
            accounts.lanes = accounts.lanes.filter { $0.key.account != account }
            accounts.strangers.removeValue(forKey: account)
        }
    }

    /// 0, 0, 1, 2, 4, 8 … 360 seconds.
    static func pause(after failures: Int) -> Int64 { failures < 3 ? 0 : failures > 11 ? 360 : min(360, 1 << Int64(failures - 3)) }

    private static func refill(_ bucket: inout Bucket?) {
        guard let level = bucket?.level else { return }
        bucket?.level = min(strangersMost * strangerSeconds * 1_000, level + strangerSeconds * 1_000)
    }

    private static func forget<Key, Entry>(_ table: inout [Key: Entry], _ at: KeyPath<Entry, Timestamp>) {
        guard let oldest = table.min(by: { $0.value[keyPath: at] < $1.value[keyPath: at] }) else { return }
        table.removeValue(forKey: oldest.key)
    }
}
