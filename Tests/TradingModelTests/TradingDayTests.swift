import Testing
import TradingModel

@Suite struct TradingDayTests {
    @Test(
        arguments: [
            (1970, 1, 1, 0), (1969, 12, 31, -1), (1970, 3, 1, 59), (2000, 1, 1, 10_957), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017), (1900, 3, 1, -25_508),
            (2024, 2, 29, 19_782), (2026, 11, 22, 20_779), (2100, 3, 1, 47_541), (1600, 2, 29, -135_081), (1, 1, 1, -719_162), (9999, 12, 31, 2_932_896),
        ] as [(Int, Int, Int, Int32)])
    func datesHaveTheirDays(year: Int, month: Int, day: Int, days: Int32) throws {
        let found = try #require(TradingDay(year: year, month: month, day: day))
        #expect(found.daysSince1970 == days)
        #expect(found.civil == (year, month, day))
    }

    /// Two whole cycles of the calendar, walked with nothing but the lengths of the months.
    @Test func everyDateFrom1600To2400() {
        var days: Int32 = -135_140, wrong = 0
        for year in 1_600...2_400 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for (month, length) in zip(1..., [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
                for day in 1...length {
                    if TradingDay(daysSince1970: days).civil != (year, month, day) { wrong += 1 }
                    if day == 1 || day == length, TradingDay(year: year, month: month, day: day)?.daysSince1970 != days { wrong += 1 }
                    days += 1
                }
            }
        }
        #expect(wrong == 0)
        #expect(days == 157_420)
    }

    @Test(arguments: [
        (2026, 2, 29), (2100, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32), (2026, 1, -1), (0, 1, 1),
        (10_000, 1, 1),
        (.min, .min, .min), (.max, .max, .max),
    ])
    func thereIsNoSuchDate(year: Int, month: Int, day: Int) { #expect(TradingDay(year: year, month: month, day: day) == nil) }

    @Test func itIsWrittenAsADate() {
        #expect(
            ["2026-11-22", "0001-01-01", "9999-12-31", "2000-02-09"] == [20_779, -719_162, 2_932_896, 10_996].map { TradingDay(daysSince1970: $0).description })
        #expect(TradingDay(daysSince1970: 1) < TradingDay(daysSince1970: 2))
    }

    @Test func divisionGoesTowardsThePast() {
        #expect([0, 1, 9, 10, -1, -9, -10, -11].map { TradingDay.floorDivide($0, 10) } == [0, 0, 0, 1, -1, -1, -1, -2])
    }
}
