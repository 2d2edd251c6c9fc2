import Testing
import TradingModel

@Suite struct TradingCalendarTests {
    static func moment(_ text: String) -> Timestamp { Timestamp(iso8601: text)! }
    static func zone(_ name: String, first seconds: Int32, _ changes: KeyValuePairs<String, Int32> = [:]) -> TradingCalendar {
        TradingCalendar(
            zone: Label(name)!,
            rules: [.init(from: Timestamp(milliseconds: .min), offsetSeconds: seconds)]
                + changes.map { .init(from: moment($0.key), offsetSeconds: $0.value) })
    }

    static let newYork = zone("America/New_York", first: -18_000, ["2026-03-08T07:00:00Z": -14_400, "2026-11-01T06:00:00Z": -18_000])
    static let kolkata = zone("Asia/Kolkata", first: 19_800)
    static let kiritimati = zone("Pacific/Kiritimati", first: 50_400)
    static let samoaWest = zone("Pacific/Pago_Pago", first: -39_600)
    /// Its clocks leap at midnight, so one day begins at 01:00.
    static let santiago = zone("America/Santiago", first: -10_800, ["2026-04-05T03:00:00Z": -14_400, "2026-09-06T04:00:00Z": -10_800])
    /// It crossed the date line: after the 29th of December 2011 came the 31st.
    static let apia = zone("Pacific/Apia", first: -36_000, ["2011-12-30T10:00:00Z": 50_400])

    static let all = [TradingCalendar.utc, newYork, kolkata, kiritimati, samoaWest, santiago, apia]

    @Test(arguments: [
        ("UTC", "2026-11-22T00:00:00Z", "2026-11-22"), ("UTC", "2026-11-21T23:59:59.999Z", "2026-11-21"), ("UTC", "1969-12-31T23:59:59.999Z", "1969-12-31"),
        ("Asia/Kolkata", "2026-11-21T18:29:59.999Z", "2026-11-21"), ("Asia/Kolkata", "2026-11-21T18:30:00Z", "2026-11-22"),
        ("America/New_York", "2026-01-15T04:59:59.999Z", "2026-01-14"), ("America/New_York", "2026-01-15T05:00:00Z", "2026-01-15"),
        ("America/New_York", "2026-07-15T03:59:59.999Z", "2026-07-14"), ("America/New_York", "2026-07-15T04:00:00Z", "2026-07-15"),
        // The day that has 23 hours and the day that has 25.
        ("America/New_York", "2026-03-08T05:00:00Z", "2026-03-08"), ("America/New_York", "2026-03-09T03:59:59.999Z", "2026-03-08"),
        ("America/New_York", "2026-03-09T04:00:00Z", "2026-03-09"),
        ("America/New_York", "2026-11-01T04:00:00Z", "2026-11-01"), ("America/New_York", "2026-11-02T04:59:59.999Z", "2026-11-01"),
        ("America/New_York", "2026-11-02T05:00:00Z", "2026-11-02"),
        ("Pacific/Apia", "2011-12-30T09:59:59.999Z", "2011-12-29"), ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31"),
    ])
    func aMomentHasItsDay(zone: String, moment: String, day: String) throws {
        let calendar = try #require(Self.all.first { $0.zone.text == zone })
        #expect(calendar.day(at: Self.moment(moment)).description == day)
    }

    @Test(arguments: [
        ("UTC", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00.000Z"), ("UTC", "2026-11-22T23:59:59.999Z", "2026-11-23T00:00:00.000Z"),
        ("Asia/Kolkata", "2026-11-21T18:30:00Z", "2026-11-22T18:30:00.000Z"), ("Asia/Kolkata", "2026-11-21T18:29:59Z", "2026-11-21T18:30:00.000Z"),
        ("America/New_York", "2026-03-08T06:59:00Z", "2026-03-09T04:00:00.000Z"), ("America/New_York", "2026-03-08T07:00:00Z", "2026-03-09T04:00:00.000Z"),
        ("America/New_York", "2026-11-01T05:59:00Z", "2026-11-02T05:00:00.000Z"), ("America/New_York", "2026-11-01T12:00:00Z", "2026-11-02T05:00:00.000Z"),
        ("America/Santiago", "2026-09-05T12:00:00Z", "2026-09-06T04:00:00.000Z"), ("America/Santiago", "2026-04-04T12:00:00Z", "2026-04-05T04:00:00.000Z"),
        ("Pacific/Apia", "2011-12-29T12:00:00Z", "2011-12-30T10:00:00.000Z"),
    ])
    func theNextDayBeginsWhenItDoes(zone: String, moment: String, next: String) throws {
        let calendar = try #require(Self.all.first { $0.zone.text == zone })
        #expect(calendar.nextDay(after: Self.moment(moment)).description == next)
    }

    @Test(arguments: all.map(\.zone))
    func theNextDayIsTheFirstMomentOfAnotherDay(zone: Label) throws {
        let calendar = try #require(Self.all.first { $0.zone == zone })
        var random = SeededRandom(seed: 17)
        // Anywhere, and within two days of each change of an offset.
        let around = calendar.rules.dropFirst().map(\.from)
        for turn in 0..<3_000 {
            let moment =
                around.isEmpty || turn % 2 == 0
                ? Timestamp(milliseconds: random.pick(1_300_000_000_000...1_900_000_000_000))
                : around[turn / 2 % around.count].adding(milliseconds: random.pick(-172_800_000...172_800_000))
            let next = calendar.nextDay(after: moment)
            #expect(next > moment && next.milliseconds(since: moment) <= 25 * 3_600_000)
            #expect(calendar.day(at: next) > calendar.day(at: moment))
            #expect(calendar.day(at: next.adding(milliseconds: -1)) == calendar.day(at: moment))
        }
    }

    @Test(arguments: all.map(\.zone))
    func daysNeverGoBack(zone: Label) throws {
        let calendar = try #require(Self.all.first { $0.zone == zone })
        for start in [1_324_900_000, 1_772_800_000, 1_775_200_000, 1_788_500_000, 1_793_400_000] as [Int64] {
            let days = (0..<400).map { calendar.day(at: Timestamp(seconds: start + $0 * 1_800)) }
            #expect(days == days.sorted())
        }
    }

    @Test func aCalendarCanBePrinted() async {
        await #expect(processExitsWith: .success) { _ = "\(TradingCalendar.utc)" }
    }

    @Test func rulesOutOfOrderAreAProgrammersError() async {
        await #expect(processExitsWith: .failure) { _ = TradingCalendar(zone: Label("X")!, rules: []) }
        await #expect(processExitsWith: .failure) {
            let rule = TradingCalendar.Rule(from: Timestamp(seconds: 0), offsetSeconds: 0)
            _ = TradingCalendar(zone: Label("X")!, rules: [rule, rule])
        }
    }
}
