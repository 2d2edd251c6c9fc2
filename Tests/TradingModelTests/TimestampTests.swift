import Testing
import TradingModel

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (1_795_342_530_250, "2026-11-22T10:15:30.250Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (1_005, "1970-01-01T00:00:01.005Z"), (-86_400_000, "1969-12-31T00:00:00.000Z"),
        ] as [(Int64, String)])
    func theTextAndTheMomentAreTheSame(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(iso8601: text) == Timestamp(milliseconds: milliseconds))
    }

    @Test func anyMomentComesBack() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<5_000 {
            let moment = Timestamp(milliseconds: random.pick(-62_135_596_800_000...253_402_300_799_999))
            #expect(Timestamp(iso8601: moment.description) == moment)
        }
    }

    @Test(arguments: [
        "2026-11-22T10:15:30Z", "2026-11-22t10:15:30z", "2026-11-22T10:15:30.0Z", "2026-11-22T15:45:30+05:30", "2026-11-22T02:15:30-08:00",
        "2026-11-22T10:15:30+00:00", "2026-11-22T10:15:30.000999999Z", "2026-11-23T10:14:30.000+23:59",
    ])
    func oneMomentIsWrittenInManyWays(text: String) { #expect(Timestamp(iso8601: text) == Timestamp(seconds: 1_795_342_530)) }

    @Test func fractionsAreCutToMilliseconds() {
        #expect(["5", "25", "250", "2509999"].map { Timestamp(iso8601: "1970-01-01T00:00:00.\($0)Z")?.milliseconds } == [500, 250, 250, 250])
    }

    @Test(arguments: [
        "", "now", "2026-11-22", "2026-11-22T10:15:30", "2026-11-22 10:15:30Z", "2026-11-22T10:15Z", "2026-11-22T24:00:00Z", "2026-11-22T10:60:00Z",
        "2026-11-22T10:15:60Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z", "0000-01-01T00:00:00Z",
        "2026-11-22T10:15:30.Z", "2026-11-22T10:15:30ZZ", "2026-11-22T10:15:30+05", "2026-11-22T10:15:30+0530", "2026-11-22T10:15:30+24:00",
        "2026-11-22T10:15:30+05:60", "2026-11-22T10:15:30+5:300", "-026-11-22T10:15:30Z", "2026-1-022T10:15:30Z", "２026-11-22T10:15:30Z",
    ])
    func whatIsNoMomentIsRefused(text: String) { #expect(Timestamp(iso8601: text) == nil) }

    @Test func secondsAreRoundedTowardsThePast() {
        #expect([0, 1, 999, 1_000, 1_999, -1, -999, -1_000, -1_001].map { Timestamp(milliseconds: $0).seconds } == [0, 0, 0, 1, 1, -1, -1, -1, -2])
    }

    @Test func stepsAndDifferences() {
        let moment = Timestamp(seconds: 100)
        #expect(moment.adding(seconds: -1).adding(milliseconds: 1) == Timestamp(milliseconds: 99_001))
        #expect(moment.milliseconds(since: Timestamp(seconds: 99)) == 1_000)
        #expect(Timestamp(seconds: 99).milliseconds(since: moment) == -1_000)
        #expect(Timestamp(seconds: 99) < moment && moment < .distantFuture)
    }
}
