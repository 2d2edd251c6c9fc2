import Synchronization
import Testing
import TradingModel
import TradingPorts

@testable import TradingAPI

/// A symbol that the broker does not have is a client's mistake; what the broker was not asked about is not.
@Suite struct ListedSymbolTests {
    /// Lists `R_100` alone, and counts how often it is asked.
    final class OneSymbol: Market {
        let asked = Mutex(0)
        let isSilent: Bool
        init(isSilent: Bool = false) { self.isSilent = isSilent }
        func lists(_ symbol: Symbol) async throws(MarketError) -> Bool {
            asked.withLock { $0 += 1 }
            if isSilent { throw .unreachable }
            return symbol.text == "R_100"
        }
        func candles(of symbol: Symbol, seconds: Int64, count: Int) async throws(MarketError) -> Candles { throw .unreachable }
        func standing(of symbol: Symbol) async throws(MarketError) -> MarketStanding { throw .unreachable }
        func readings(of topic: MarketTopic) async throws(MarketError) -> MarketReadings { throw .unreachable }
    }

    private static let session = #"{"account":1,"name":"a","stake":{"fixed":"1"},"criteria":{"symbols":["R_100","NOPE"]}}"#

    @Test func whatTheBrokerDoesNotListIsRefusedByName() async {
        let client = Client(FakeDesk(market: OneSymbol()))
        #expect(await client.post("/api/v1/signals", #"{"symbol":"NOPE","kind":"rise"}"#).line == "422 unknown_symbol symbol")
        #expect(await client.post("/api/v1/sessions", Self.session).line == "422 unknown_symbol criteria.symbols[1]")
        let plan = Self.session.replacing(#""account":1,"#, with: "")
        #expect(await client.put("/api/v1/sessions/10/plan", plan).line == "422 unknown_symbol criteria.symbols[1]")
        #expect(client.desk.asked == [])
        #expect(await client.post("/api/v1/signals", #"{"symbol":"R_100","kind":"rise"}"#).status == 202)
    }

    @Test func aListedOneIsAskedAboutOnce() async {
        let market = OneSymbol(), client = Client(FakeDesk(market: market))
        for _ in 0..<3 { #expect(await client.post("/api/v1/signals", #"{"symbol":"R_100","kind":"rise"}"#).status == 202) }
        #expect(market.asked.withLock { $0 } == 1)
    }

    @Test func whileTheBrokerIsSilentEverySymbolIsTaken() async {
        let market = OneSymbol(isSilent: true), client = Client(FakeDesk(market: market))
        for _ in 0..<3 { #expect(await client.post("/api/v1/signals", #"{"symbol":"NOPE","kind":"rise"}"#).status == 202) }
        #expect(market.asked.withLock { $0 } == 1, "it is not asked again at once")
    }
}
