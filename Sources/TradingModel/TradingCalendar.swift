/// From a moment to the trading day of a time zone. A table of offsets, made once from the time-zone data at the edge,
/// so that the engine needs neither a clock nor a zone database.
public struct TradingCalendar: Hashable, Sendable, Codable {
    /// From `from` on, local time is UTC plus `offsetSeconds`.
    public struct Rule: Hashable, Sendable, Codable {
        public let from: Timestamp
        public let offsetSeconds: Int32
        public init(from: Timestamp, offsetSeconds: Int32) { (self.from, self.offsetSeconds) = (from, offsetSeconds) }
    }

    public let zone: Label
    /// In order of time; the first holds for everything before it, too.
    public let rules: [Rule]

    public init(zone: Label, rules: [Rule]) {
        precondition(!rules.isEmpty, "a calendar needs one rule at least")
        precondition(zip(rules, rules.dropFirst()).allSatisfy { $0.from < $1.from }, "a calendar's rules are in order of time")
        (self.zone, self.rules) = (zone, rules)
    }

    public static let utc = TradingCalendar(zone: Label("UTC")!, rules: [Rule(from: Timestamp(milliseconds: .min), offsetSeconds: 0)])

    private func offset(at moment: Timestamp) -> Int64 {
        #if SeededBugs
        if SeededBug.standardTimeAllYear.isPlanted { return Int64(rules[0].offsetSeconds) }
        #endif
        var low = 0, high = rules.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if rules[middle].from <= moment { low = middle } else { high = middle }
        }
        return Int64(rules[low].offsetSeconds)
    }

    /// Local time as if it were UTC: what a clock on the wall shows, to take hours, weekdays and months from.
    public func local(_ moment: Timestamp) -> Timestamp { moment.adding(seconds: offset(at: moment)) }

    public func day(at moment: Timestamp) -> TradingDay {
        TradingDay(daysSince1970: Int32(TradingDay.floorDivide(moment.milliseconds + offset(at: moment) * 1_000, 86_400_000)))
    }

    /// The first moment of the trading day that follows the one of `moment`.
    public func nextDay(after moment: Timestamp) -> Timestamp {
        let today = day(at: moment)
        var candidate = Timestamp(milliseconds: Int64(today.daysSince1970 + 1) * 86_400_000 - offset(at: moment) * 1_000)
        // An offset may change in between; the day changes exactly once, so search the hours around it.
        if day(at: candidate) == today || day(at: candidate.adding(milliseconds: -1)) != today {
            var low = moment, high = moment.adding(seconds: 50 * 3_600)
            while high.milliseconds - low.milliseconds > 1 {
                let middle = Timestamp(milliseconds: (low.milliseconds + high.milliseconds) / 2)
                if day(at: middle) > today { high = middle } else { low = middle }
            }
            candidate = high
        }
        return candidate
    }
}

extension TradingCalendar {
    /// The first moment after `day`; `near` is any moment within a day of it.
    public func endOfDay(_ day: TradingDay, near: Timestamp) -> Timestamp {
        var inside = near
        while self.day(at: inside) > day { inside = inside.adding(seconds: -3 * 3_600) }
        while self.day(at: inside) < day { inside = inside.adding(seconds: 3 * 3_600) }
        return nextDay(after: inside)
    }
}
