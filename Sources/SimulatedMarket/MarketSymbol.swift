public import TradingModel

/// What is known of a simulated index before any price: its name, its scale, its pace and how much it moves.
public struct MarketSymbol: Hashable, Sendable {
    public let symbol: Symbol
    /// `Volatility 100 Index`
    public let displayName: String
    /// Digits after the point of its prices: one pip is 10^-decimals.
    public let decimals: Int
    /// Standard deviation of a year's logarithmic return, in percent.
    public let volatilityPercent: Int64
    /// Seconds between two ticks; ticks fall on the multiples of it.
    public let tickSeconds: Int64
    /// Where a new market begins, in pips.
    public let openingPips: Int64

    init(_ symbol: String, _ name: String, decimals: Int, volatilityPercent: Int64, tickSeconds: Int64, openingPips: Int64) {
        (self.symbol, displayName, self.decimals) = (Symbol(symbol)!, name, decimals)
        (self.volatilityPercent, self.tickSeconds, self.openingPips) = (volatilityPercent, tickSeconds, openingPips)
    }

    /// The catalogue in the order in which the broker lists it.
    public static let all: [MarketSymbol] = [
        MarketSymbol("R_10", "Volatility 10 Index", decimals: 3, volatilityPercent: 10, tickSeconds: 2, openingPips: 6_214_837),
        MarketSymbol("R_25", "Volatility 25 Index", decimals: 3, volatilityPercent: 25, tickSeconds: 2, openingPips: 2_846_193),
        MarketSymbol("R_50", "Volatility 50 Index", decimals: 4, volatilityPercent: 50, tickSeconds: 2, openingPips: 2_180_926),
        MarketSymbol("R_75", "Volatility 75 Index", decimals: 4, volatilityPercent: 75, tickSeconds: 2, openingPips: 953_284_471),
        MarketSymbol("R_100", "Volatility 100 Index", decimals: 2, volatilityPercent: 100, tickSeconds: 2, openingPips: 123_456),
        MarketSymbol("1HZ10V", "Volatility 10 (1s) Index", decimals: 2, volatilityPercent: 10, tickSeconds: 1, openingPips: 987_318),
        MarketSymbol("1HZ15V", "Volatility 15 (1s) Index", decimals: 3, volatilityPercent: 15, tickSeconds: 1, openingPips: 10_043_725),
        MarketSymbol("1HZ25V", "Volatility 25 (1s) Index", decimals: 2, volatilityPercent: 25, tickSeconds: 1, openingPips: 64_071_589),
        MarketSymbol("1HZ30V", "Volatility 30 (1s) Index", decimals: 3, volatilityPercent: 30, tickSeconds: 1, openingPips: 4_996_402),
        MarketSymbol("1HZ50V", "Volatility 50 (1s) Index", decimals: 2, volatilityPercent: 50, tickSeconds: 1, openingPips: 19_274_316),
        MarketSymbol("1HZ75V", "Volatility 75 (1s) Index", decimals: 2, volatilityPercent: 75, tickSeconds: 1, openingPips: 541_207),
        MarketSymbol("1HZ90V", "Volatility 90 (1s) Index", decimals: 3, volatilityPercent: 90, tickSeconds: 1, openingPips: 9_871_044),
        MarketSymbol("1HZ100V", "Volatility 100 (1s) Index", decimals: 2, volatilityPercent: 100, tickSeconds: 1, openingPips: 105_884),
    ]

    /// The catalogue's entry of a symbol, or nil when the broker does not know it.
    public static func named(_ symbol: Symbol) -> MarketSymbol? { all.first { $0.symbol == symbol } }
}
