// Figures within dates: both ends belong to a range, a date means a whole day of the session's zone.
import PlainJSON
import Synchronization
import Testing
import TradingModel
import TradingPorts

@testable import TradingAPI

struct AnalyticsRangeTests {
    private let client = Client()

    /// Three trades around midnight in India, which is 18:30 in UTC: 10 s before it, at it, and a day later.
    init() throws {
        let midnight = Timestamp(iso8601: "2026-11-21T18:30:00.000Z")!
        client.desk.state.withLock { state in
            state.trades = []
            state.sessions[0].plan.zone = Label("Asia/Kolkata")!
            state.sessions[0].startedAt = midnight.adding(seconds: -3_600)
        }
        for (number, seconds, profit) in [(1, -10, 950), (2, 0, -1_000), (3, 86_400, 1)] as [(UInt64, Int64, Int64)] {
            client.desk.settle(number, at: midnight.adding(seconds: seconds).milliseconds(since: .fixture) / 1_000, profit: profit)
        }
    }

    private func figures(_ query: String) async -> [String] {
        let answer = await client.get("/api/v1/sessions/10/analytics?\(query)").json
        return [
            answer["core"]?["trades"]?.integer.map(String.init) ?? "none", answer["core"]?["profit"]?.string ?? "none",
            answer["startBalance"]?.string ?? "none",
        ]
    }

    @Test func datesIncludeTheirWholeDayInTheZoneOfTheSession() async {
        #expect(await figures("to=2026-11-21") == ["1", "9.50", "1000.00"])
        #expect(await figures("from=2026-11-22&to=2026-11-22") == ["1", "-10.00", "1009.50"])
        #expect(await figures("from=2026-11-21&to=2026-11-23") == ["3", "-0.49", "1000.00"])
    }

    @Test func momentsIncludeBothEnds() async {
        // The times of the fixture have a quarter of a second.
        #expect(await figures("from=2026-11-21T18:29:50.250Z&to=2026-11-21T18:30:00.250Z") == ["2", "-0.50", "1000.00"])
        #expect(await figures("from=2026-11-21T18:29:50.251Z&to=2026-11-21T18:30:00.249Z") == ["0", "0.00", "1009.50"])
    }

    @Test func aRangeStartsFromTheBalanceBeforeIt() async {
        #expect(await figures("from=2026-11-23") == ["1", "0.01", "999.50"])
        #expect(await figures("from=2030-01-01") == ["0", "0.00", "999.51"])
    }
}
