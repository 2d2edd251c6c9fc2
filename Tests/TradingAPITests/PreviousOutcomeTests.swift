import PlainJSON
import Synchronization
import Testing
import TradingEngine
import TradingModel
import TradingPorts

@testable import TradingAPI

/// Outcomes of the previous system's endpoints that a healthy world never shows: each in its envelope and with its code.
@Suite struct PreviousOutcomeTests {
    /// A market that stands so.
    struct Standing: Market {
        let state: MarketStanding.State
        func lists(_ symbol: Symbol) async throws(MarketError) -> Bool { true }
        func candles(of symbol: Symbol, seconds: Int64, count: Int) async throws(MarketError) -> Candles { throw .unreachable }
        func standing(of symbol: Symbol) async throws(MarketError) -> MarketStanding {
            MarketStanding(state: state, displayName: "Volatility 100 Index", market: "synthetic_index")
        }
        func readings(of topic: MarketTopic) async throws(MarketError) -> MarketReadings { throw .unreachable }
    }

    @Test func aSuspendedMarketIsNotOpen() async {
        let answer = await Client(FakeDesk(market: Standing(state: .suspended))).get("/api/deriv/market-status?symbol=R_100")
        #expect(answer.status == 200 && answer.json["status"]?.string == "suspended" && answer.json["isOpen"]?.bool == false)
        #expect(answer.json["isTradable"]?.bool == false && answer.json["reason"]?.string == "Trading is suspended by the broker")
        #expect(answer.json["nextOpen"] == nil && answer.json["data"] == nil)
    }

    @Test func readinessSaysNoWhenItIsNotReady() async {
        let client = Client()
        #expect(await client.get("/api/health/readiness").status == 200)
        client.desk.state.withLock { $0.isReady = false }
        let notReady = await client.get("/api/health/readiness")
        #expect(notReady.status == 503 && notReady.json["ready"]?.bool == false && notReady.json["error"]?.string == "The trading loop does not run")
        #expect(notReady.json["checks"] == nil)
        let detailed = await client.get("/api/health/detailed")
        #expect(detailed.status == 503 && detailed.json["status"]?.string == "unhealthy")
    }

    /// What a trade by hand comes to by what became of it at the broker.
    @Test(
        arguments: [
            (.rejected, 500, "Trade placement failed: MarketIsClosed"),
            (.unsent, 503, "Trade placement failed: the line to the broker was lost before it was sent"),
            (.abandoned, 500, "Trade placement failed: the broker does not know it"), (.inDoubt, 504, "The broker has not answered"),
        ] as [(TradeState, Int, String)])
    func aTradeThatWasNotPlacedSaysSo(_ state: TradeState, _ status: Int, _ text: String) async throws {
        let desk = FakeDesk(market: Standing(state: .open)), client = Client(desk)
        desk.state.withLock {
            $0.places[OwnerID(rawValue: 1)] = PreviousPlace(account: AccountID(rawValue: 1), session: SessionID(rawValue: 10), isValid: true)
            $0.tradeOfSignals = (state, state == .rejected ? Rejection(code: Label("MarketIsClosed")!) : nil)
        }
        let answer = await client.post("/api/deriv/trade", #"{"symbol":"R_100","side":"BUY","amount":1}"#)
        #expect(answer.status == status && answer.json["success"]?.bool == false)
        #expect(answer.json["error"]?.string?.hasPrefix(text) == true, "\(answer.text)")
    }

    /// What the store says inside is for the log, not for a client.
    @Test(arguments: ["/api/deriv/token", "/api/deriv/auto-trading/status", "/api/deriv/auto-trading/trades", "/api/deriv/positions"])
    func aBrokenStoreIsA500WithoutItsWords(_ path: String) async {
        let client = Client()
        client.desk.breakStore()
        let answer = await client.get(path)
        #expect(answer.status == 500 && !answer.text.contains("sector"), "\(answer.text)")
    }
}
