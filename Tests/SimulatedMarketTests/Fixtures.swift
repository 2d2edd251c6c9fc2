import SimulatedMarket
import Testing
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

extension OfferedTerms {
    /// A kind with a duration, or a multiplier of 100; a digit that fits where one is needed.
    static func fixture(_ kind: OfferedKind, _ duration: String = "5t", on symbol: Symbol = .r100, digit: Int? = nil, multiplier: Int64 = 100) throws
        -> OfferedTerms
    {
        let span = kind.family == .multiplier ? Span.open(multiplier: multiplier) : .duration(ContractDuration(text: duration)!)
        return try #require(OfferedTerms(symbol: symbol, kind: kind, span: span, digit: digit ?? kind.digits.map { _ in 5 }))
    }
}

extension SimulatedBroker {
    /// A small market with one account of 10,000.00, at `Timestamp.opening`.
    static func fixture(seed: UInt64 = 7, markets: [MarketSymbol] = MarketSymbol.all) -> SimulatedBroker {
        var broker = SimulatedBroker(seed: seed, startingAt: .opening, markets: markets, historyTicks: 20)
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

    mutating func bought(_ terms: OfferedTerms, cents: Int64 = 1_000, limits: LimitOrder = LimitOrder()) throws -> SoldContract {
        try buy(.demo, terms, .usd(cents), maximumPrice: .usd(cents), limits: limits, at: clock).get().contract
    }
}
