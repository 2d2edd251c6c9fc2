public import TradingModel

/// When a market has ticks and sells. All seconds are broker seconds, UTC.
public enum MarketHours: Hashable, Sendable {
    case always
    /// Monday 00:00 to Friday 20:55, or to 21:00 while the United States keep standard time.
    case forex

    private static let day: Int64 = 86_400
    /// The first Monday after the epoch, a Thursday.
    private static let firstMonday: Int64 = 4 * day

    public func isOpen(_ second: Int64) -> Bool {
        switch self {
        case .always: true
        case .forex: second < MarketHours.weekEnd(MarketHours.weekStart(second))
        }
    }

    /// The first second at or after `second` at which the market is open.
    public func opening(atOrAfter second: Int64) -> Int64 {
        isOpen(second) ? second : MarketHours.weekStart(second) + 7 * MarketHours.day
    }

    /// The last second at or before `second` at which the market was open.
    public func lastOpen(atOrBefore second: Int64) -> Int64 {
        isOpen(second) ? second : MarketHours.weekEnd(MarketHours.weekStart(second)) - 1
    }

    /// The first closed second after an open `second`, or nil when the market never closes.
    public func closing(after second: Int64) -> Int64? {
        switch self {
        case .always: nil
        case .forex: MarketHours.weekEnd(MarketHours.weekStart(second))
        }
    }

    /// The open second from which `count` open seconds, each `step` after the other, lead up to an open `last`.
    func start(of count: Int, step: Int64, endingAt last: Int64) -> Int64 {
        var steps = Int64(count - 1), end = last
        while true {
            let first = end - steps * step
            guard case .forex = self else { return first }
            let week = MarketHours.weekStart(end)
            if first >= week { return first }
            // What this week has room for is taken; the rest leads up to the end of the week before.
            steps -= (end - week) / step + 1
            let before = MarketHours.weekEnd(week - 7 * MarketHours.day) - 1
            end = before - before % step
        }
    }

    /// Opening and closing second of a day within it, or nil when it stays closed. A closing of 86,399 is the day's end.
    public func times(on day: TradingDay) -> (open: Int64, close: Int64)? {
        let midnight = Int64(day.daysSince1970) * MarketHours.day
        guard isOpen(midnight) else { return nil }
        let end = closing(after: midnight) ?? .max
        return (0, min(MarketHours.day - 1, end - midnight))
    }

    private static func weekStart(_ second: Int64) -> Int64 {
        firstMonday + TradingDay.floorDivide(second - firstMonday, 7 * day) * 7 * day
    }

    private static func weekEnd(_ weekStart: Int64) -> Int64 {
        let friday = weekStart + 4 * day
        return friday + (isDaylightSaving(TradingDay(daysSince1970: Int32(friday / day))) ? 20 * 3_600 + 55 * 60 : 21 * 3_600)
    }

    /// From the second Sunday of March to the first of November, as the United States have it.
    static func isDaylightSaving(_ day: TradingDay) -> Bool {
        let (year, _, _) = day.civil
        func sunday(month: Int, number: Int32) -> Int32 {
            let first = TradingDay(year: year, month: month, day: 1)!.daysSince1970
            // Day 3 after the epoch was a Sunday.
            return first + (7 - (first - 3) % 7) % 7 + 7 * (number - 1)
        }
        return day.daysSince1970 >= sunday(month: 3, number: 2) && day.daysSince1970 < sunday(month: 11, number: 1)
    }
}
