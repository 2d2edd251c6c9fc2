// Broker time: it follows the broker, and never goes back.
import Testing
import TradingModel
import TradingPorts
import TradingService

struct BrokerClockTests {
    @Test func itTakesOverTheBrokersTimeAndNeverGoesBack() {
        let clock = BrokerClock(start: Timestamp(seconds: 1_000))
        let before = clock.now()
        for _ in 0..<5 { clock.learn(brokerSeconds: 2_000, sent: clock.now(), heard: clock.now()) }
        #expect(clock.now() >= Timestamp(seconds: 2_000), "the broker is ahead")
        for _ in 0..<5 { clock.learn(brokerSeconds: 500, sent: clock.now(), heard: clock.now()) }
        let after = clock.now()
        #expect(after >= Timestamp(seconds: 2_000) && after >= before, "the broker is behind: we wait for it, we do not go back")
    }

    @Test func anyNumberOfReadingsIsInOrder() {
        let clock = BrokerClock(start: Timestamp(seconds: 1_000), speed: 1_000)
        var last = clock.now()
        for step in 0..<2_000 {
            if step % 100 == 0 { clock.learn(brokerSeconds: 1_000 + Int64(step % 7) * 50, sent: clock.now(), heard: clock.now()) }
            let now = clock.now()
            #expect(now >= last)
            last = now
        }
    }

    /// Two lines ask at once; the answers of the second were asked for before the first's moved the clock.
    @Test func aQuestionPutBeforeAChangeMovesTheClockNoFurther() {
        var time = BrokerTime(start: Timestamp(seconds: 1_000))
        let sent = time.now(elapsed: 0), heard = time.now(elapsed: 100)
        for _ in 0..<3 { time.learn(brokerSeconds: 1_009, sent: sent, heard: heard) }
        let moved = time.now(elapsed: 200)
        #expect(abs(moved.milliseconds - 1_009_600) < 1_000, "nine seconds behind, and no more: \(moved)")
        for _ in 0..<3 { time.learn(brokerSeconds: 1_009, sent: sent, heard: moved) }
        #expect(time.now(elapsed: 300).milliseconds - moved.milliseconds == 100)
    }

    @Test func aClockThatIsAheadSaysByHowMuchUntilTheyAgree() {
        var time = BrokerTime(start: Timestamp(seconds: 4_600))
        let now = time.now(elapsed: 1_000)
        #expect(time.ahead == 0, "nobody has said so yet")
        for _ in 0..<2 { #expect(time.learn(brokerSeconds: 1_001, sent: now, heard: now) == 0) }
        let shift = time.learn(brokerSeconds: 1_001, sent: now, heard: now)
        #expect(shift == -3_599_500 && time.ahead == 3_599_500, "an hour ahead: \(shift)")
        #expect(time.now(elapsed: 3_001_000).milliseconds - now.milliseconds == 1_500_000, "half speed")
        #expect(time.ahead == 3_599_500 - 1_500_000)
        _ = time.now(elapsed: 9_001_000)
        #expect(time.ahead == 0)
    }

    /// A question that was long on its way and an answer that came at once: the middle is not when the broker read its clock.
    @Test func aLongWayThereMovesNothing() {
        var time = BrokerTime(start: Timestamp(seconds: 1_000))
        let sent = time.now(elapsed: 0), heard = time.now(elapsed: 15_000)
        for _ in 0..<3 { time.learn(brokerSeconds: 1_012, sent: sent, heard: heard) }
        #expect(time.now(elapsed: 15_100).milliseconds - heard.milliseconds == 100)
    }

    @Test func answersThatDoNotAgreeMoveNothing() {
        var time = BrokerTime(start: Timestamp(seconds: 1_000))
        let now = time.now(elapsed: 10_000)
        for second in [1_018, 1_009, 1_037, 1_009] as [Int64] { time.learn(brokerSeconds: second, sent: now, heard: now) }
        #expect(time.now(elapsed: 10_000) == now, "two of the first three are wrong, each in its own way")
        for _ in 0..<3 { time.learn(brokerSeconds: 1_015, sent: now, heard: now) }
        #expect(time.now(elapsed: 10_000).milliseconds > now.milliseconds + 4_000, "three agree")
    }

    @Test func zonesComeFromTheSystem() throws {
        let now = try #require(Timestamp(iso8601: "2026-11-01T05:30:00Z"))
        let calendar = try #require(ZoneCalendars.calendar(Label("America/New_York")!, around: now))
        #expect(calendar.day(at: now).description == "2026-11-01", "half past one in the morning, the second time")
        #expect(calendar.day(at: now.adding(seconds: -2 * 3_600)).description == "2026-10-31")
        for none in ["Mars/Olympus", "GMT+3", "EST5EDT", "Europe/../Europe/Paris", "/etc/passwd", "Asia/Kolkata/"] {
            #expect(ZoneCalendars.calendar(Label(none)!, around: now) == nil, "\(none)")
        }
        for (place, hours) in [
            ("Asia/Kolkata", 5.5), ("Asia/Calcutta", 5.5), ("Asia/Kathmandu", 5.75), ("America/Argentina/Buenos_Aires", -3), ("Etc/GMT+3", -3),
        ] {
            let offset = ZoneCalendars.calendar(Label(place)!, around: now)?.rules.last?.offsetSeconds
            #expect(offset == Int32(hours * 3_600), "\(place)")
        }
    }
}
