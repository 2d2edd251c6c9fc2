// What a figure comes to, and the two kinds of figure there are.

/// What a figure came to. Money that is a sum of amounts stays in whole minor units; a `Double` stands only where an
/// outcome is no whole number of anything: a mean, a deviation, a ratio.
public enum FigureValue: Hashable, Sendable {
    case count(Int)
    /// Whole minor units of the trades' currency.
    case money(Int64)
    /// An amount that is no sum, in minor units: a mean, a deviation, a point between two profits.
    case amount(Double)
    /// A bare number: 0.5 is one half. Always finite.
    case ratio(Double)

    /// The quotient, or nil when it says nothing: the divisor is zero, or the outcome is beyond what a number holds.
    static func ratio(_ part: Double, over whole: Double) -> FigureValue? { finite(part / whole).map(FigureValue.ratio) }

    /// The same for an amount.
    static func amount(_ part: Double, over whole: Double) -> FigureValue? { finite(part / whole).map(FigureValue.amount) }

    static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
}

/// A figure of trades in the order of their settlement.
public protocol TradeFigure: Sendable {
    /// Its name in files and answers.
    static var key: StaticString { get }
    /// What it comes to, or nil where it is undefined: a mean of nothing, a quotient of zero.
    static func value(of trades: TradePopulation) -> FigureValue?
}

/// A figure of the returns of days, one after the other without a gap.
public protocol DailyFigure: Sendable {
    static var key: StaticString { get }
    /// - Parameter year: how many days count as a year: 365 for markets that never close, 252 for those of exchanges.
    static func value(of days: DailyReturns, year: Int) -> FigureValue?
}

/// One figure by name.
public struct NamedFigure: Hashable, Sendable {
    public let key: String
    /// Nil where it is undefined.
    public let value: FigureValue?
    public init(key: String, value: FigureValue?) { (self.key, self.value) = (key, value) }
}
