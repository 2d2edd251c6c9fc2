import Synchronization
import TradingModel

/// How often somebody may try to log in: so many times a minute from one address, and for one account only after a pause that grows
/// with each failure to ten times an hour. Nobody is locked out for good, for then anybody could lock anybody out.
///
/// Both tables have a limit; when one is full, whoever was seen longest ago is forgotten.
final class LogInLimits: Sendable {
    private struct Address { var level: Int64, at: Timestamp }
    private struct Account { var failures: Int, at: Timestamp }
    private let addresses = Mutex<[String: Address]>([:])
    private let accounts = Mutex<[String: Account]>([:])
    private let perMinute: Int64
    private let most: Int

    init(perMinute: Int, most: Int = 10_000) { (self.perMinute, self.most) = (Int64(perMinute), most) }

    /// Seconds until the address may try again, or nil when this try counts.
    func take(address: String, at now: Timestamp) -> Int64? {
        addresses.withLock { addresses in
            if addresses.count >= most, addresses[address] == nil { LogInLimits.forget(&addresses, \.at) }
            let full = perMinute * 60_000, before = addresses[address] ?? Address(level: full, at: now)
            let passed = min(60_000, max(0, now.milliseconds(since: before.at)))
            var bucket = Address(level: min(full, before.level + passed * perMinute), at: now)
            defer { addresses[address] = bucket }
            guard bucket.level >= 60_000 else { return (60_000 - bucket.level) / (perMinute * 1_000) + 1 }
            bucket.level -= 60_000
            return nil
        }
    }

    /// Seconds that the account still rests, or nil.
    func wait(account: String, at now: Timestamp) -> Int64? {
        accounts.withLock { accounts in
            guard let account = accounts[account] else { return nil }
            let rest = LogInLimits.pause(after: account.failures) * 1_000 - now.milliseconds(since: account.at)
            return rest > 0 ? (rest + 999) / 1_000 : nil
        }
    }

    func failed(account: String, at now: Timestamp) {
        accounts.withLock { accounts in
            if accounts.count >= most, accounts[account] == nil { LogInLimits.forget(&accounts, \.at) }
            let before = accounts[account]
            // After a day all is forgotten.
            let failures = before.map { now.milliseconds(since: $0.at) < 86_400_000 ? $0.failures : 0 } ?? 0
            accounts[account] = Account(failures: failures + 1, at: now)
        }
    }

    func succeeded(account: String) { accounts.withLock { _ = $0.removeValue(forKey: account) } }

    /// 0, 0, 1, 2, 4, 8 … 360 seconds: ten times an hour in the end.
    static func pause(after failures: Int) -> Int64 { failures < 3 ? 0 : failures > 11 ? 360 : min(360, 1 << Int64(failures - 3)) }

    private static func forget<Entry>(_ table: inout [String: Entry], _ at: KeyPath<Entry, Timestamp>) {
        guard let oldest = table.min(by: { $0.value[keyPath: at] < $1.value[keyPath: at] }) else { return }
        table.removeValue(forKey: oldest.key)
    }
}
