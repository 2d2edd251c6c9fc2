public import TradingModel

/// What is sold on every symbol: rise and fall over 1 to 10 ticks and 15 seconds to a day, digits over 1 to 10 ticks.
public enum MarketOffers {
    /// Shortest and longest duration of a kind in a unit, or nil when it is not sold.
    public static func durations(of kind: ContractKind, in unit: ContractDuration.Unit) -> ClosedRange<Int32>? {
        switch (unit, kind) {
        case (.ticks, _): 1...10
        case (.seconds, .rise), (.seconds, .fall): 15...86_400
        case (.minutes, .rise), (.minutes, .fall): 1...1_440
        case (.hours, .rise), (.hours, .fall): 1...24
        case (.days, .rise), (.days, .fall): 1...1
        case (.seconds, _), (.minutes, _), (.hours, _), (.days, _): nil
        }
    }

    public static func cover(_ terms: ContractTerms) -> Bool {
        durations(of: terms.kind, in: terms.duration.unit)?.contains(terms.duration.count) ?? false
    }
}
