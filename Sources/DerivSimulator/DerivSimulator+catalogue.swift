import SimulatedMarket
import TradingModel

/// What a simulator offers, for whoever starts one.
extension DerivSimulator {
    /// What is served, in Deriv's words.
    public static var catalogue: (symbols: [String], contractTypes: [String], calls: [String]) {
        (MarketSymbol.all.map(\.symbol.text), OfferedKind.allCases.map(\.contractType), Call.allCases.map(\.rawValue))
    }
}
