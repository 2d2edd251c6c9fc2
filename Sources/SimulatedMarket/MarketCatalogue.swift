// The markets there are. Names, pips and pace are the broker's; openings are ours, and so are a volatility of spikes,
// steps and currencies where nothing is published.

import TradingModel

extension MarketSymbol {
    /// The catalogue in the order in which the broker lists it.
    public static let all: [MarketSymbol] = volatilities + spikes + jumps + steps + resets + currencies

    /// Those of some multipliers with which the commission takes no more than 15 % of the stake.
    private func multiplied(_ multipliers: [Int64]) -> MarketSymbol {
        MarketSymbol(
            symbol.text, displayName, decimals: decimals, process: process, volatilityPercent: volatilityPercent, tickSeconds: tickSeconds,
            openingPips: openingPips, hours: hours, multipliers: multipliers.filter { $0 * commissionMillionths <= 150_000 })
    }

    private static let usualMultipliers: [Int64] = [10, 20, 30, 40, 60, 100, 200, 300, 400]

    private static let volatilities: [MarketSymbol] = [
        every2("R_10", 10, 3, 6_214_837), every2("R_25", 25, 3, 2_846_193), every2("R_50", 50, 4, 2_180_926), every2("R_75", 75, 4, 953_284_471),
        every2("R_100", 100, 2, 123_456),
        every1("1HZ10V", 10, 2, 987_318), every1("1HZ15V", 15, 3, 10_043_725), every1("1HZ25V", 25, 2, 64_071_589), every1("1HZ30V", 30, 3, 4_996_402),
        every1("1HZ50V", 50, 2, 19_274_316), every1("1HZ75V", 75, 2, 541_207), every1("1HZ90V", 90, 3, 9_871_044), every1("1HZ100V", 100, 2, 105_884),
        every1("1HZ150V", 150, 2, 1_482_930), every1("1HZ200V", 200, 2, 877_145), every1("1HZ250V", 250, 2, 2_091_563), every1("1HZ300V", 300, 2, 3_318_402),
    ]

    private static func every2(_ symbol: String, _ percent: Int64, _ decimals: Int, _ opening: Int64) -> MarketSymbol {
        MarketSymbol(
            symbol, "Volatility \(percent) Index", decimals: decimals, volatilityPercent: percent, tickSeconds: 2, openingPips: opening,
            multipliers: usualMultipliers)
    }
    private static func every1(_ symbol: String, _ percent: Int64, _ decimals: Int, _ opening: Int64) -> MarketSymbol {
        MarketSymbol(
            symbol, "Volatility \(percent) (1s) Index", decimals: decimals, volatilityPercent: percent, tickSeconds: 1, openingPips: opening,
            multipliers: usualMultipliers)
    }

    private static let spikes: [MarketSymbol] = [true, false].flatMap { up in
        [("300N", 300), ("500", 500), ("600", 600), ("900", 900), ("1000", 1_000)].map { (suffix, every) in
            MarketSymbol(
                (up ? "BOOM" : "CRASH") + suffix, "\(up ? "Boom" : "Crash") \(every) Index", decimals: 3, process: .spikes(up: up, every: every),
                volatilityPercent: 0, tickSeconds: 1, openingPips: 5_000_000 + every * 4_217, multipliers: []
            ).multiplied([100, 150, 200, 250, 300])
        }
    }

    private static let jumps: [MarketSymbol] = [10, 25, 50, 75, 100, 150, 200].map { percent in
        MarketSymbol(
            "JD\(percent)", "Jump \(percent) Index", decimals: 2, process: .jumps, volatilityPercent: percent, tickSeconds: 1,
            openingPips: 4_217_300 + percent * 1_931, multipliers: []
        ).multiplied(usualMultipliers)
    }

    private static let steps: [MarketSymbol] = [
        ("stpRNG", "Step Index", 1), ("STPRNG2", "Step 200 Index", 2), ("STPRNG3", "Step 300 Index", 3),
        ("STPRNG4", "Step 400 Index", 4), ("STPRNG5", "Step 500 Index", 5),
    ].map { (symbol, name, pips) in
        MarketSymbol(
            symbol, name, decimals: 1, process: .steps(pips: pips), volatilityPercent: 0, tickSeconds: 1, openingPips: 80_000 + pips * 137,
            multipliers: [100, 200, 300, 500, 750])
    }

    private static let resets: [MarketSymbol] = [("RDBULL", "Bull Market Index", 35), ("RDBEAR", "Bear Market Index", -35)].map { (symbol, name, drift) in
        MarketSymbol(
            symbol, name, decimals: 4, process: .dailyReset(driftPercent: drift), volatilityPercent: 50, tickSeconds: 2, openingPips: 10_000_000,
            multipliers: [])
    }

    private static let currencies: [MarketSymbol] = [
        pair("EUR", "USD", 5, 108_432, 8), pair("GBP", "USD", 5, 127_118, 9), pair("USD", "JPY", 3, 149_874, 10), pair("AUD", "USD", 5, 65_743, 10),
        pair("USD", "CAD", 5, 136_205, 7), pair("EUR", "GBP", 5, 85_316, 6),
    ]

    private static func pair(_ base: String, _ quote: String, _ decimals: Int, _ opening: Int64, _ percent: Int64) -> MarketSymbol {
        MarketSymbol(
            "frx\(base)\(quote)", "\(base)/\(quote)", decimals: decimals, volatilityPercent: percent, tickSeconds: 1, openingPips: opening, hours: .forex,
            multipliers: base + quote == "EURGBP" ? [] : [30, 50, 100, 150, 300, 500])
    }
}
