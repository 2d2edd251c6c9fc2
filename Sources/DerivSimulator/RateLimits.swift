import TradingModel

/// How many calls a user may make, by the groups that `website_status` publishes. Times are the broker's, so with
/// `--speed 10` a minute of it lasts six seconds.
public struct RateLimits: Hashable, Sendable {
    public enum Group: Int, Hashable, Sendable, CaseIterable {
        /// All calls that are in no other group.
        case general
        /// `portfolio`, `statement` and `proposal`.
        case outcome
        /// `proposal` and `proposal_open_contract`.
        case pricing
    }
    public struct Rate: Hashable, Sendable {
        public let minutely: Int
        public let hourly: Int
        public init(minutely: Int, hourly: Int) { (self.minutely, self.hourly) = (minutely, hourly) }
    }
    public var general: Rate
    public var outcome: Rate
    public var pricing: Rate
    /// Streams of `proposal` one connection may have at a time.
    public var proposalStreams: Int

    /// What the broker published in 2020.
    public static let published = RateLimits(
        general: Rate(minutely: 180, hourly: 14_400), outcome: Rate(minutely: 25, hourly: 1_500), pricing: Rate(minutely: 80, hourly: 3_600),
        proposalStreams: 5)
    /// So high that nobody meets them.
    public static let none = RateLimits(
        general: Rate(minutely: 1_000_000_000, hourly: 1_000_000_000), outcome: Rate(minutely: 1_000_000_000, hourly: 1_000_000_000),
        pricing: Rate(minutely: 1_000_000_000, hourly: 1_000_000_000), proposalStreams: 100)

    public subscript(group: Group) -> Rate {
        switch group {
        case .general: general
        case .outcome: outcome
        case .pricing: pricing
        }
    }
}

/// What one user has called in the minute and the hour that run. Whether the broker counts by calendar minutes, as this
/// does, or by a sliding one is not known.
struct RateMeter {
    private struct Count { var minute: Int64 = -1, calls = 0, hour: Int64 = -1, callsOfHour = 0 }
    private var counts = [Count](repeating: Count(), count: RateLimits.Group.allCases.count)
    private(set) var lastHour: Int64 = -1

    /// Counts a call, or returns the group whose limit it would pass; such a call is not counted.
    mutating func count(_ groups: [RateLimits.Group], limits: RateLimits, at now: Timestamp) -> RateLimits.Group? {
        let minute = now.seconds / 60, hour = now.seconds / 3_600
        for group in groups {
            let count = counts[group.rawValue], rate = limits[group]
            if (count.minute == minute && count.calls >= rate.minutely) || (count.hour == hour && count.callsOfHour >= rate.hourly) { return group }
        }
        for index in groups.map(\.rawValue) {
            if counts[index].minute != minute { (counts[index].minute, counts[index].calls) = (minute, 0) }
            if counts[index].hour != hour { (counts[index].hour, counts[index].callsOfHour) = (hour, 0) }
            counts[index].calls += 1
            counts[index].callsOfHour += 1
        }
        lastHour = hour
        return nil
    }
}

/// The meters of all users.
struct RateMeters {
    private var byUser: [Label: RateMeter] = [:]
    /// Users remembered at most; past this those of earlier hours are forgotten, and then all.
    private static let most = 10_000

    mutating func count(_ user: Label, _ groups: [RateLimits.Group], limits: RateLimits, at now: Timestamp) -> RateLimits.Group? {
        if byUser.count >= RateMeters.most, byUser[user] == nil {
            byUser = byUser.filter { $0.value.lastHour == now.seconds / 3_600 }
            if byUser.count >= RateMeters.most { byUser = [:] }
        }
        return byUser[user, default: RateMeter()].count(groups, limits: limits, at: now)
    }
}
