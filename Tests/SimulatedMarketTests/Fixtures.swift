import SimulatedMarket
import TradingModel

extension Label { static let demo = Label("VRTC1")! }
extension Symbol {
    static let r100 = Symbol("R_100")!
    static let oneSecond = Symbol("1HZ100V")!
}
extension Money { static func usd(_ cents: Int64) -> Money { Money(minorUnits: cents, currency: .usd) } }
extension Timestamp { static let opening = Timestamp(seconds: 1_790_000_000) }

extension ContractTerms {
    static func fixture(_ kind: ContractKind = .rise, _ duration: String = "5t", on symbol: Symbol = .r100) -> ContractTerms {
        ContractTerms(symbol: symbol, kind: kind, duration: ContractDuration(text: duration)!)
    }
}

extension SimulatedBroker {
    /// A small market with one account of 10,000.00, at `Timestamp.opening`.
    static func fixture(seed: UInt64 = 7) -> SimulatedBroker {
        var broker = SimulatedBroker(seed: seed, startingAt: .opening, historyTicks: 20)
        broker.openAccount(.demo, balance: .usd(1_000_000), at: .opening)
        return broker
    }

    /// Runs on by so many seconds and returns what happened.
    mutating func run(seconds: Int64) -> [MarketEvent] {
        var events: [MarketEvent] = []
        advance(to: clock.adding(seconds: seconds)) { events.append($0) }
        return events
    }

    mutating func bought(_ terms: ContractTerms, cents: Int64 = 1_000) throws -> SoldContract {
        try buy(.demo, terms, .usd(cents), maximumPrice: .usd(cents), at: clock).get().contract
    }
}
