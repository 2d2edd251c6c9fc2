import TradingEngine
import TradingModel

/// What the broker publishes that it takes of a user, in the simulation's own words: calls in any minute and any hour.
enum PublishedGroup: Int, CaseIterable {
    case general, outcome, pricing

    var minutely: Int {
        switch self {
        case .general: 180
        case .outcome: 25
        case .pricing: 80
        }
    }
    var hourly: Int {
        switch self {
        case .general: 14_400
        case .outcome: 1_500
        case .pricing: 3_600
        }
    }

    /// A quote counts in two.
    static func groups(of bytes: [UInt8]) -> [PublishedGroup] {
        func asks(_ call: StaticString) -> Bool { bytes.starts(with: Array("{\"\(call)\"".utf8)) }
        if asks("statement") || asks("portfolio") { return [.outcome] }
        if asks("proposal") { return [.outcome, .pricing] }
        if asks("proposal_open_contract") { return [.pricing] }
        return [.general]
    }
}

/// Requests and connections of one account by one process, as they leave it: how soon a new process follows is its supervisor's to say.
struct RequestRates {
    /// Moments of the last hour in their order, forgotten from the front.
    private struct Moments {
        private var all: [Int64] = [], hour = 0, minute = 0
        mutating func add(_ now: Int64) {
            all.append(now)
            while all[hour] <= now - 3_600_000 { hour += 1 }
            minute = max(minute, hour)
            while all[minute] <= now - 60_000 { minute += 1 }
            guard hour > 4_096 else { return }
            all.removeFirst(hour)
            (minute, hour) = (minute - hour, 0)
        }
        var ofMinute: Int { all.count - minute }
        var ofHour: Int { all.count - hour }
    }

    private struct OfAccount {
        var life = 0
        var calls = [Moments](repeating: Moments(), count: PublishedGroup.allCases.count)
        var connects: [Int64] = []
    }
    private var accounts: [OfAccount]
    /// When the process set its clock forward, and by how much: its minutes are shorter than the broker's then.
    private var leaps: [(at: Int64, by: Int64)] = []

    init(accounts: Int) { self.accounts = Array(repeating: OfAccount(), count: accounts) }

    mutating func clockSet(by shift: Int64, at now: Int64) { if shift > 0 { leaps.append((now, shift)) } }

    /// I22: in no minute and in no hour more than the broker publishes.
    mutating func send(_ bytes: [UInt8], account: Int, life: Int, at now: Int64) throws(Violation) {
        if accounts[account].life != life { accounts[account] = OfAccount(life: life, connects: accounts[account].connects) }
        leaps.removeAll { $0.at <= now - 3_600_000 }
        for group in PublishedGroup.groups(of: bytes) {
            accounts[account].calls[group.rawValue].add(now)
            let calls = accounts[account].calls[group.rawValue]
            if calls.ofMinute > group.minutely, !hasLeapt(by: 3_000, since: now - 60_000) {
                throw Violation("I22", "\(calls.ofMinute) requests of the group \(group) in a minute, \(group.minutely) are published")
            }
            if calls.ofHour > group.hourly, !hasLeapt(by: 180_000, since: now - 3_600_000) {
                throw Violation("I22", "\(calls.ofHour) requests of the group \(group) in an hour, \(group.hourly) are published")
            }
        }
    }

    private func hasLeapt(by most: Int64, since: Int64) -> Bool { leaps.reduce(0) { $1.at > since ? $0 + $1.by : $0 } > most }

    mutating func connects(_ account: Int, at now: Int64) throws(Violation) {
        accounts[account].connects.removeAll { $0 <= now - 60_000 }
        accounts[account].connects.append(now)
        if accounts[account].connects.count > 60 { throw Violation("I22", "\(accounts[account].connects.count) connections in a minute") }
    }
}
