// Hours, days, weeks and months in a time zone, and the curve of equity.

import Testing
import TradeAnalytics
import TradingModel

@Suite struct TimeTests {
    let newYork = TradingCalendar(
        zone: Label("America/New_York")!,
        rules: [
            .init(from: Timestamp(milliseconds: .min), offsetSeconds: -18_000),
            .init(from: Timestamp(iso8601: "2026-03-08T07:00:00Z")!, offsetSeconds: -14_400),
            .init(from: Timestamp(iso8601: "2026-11-01T06:00:00Z")!, offsetSeconds: -18_000),
        ])

    @Test(arguments: [
        ("2026-11-22T14:30:00Z", "2026-11-22 14:00", "2026-11-22", "2026-11-22", "2026-W47", "2026-11", "14", "7"),
        ("2026-11-23T00:00:00Z", "2026-11-23 00:00", "2026-11-23", "2026-11-22", "2026-W48", "2026-11", "0", "1"),
        // A Friday that belongs to the last week of the year before.
        ("2027-01-01T23:59:59Z", "2027-01-01 23:00", "2027-01-01", "2026-12-27", "2026-W53", "2027-01", "23", "5"),
        // A Monday that belongs to the first week of the year after.
        ("2024-12-30T05:00:00Z", "2024-12-30 05:00", "2024-12-30", "2024-12-29", "2025-W01", "2024-12", "5", "1"),
        ("1970-01-01T00:00:00Z", "1970-01-01 00:00", "1970-01-01", "1969-12-28", "1970-W01", "1970-01", "0", "4"),
    ]) func namesOfPeriods(text: String, hour: String, day: String, week: String, iso: String, month: String, hourOfDay: String, weekday: String) {
        let moment = Timestamp(iso8601: text)!
        #expect(Period.allCases.map { $0.text(of: $0.number(of: moment, in: .utc)) } == [hour, day, week, iso, month, hourOfDay, weekday])
    }

    @Test func aPeriodIsOneOfTheZone() {
        // Half past ten in the evening of the last day of October, in New York.
        let moment = Timestamp(iso8601: "2026-11-01T02:30:00Z")!
        #expect(Period.hour.text(of: Period.hour.number(of: moment, in: newYork)) == "2026-10-31 22:00")
        #expect(Period.month.text(of: Period.month.number(of: moment, in: newYork)) == "2026-10")
        #expect(Period.weekday.number(of: moment, in: newYork) == 6)
    }

    @Test func theHourThatComesTwiceIsOne() throws {
        var hours = PeriodBreakdown(by: .hour, calendar: newYork)
        for time in ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z"] { try hours.add(trade(at: time, 100)) }
        #expect(hours.rows.map { "\($0.text) \($0.tally.profits.trades)" } == ["2026-11-01 01:00 2", "2026-11-01 02:00 1"])
    }

    func trade(at time: String, _ profit: Int64) -> ClosedTrade {
        ClosedTrade(symbol: Symbol("R_100")!, side: Label("rise")!, closedAt: Timestamp(iso8601: time)!, stake: 1_000, profit: profit)
    }

    @Test func weeksWithTheirDays() throws {
        var weeks = PeriodBreakdown(by: .isoWeek, calendar: newYork), days = PeriodBreakdown(by: .day, calendar: newYork)
        for (time, profit) in [("2026-11-21T12:00:00Z", 100), ("2026-11-23T03:00:00Z", -300), ("2026-11-23T06:00:00Z", 50), ("2026-11-25T06:00:00Z", 0)] {
            try weeks.add(trade(at: time, Int64(profit)))
            try days.add(trade(at: time, Int64(profit)))
        }
        let rows = weeks.rows(with: days).map { week in
            "\(week.text) \(week.firstDay!) \(week.tally.profits.net) \(week.tally.stakes): "
                + week.parts.map { "\($0.text) \($0.tally.profits.net)" }.joined(separator: ", ")
        }
        // The second trade settled on a Sunday evening in New York.
        #expect(rows == ["2026-W47 2026-11-16 -200 2000: 2026-11-21 100, 2026-11-22 -300", "2026-W48 2026-11-23 50 2000: 2026-11-23 50, 2026-11-25 0"])
    }

    @Test func groupsStandInOrderWhateverOrderTheyComeIn() throws {
        var groups = Breakdown<Int>()
        for key in [5, 1, 5, 9, 3, 1, 9, 0] { try groups.add(Int64(key), stake: 1, to: key) }
        #expect(groups.groups.map(\.key) == [0, 1, 3, 5, 9])
        #expect(groups.groups.map(\.tally.profits.net) == [0, 2, 3, 10, 18])
        #expect(groups.tally(of: 9)?.stakes == 2 && groups.tally(of: 2) == nil)
    }

    @Test(arguments: 3...20) func aCurveIsThinnedEvenlyAndKeepsItsEnds(most: Int) throws {
        var curve = EquityCurve(start: 0, startedAt: Timestamp(seconds: 0), most: most)
        for settlement in 1...200 {
            try curve.add(1, at: Timestamp(seconds: Int64(settlement)))
            let places = curve.points.map(\.equity)
            #expect(places.count <= most && places.first == 0 && places.last == Int64(settlement))
            let steps = zip(places, places.dropFirst()).dropLast().map { $1 - $0 }
            #expect(Set(steps).count <= 1, "\(places)")
            #expect((steps.first ?? 1).nonzeroBitCount == 1)
            #expect(settlement < most || places.count >= most / 2, "\(places)")
        }
    }

    @Test func aCurveKnowsThePeakThatItNoLongerShows() throws {
        var curve = EquityCurve(start: 100, startedAt: Timestamp(seconds: 0), most: 3)
        for (time, profit) in [50, -10, -10, -10, 5].enumerated() { try curve.add(Int64(profit), at: Timestamp(seconds: Int64(time))) }
        #expect(curve.points.last == EquityCurve.Point(time: Timestamp(seconds: 4), equity: 125, drawdown: 25))
        #expect(throws: FiguresError.outOfOrder(3_000, after: 4_000)) { try curve.add(1, at: Timestamp(seconds: 3)) }
    }
}
