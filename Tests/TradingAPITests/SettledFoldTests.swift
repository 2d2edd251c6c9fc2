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

    /// A trade of session 10 that settled so many seconds after the fixture's time, with its fact.
    private func settle(_ number: UInt64, at seconds: Int64, profit: Int64) {
        let intent = IntentID(session: SessionID(rawValue: 10), signal: SignalID(high: number, low: 77))
        let at = Timestamp.fixture.adding(seconds: seconds), contract = ContractID(rawValue: Int64(number))
        let settlement = Settlement(contract: contract, transaction: nil, payout: .usd(1_000 + profit), settledAt: at)
        client.desk.state.withLock { state in
            var row = TradeRow.fixture(session: 10, signal: intent.signal, owner: 1)
            row.contract = Contract(id: contract, transaction: TransactionID(rawValue: contract.rawValue), price: .usd(1_000), payout: .usd(1_950), purchasedAt: at)
            row.settlement = settlement
            row.state = .settled
            state.trades.append(row)
            state.trades.sort { ($0.settlement?.settledAt ?? .distantFuture) < ($1.settlement?.settledAt ?? .distantFuture) }
            let place = Int64(state.facts.count { $0.fact.owner.rawValue == 1 }) + 1
            state.facts.append(
                JournalEntry(
                    sequence: place, ownerSequence: place,
                    fact: Fact(
                        at: .fixture, owner: OwnerID(rawValue: 1), account: AccountID(rawValue: 1), session: SessionID(rawValue: 10),
                        .settled(intent, settlement, balance: nil))))
        }
    }

    private func total() async -> [String] {
        let reply = await client.get("/api/v1/sessions/10/analytics")
        return [reply.json["core"]?["trades"]?.integer.map(String.init) ?? "none", reply.json["core"]?["profit"]?.string ?? "none"]
    }

    @Test func tradesAreAddedToWhatWasFoldedBefore() async {
        // Long past, lately, and so late on record that the kept fold lacks it.
        settle(1, at: -3_600, profit: 950)
        settle(2, at: -1_800, profit: -1_000)
        #expect(await total() == ["2", "-0.50"])
        let read = client.desk.state.withLock(\.settledRead)
        settle(3, at: -10, profit: 950)
        #expect(await total() == ["3", "9.00"])
        #expect(client.desk.state.withLock(\.settledRead) - read == 1, "only the new one was read")
        settle(4, at: -2_700, profit: 1)
        #expect(await total() == ["4", "9.01"], "one from before what was kept is not missed")
        settle(5, at: -5, profit: 1)
        #expect(await total() == ["5", "9.02"])
        #expect(await total() == ["5", "9.02"])
    }
}
