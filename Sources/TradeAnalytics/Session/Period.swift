public import TradingModel

/// A stretch of time that trades are put together by, always of one and the same time zone. The previous system mixed the
/// server's zone with UTC (days in UTC, months by the server, weeks that began by the one and were written in the other).
public enum Period: Hashable, Sendable, CaseIterable {
    case hour, day
    /// From Sunday on, as the previous system's `weeklyPerformance`.
    case weekFromSunday
    /// From Monday on: ISO 8601.
    case isoWeek
    case month
    /// 0 to 23, over all days.
    case hourOfDay
    /// 1 is Monday and 7 Sunday (ISO 8601), over all weeks.
    case weekday

    /// The number of the period that a moment is in: consecutive periods have consecutive numbers.
    public func number(of moment: Timestamp, in calendar: TradingCalendar) -> Int64 {
        let seconds = calendar.local(moment).seconds, day = TradingDay.floorDivide(seconds, 86_400)
        switch self {
        case .hour: return TradingDay.floorDivide(seconds, 3_600)
        case .day: return day
        // Day 0 was a Thursday.
        case .weekFromSunday: return TradingDay.floorDivide(day + 4, 7)
        case .isoWeek: return TradingDay.floorDivide(day + 3, 7)
        case .month:
            let civil = TradingDay(daysSince1970: Int32(day)).civil
            return Int64(civil.year) * 12 + Int64(civil.month) - 1
        case .hourOfDay: return TradingDay.floorDivide(seconds, 3_600) - day * 24
        case .weekday: return day + 3 - TradingDay.floorDivide(day + 3, 7) * 7 + 1
        }
    }

    /// The first day of a period; nil for those of all days.
    public func firstDay(of number: Int64) -> TradingDay? {
        switch self {
        case .hour: return TradingDay(daysSince1970: Int32(TradingDay.floorDivide(number, 24)))
        case .day: return TradingDay(daysSince1970: Int32(number))
        case .weekFromSunday: return TradingDay(daysSince1970: Int32(number * 7 - 4))
        case .isoWeek: return TradingDay(daysSince1970: Int32(number * 7 - 3))
        case .month: return TradingDay(year: Int(number / 12), month: Int(number % 12) + 1, day: 1)
        case .hourOfDay, .weekday: return nil
        }
    }

    /// As people write it: `2026-11-22 14:00`, `2026-11-22`, the Sunday of a week, `2026-W47`, `2026-11`, `14`, `7`.
    public func text(of number: Int64) -> String {
        guard let day = firstDay(of: number) else { return "\(number)" }
        switch self {
        case .hour:
            let hour = number - TradingDay.floorDivide(number, 24) * 24
            return "\(day) \(hour < 10 ? "0" : "")\(hour):00"
        case .day, .weekFromSunday: return "\(day)"
        case .isoWeek:
            // A week belongs to the year of its Thursday. The previous system wrote the year of the day beside it.
            let thursday = TradingDay(daysSince1970: day.daysSince1970 + 3), year = thursday.civil.year
            let first = TradingDay(year: year, month: 1, day: 1)!
            let week = (thursday.daysSince1970 - first.daysSince1970) / 7 + 1
            return "\(String("\(thursday)".prefix(4)))-W\(week < 10 ? "0" : "")\(week)"
        case .month: return String("\(day)".prefix(7))
        case .hourOfDay, .weekday: return "\(number)"
        }
    }
}
