import TradingModel

/// What one account may ask of the broker: never more than the published limits in any minute and any hour, the best of
/// it kept for what matters most, and slower for a while when the broker says that it was too much all the same.
///
/// It belongs to the account and not to a connection, so that a line that comes and goes asks no more than one that stays.
struct RequestBudget: Sendable {
    /// What may use how much of a limit. Selling will stand between the first two.
    enum Priority: Int, Comparable, Sendable, CaseIterable {
        /// Buys, and what a connection needs to live.
        case buy
        /// What became of buys and contracts, and what is sold at all.
        case status
        /// What a contract would pay, and prices of the past.
        case quote
        static func < (a: Priority, b: Priority) -> Bool { a.rawValue < b.rawValue }

        /// Of a limit, in percent. The last tenth is nobody's: the way to the broker is not equally long for each request,
        /// and other programs of the user count, too.
        fileprivate var percent: Int {
            switch self {
            case .buy: 90
            case .status: 72
            case .quote: 54
            }
        }
    }

    private struct Group: Sendable {
        // Longer than a minute and an hour by a twentieth: ours are counted by a clock that may be set forward meanwhile.
        var minute = SlidingCount(slots: 63, ofSeconds: 1)
        var hour = SlidingCount(slots: 63, ofSeconds: 60)
        /// Times in a row that the broker said "too much"; 0 when all is well.
        var strikes = 0
        /// Until then nothing of this group is asked, and then one thing until its answer is there.
        var pausedUntil = Timestamp(milliseconds: 0)
        var isTrying = false
    }

    var limits: CallLimits
    private var groups = [Group](repeating: Group(), count: CallLimits.Group.allCases.count)
    private var random: SeededRandom

    static let shortestPause: Int64 = 1_000
    static let longestPause: Int64 = 64_000

    init(limits: CallLimits = .published, seed: UInt64) {
        self.limits = limits
        random = SeededRandom(seed: seed)
    }

    /// A process that ran just before this one may have asked already: a quarter of the first minute counts as spent.
    mutating func assumeSomeSpent(at now: Timestamp) {
        for group in CallLimits.Group.allCases { groups[group.rawValue].minute.add(Int32(clamping: min(limits[group].minutely, 1_000) / 4), at: now) }
    }

    /// Calls that a priority may have made in a minute or hour of so many.
    private static func share(_ limit: Int, _ priority: Priority) -> Int { max(1, limit / 100 * priority.percent + limit % 100 * priority.percent / 100) }

    /// Nil when `count` calls of these groups may leave now, else the moment when they may, as far as that is known: never
    /// for a group whose trial request is not answered.
    mutating func waits(_ wanted: [CallLimits.Group], _ priority: Priority, count: Int = 1, at now: Timestamp) -> Timestamp? {
        var until: Timestamp?
        func wait(_ moment: Timestamp) { until = max(until ?? moment, moment) }
        for group in wanted {
            let place = group.rawValue
            if groups[place].strikes > 0 {
                if groups[place].isTrying { return .distantFuture }
                if now < groups[place].pausedUntil { wait(groups[place].pausedUntil) }
            }
            groups[place].minute.turn(to: now)
            groups[place].hour.turn(to: now)
            let minutely = RequestBudget.share(limits[group].minutely, priority) - count, hourly = RequestBudget.share(limits[group].hourly, priority) - count
            if groups[place].minute.total > max(0, minutely) { wait(groups[place].minute.falls(to: max(0, minutely))) }
            if groups[place].hour.total > max(0, hourly) { wait(groups[place].hour.falls(to: max(0, hourly))) }
        }
        return until
    }

    mutating func spend(_ wanted: [CallLimits.Group], at now: Timestamp) {
        for place in wanted.map(\.rawValue) {
            groups[place].minute.add(at: now)
            groups[place].hour.add(at: now)
            if groups[place].strikes > 0 { groups[place].isTrying = true }
        }
    }

    /// The broker served such a request.
    mutating func served(_ wanted: [CallLimits.Group], at now: Timestamp) {
        // One that left before the pause began tells nothing about now.
        for place in wanted.map(\.rawValue) where groups[place].strikes > 0 && now >= groups[place].pausedUntil {
            groups[place].strikes = 0
            groups[place].isTrying = false
        }
    }

    /// The broker said that it was too much. Of many that left together the first counts.
    mutating func limited(_ wanted: [CallLimits.Group], at now: Timestamp) {
        for place in wanted.map(\.rawValue) where groups[place].strikes == 0 || now >= groups[place].pausedUntil {
            let full = min(RequestBudget.longestPause, RequestBudget.shortestPause << Int64(min(groups[place].strikes, 6)))
            groups[place].strikes += 1
            groups[place].pausedUntil = now.adding(milliseconds: random.pick(full / 2...full))
            groups[place].isTrying = false
        }
    }

    /// Answers that were awaited on the connection will not come.
    mutating func connectionLost() {
        for place in groups.indices { groups[place].isTrying = false }
    }

    /// Whether the broker has said "too much" of this group and has served nothing of it since.
    func isLimited(_ group: CallLimits.Group) -> Bool { groups[group.rawValue].strikes > 0 }
}
