// A fold over settled trades goes on where it stopped, and never misses one that is put on record late.
import PlainJSON
import Synchronization
import Testing
import TradingModel
import TradingPorts

@testable import TradingAPI
@testable import TradingEngine

struct SettledFoldTests {
    private let client = Client()

    init() { client.desk.state.withLock { $0.trades = [] } }

    private func total() async -> [String] {
        let reply = await client.get("/api/v1/sessions/10/analytics")
        return [reply.json["core"]?["trades"]?.integer.map(String.init) ?? "none", reply.json["core"]?["profit"]?.string ?? "none"]
    }

    @Test func tradesAreAddedToWhatWasFoldedBefore() async {
        // Long past, lately, and so late on record that the kept fold lacks it.
        client.desk.settle(1, at: -3_600, profit: 950)
        client.desk.settle(2, at: -1_800, profit: -1_000)
        #expect(await total() == ["2", "-0.50"])
        let read = client.desk.state.withLock(\.settledRead)
        client.desk.settle(3, at: -10, profit: 950)
        #expect(await total() == ["3", "9.00"])
        #expect(client.desk.state.withLock(\.settledRead) - read == 1, "only the new one was read")
        client.desk.settle(4, at: -2_700, profit: 1)
        #expect(await total() == ["4", "9.01"], "one from before what was kept is not missed")
        client.desk.settle(5, at: -5, profit: 1)
        #expect(await total() == ["5", "9.02"])
        #expect(await total() == ["5", "9.02"])
    }
}
