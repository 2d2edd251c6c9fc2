// Figures within dates: both ends belong to a range, a date means a whole day of the session's zone.
import Foundation
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
            // The fixture is a quarter of a second past one: so is what is whole seconds from it, after midnight and not before.
            let distance = midnight.adding(seconds: seconds).milliseconds(since: .fixture)
            client.desk.settle(number, at: distance >= 0 ? (distance + 999) / 1_000 : distance / 1_000, profit: profit)
        }
    }

    private func figures(_ query: String) async -> [String] {
        let text = await client.get("/api/v1/sessions/10/analytics?\(query)").text
        // Ratios may have more digits than our own reader, which is made for money, takes.
        guard let whole = try? JSONSerialization.jsonObject(with: Data(text.utf8)), let answer = whole as? [String: Any],
            let core = answer["core"] as? [String: Any]
        else { return [text] }
        return [(core["trades"] as? Int).map(String.init) ?? "none", core["profit"] as? String ?? "none", answer["startBalance"] as? String ?? "none"]
    }

    private func expect(_ query: String, _ expected: [String]) async {
        let found = await figures(query)
        #expect(found == expected, "\(query)")
    }

    @Test func datesIncludeTheirWholeDayInTheZoneOfTheSession() async {
        await expect("to=2026-11-21", ["1", "9.50", "1000.00"])
        await expect("from=2026-11-22&to=2026-11-22", ["1", "-10.00", "1009.50"])
        await expect("from=2026-11-21&to=2026-11-23", ["3", "-0.49", "1000.00"])
    }

    @Test func momentsIncludeBothEnds() async {
        // The times of the fixture have a quarter of a second.
        await expect("from=2026-11-21T18:29:50.250Z&to=2026-11-21T18:30:00.250Z", ["2", "-0.50", "1000.00"])
        await expect("from=2026-11-21T18:29:50.251Z&to=2026-11-21T18:30:00.249Z", ["0", "0.00", "1009.50"])
    }

    @Test func aRangeStartsFromTheBalanceBeforeIt() async {
        await expect("from=2026-11-23", ["1", "0.01", "999.50"])
        await expect("from=2030-01-01", ["0", "0.00", "999.51"])
    }
}
