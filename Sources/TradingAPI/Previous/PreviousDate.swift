// Dates as clients of the previous system write them: whatever its `Date` could read.

import PlainJSON
import TradingModel
import TradingService

extension Field {
    private static let expected = "a date such as 2026-11-22 or a moment such as 2026-11-22T10:15:30Z"

    /// ISO 8601, also without a zone, without a day or a month; `11/22/2026`; `Sun, 22 Nov 2026 10:15:30 GMT`; what a
    /// browser prints of a date. Without a time it is the day in the calendar, as the end of a range all of it; a time without
    /// a zone is the calendar's. Before 1970 nothing was traded: it means the beginning.
    func previousDate(_ calendar: TradingCalendar, isEnd: Bool) throws(Problem) -> Timestamp {
        guard let text = value?.string, let date = PreviousDate(text) else { throw wrong(Field.expected) }
        if date.year < 1970 { return Timestamp(milliseconds: 0) }
        guard let day = TradingDay(year: date.year, month: date.month, day: date.day) else { throw wrong(Field.expected) }
        let midnight = Int64(day.daysSince1970) * 86_400_000
        let moment: Timestamp
        switch (date.milliseconds, date.offsetMinutes) {
        case (nil, _):
            let wanted = isEnd ? day : TradingDay(daysSince1970: day.daysSince1970 - 1)
            return calendar.endOfDay(wanted, near: Timestamp(milliseconds: (Int64(wanted.daysSince1970) * 86_400 + 43_200) * 1_000))
        case (let milliseconds?, let offset?): moment = Timestamp(milliseconds: midnight + milliseconds - offset * 60_000)
        case (let milliseconds?, nil):
            // From the day's beginning: on the two days a year on which a clock is put, an hour beside what it showed.
            let before = TradingDay(daysSince1970: day.daysSince1970 - 1)
            let beginning = calendar.endOfDay(before, near: Timestamp(milliseconds: (Int64(before.daysSince1970) * 86_400 + 43_200) * 1_000))
            moment = beginning.adding(milliseconds: milliseconds)
        }
        return isEnd ? moment.adding(milliseconds: 1) : moment
    }
}

/// The parts of a date as they were written.
struct PreviousDate: Equatable {
    var year = 0, month = 1, day = 1
    /// Since midnight; nil without a time.
    var milliseconds: Int64?
    /// East of Greenwich; nil without a zone.
    var offsetMinutes: Int64?

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Nil when it is none, or has a number that no clock shows.
    init?(_ text: String) {
        if let found = text.wholeMatch(
            of:
                /([+\-]?[0-9]{4,6})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.]([0-9]{1,9}))?)?(Z|[+\- ][0-9]{2}:?[0-9]{2})?)?/
        ) {
            guard let year = Int(found.1) else { return nil }
            (self.year, month, day) = (year, found.2.flatMap { Int($0) } ?? 1, found.3.flatMap { Int($0) } ?? 1)
            guard setTime(found.4, found.5, found.6, found.7), setZone(found.8) else { return nil }
        } else if let found = text.wholeMatch(of: /([0-9]{1,2})\/([0-9]{1,2})\/([0-9]{4})(?:,? +([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?/) {
            (year, month, day) = (Int(found.3)!, Int(found.1)!, Int(found.2)!)
            guard setTime(found.4, found.5, found.6, nil) else { return nil }
        } else if let found = text.wholeMatch(
            of:
                /(?:[A-Za-z]{3},? +)?([A-Za-z]{3} +[0-9]{1,2}|[0-9]{1,2} +[A-Za-z]{3}),? +([0-9]{4})(?: +([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)?(?: *(?:GMT|UTC)?(?:(Z|[+\- ][0-9]{4}))?)?(?: *\(.*\))?/
        ) {
            let words = found.1.split(separator: " "), isDayFirst = words[0].first!.isNumber
            guard let month = PreviousDate.months.firstIndex(of: String(words[isDayFirst ? 1 : 0])) else { return nil }
            (year, self.month, day) = (Int(found.2)!, month + 1, Int(words[isDayFirst ? 0 : 1])!)
            guard setTime(found.3, found.4, found.5, nil), setZone(found.6) else { return nil }
            if offsetMinutes == nil, text.contains("GMT") || text.contains("UTC") { offsetMinutes = 0 }
        } else {
            return nil
        }
        guard (1...12).contains(month), (1...31).contains(day), year <= 9_999 else { return nil }
    }

    private mutating func setTime(_ hour: Substring?, _ minute: Substring?, _ second: Substring?, _ fraction: Substring?) -> Bool {
        guard let hour, let minute else { return true }
        let h = Int64(hour) ?? 99, m = Int64(minute) ?? 99, s = second.flatMap { Int64($0) } ?? 0
        guard h < 24, m < 60, s < 60 else { return false }
        let milliseconds = fraction.map { Int64(($0 + "00").prefix(3)) ?? 0 } ?? 0
        self.milliseconds = ((h * 60 + m) * 60 + s) * 1_000 + milliseconds
        return true
    }

    /// `+` in a query that was not escaped arrives as a space.
    private mutating func setZone(_ zone: Substring?) -> Bool {
        guard let zone else { return true }
        if zone == "Z" { offsetMinutes = 0; return true }
        let digits = zone.dropFirst().filter(\.isNumber), hours = Int64(digits.prefix(2)) ?? 99, minutes = Int64(digits.suffix(2)) ?? 99
        guard hours <= 14, minutes < 60 else { return false }
        offsetMinutes = (zone.first == "-" ? -1 : 1) * (hours * 60 + minutes)
        return true
    }
}
