public import TradingModel

/// What is sold where.
public enum MarketOffers {
    /// Shortest and longest duration of a kind in a unit, or nil when it is not sold.
    public static func durations(of kind: OfferedKind, in unit: ContractDuration.Unit, on market: MarketSymbol) -> ClosedRange<Int32>? {
        switch (market.process, market.hours, kind.family) {
        case (_, _, .multiplier): nil
        // On these one side would win far more often than the other.
        case (.spikes, _, _): nil
        case (_, .forex, .digit): nil
        case (_, .forex, .direction): forexDurations(of: kind, in: unit, on: market)
        // Each step changes the last digit by a known number; and every other tick is equal to the entry.
        case (.steps, _, .digit): nil
        case (.steps, _, .direction): kind == .rise || kind == .fall ? steadyDurations(of: kind, in: unit) : nil
        case (.volatility, .always, _), (.jumps, .always, _), (.dailyReset, .always, _): steadyDurations(of: kind, in: unit)
        }
    }

    /// Rise and fall over 1 to 10 ticks and 15 seconds to a day, digits over 1 to 10 ticks.
    private static func steadyDurations(of kind: OfferedKind, in unit: ContractDuration.Unit) -> ClosedRange<Int32>? {
        switch (unit, kind.family) {
        case (.ticks, _): 1...10
        case (.seconds, .direction): 15...86_400
        case (.minutes, .direction): 1...1_440
        case (.hours, .direction): 1...24
        case (.days, .direction): 1...1
        case (.seconds, _), (.minutes, _), (.hours, _), (.days, _): nil
        }
    }

    /// Majors over 5 to 10 ticks and from a minute, the pound from five minutes, minors and equals from three.
    private static func forexDurations(of kind: OfferedKind, in unit: ContractDuration.Unit, on market: MarketSymbol) -> ClosedRange<Int32>? {
        let isEqual = kind == .riseOrEqual || kind == .fallOrEqual
        let isMajor = !market.multipliers.isEmpty, isPound = market.displayName.hasPrefix("GBP")
        let minutes: Int32 = isPound ? 5 : isEqual || !isMajor ? 3 : 1
        return switch unit {
        case .ticks: isMajor && !isPound && !isEqual ? 5...10 : nil
        case .seconds: minutes * 60...86_400
        case .minutes: minutes...1_440
        case .hours: 1...24
        case .days: 1...1
        }
    }

    /// Whether a kind is sold on a market at all.
    public static func sells(_ kind: OfferedKind, on market: MarketSymbol) -> Bool {
        if kind.family == .multiplier { return !market.multipliers.isEmpty }
        return [.ticks, .seconds].contains { durations(of: kind, in: $0, on: market) != nil }
    }

    /// Whether the price of a quote stays the same while the market moves, so that its stream is silent after the first
    /// answer: ticks, digits and what is at the money for less than a day, on the indices that the broker names.
    public static func isConstant(_ terms: OfferedTerms) -> Bool {
        guard constant.contains(terms.symbol.text), let duration = terms.duration else { return false }
        return duration.seconds.map { $0 < 86_400 } ?? true
    }
    private static let constant: Set<String> = ["R_10", "R_25", "R_50", "R_75", "R_100", "RDBULL", "RDBEAR"]

    /// Whether a contract with these terms is sold at all.
    public static func cover(_ terms: OfferedTerms, on market: MarketSymbol) -> Bool {
        switch terms.span {
        case .duration(let duration): durations(of: terms.kind, in: duration.unit, on: market)?.contains(duration.count) ?? false
        case .open(let multiplier): market.multipliers.contains(multiplier)
        }
    }

    /// The moment by which a contract that begins at `now` has certainly ended, or nil for one without an end. A contract
    /// over ticks is given one to enter.
    static func latestEnd(of terms: OfferedTerms, from now: Int64, on market: MarketSymbol) -> Int64? {
        guard let duration = terms.duration else { return nil }
        return now + (duration.seconds ?? (Int64(duration.count) + 2) * market.tickSeconds)
    }

    /// The moment before which a contract must end: the market's closing or its return to the opening price.
    static func lastEnd(from now: Int64, on market: MarketSymbol) -> Int64? {
        if case .dailyReset = market.process { return (now / 86_400 + 1) * 86_400 }
        return market.hours.closing(after: now)
    }
}
