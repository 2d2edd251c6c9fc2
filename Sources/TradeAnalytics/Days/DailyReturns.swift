import RealModule

/// The returns of days, one after the other without a gap: a day's profit divided by the equity before it, 0 on a day
/// without trades. The previous system had no such series, and so no figure that hangs on it.
public struct DailyReturns: Equatable, Sendable {
    public let days: Int
    public let positiveDays: Int
    public let negativeDays: Int
    public var flatDays: Int { days - positiveDays - negativeDays }

    /// In order of days. Nil when a day began with nothing left: a return from nothing is no number, and what would be
    /// left out could be anything.
    public let returns: [Double]?
    /// The same in order of size; empty where there are none.
    let sorted: [Double]
    /// The mean return; nil without returns.
    public let mean: Double?
    /// Sums of powers of the distances from the mean.
    let squares: Double, cubes: Double, fourths: Double
    /// The sum of the squares of the negative returns.
    let lossSquares: Double

    /// Equity at the end of each day.
    let path: EquityPath
    /// The sum of the squares of the falls from the peak at the end of each day, as shares of the peak.
    let fallSquares: Double
    /// What equity was multiplied by up to the end of each day, as a natural logarithm; nil when it came to nothing or less.
    let logarithms: [Double]?

    public init(_ profits: DailyProfits) {
        days = profits.profits.count
        positiveDays = profits.profits.count { $0 > 0 }
        negativeDays = profits.profits.count { $0 < 0 }
        var path = EquityPath(start: profits.start), returns: [Double] = [], logarithms: [Double] = []
        var fallSquares = 0.0, isWhole = true
        for profit in profits.profits {
            isWhole = isWhole && path.equity > 0
            returns.append(Double(profit) / Double(path.equity))
            path.add(profit)
            let fall = Double(path.fall) / Double(path.peak)
            fallSquares += fall * fall
            if path.equity > 0 { logarithms.append(.log(Double(path.equity) / Double(path.start))) }
        }
        (self.path, self.fallSquares) = (path, fallSquares)
        self.logarithms = logarithms.count == days ? logarithms : nil
        self.returns = isWhole ? returns : nil
        if !isWhole { returns = [] }
        sorted = returns.sorted()
        let mean = returns.reduce(0, +) / Double(returns.count)
        self.mean = returns.isEmpty ? nil : mean
        var squares = 0.0, cubes = 0.0, fourths = 0.0, lossSquares = 0.0
        for value in returns {
            let distance = value - mean, square = distance * distance
            squares += square
            cubes += square * distance
            fourths += square * square
            if value < 0 { lossSquares += value * value }
        }
        (self.squares, self.cubes, self.fourths, self.lossSquares) = (squares, cubes, fourths, lossSquares)
    }

    var count: Double { Double(sorted.count) }
    /// Are there two returns that differ?
    var varies: Bool { sorted.first != sorted.last }
    /// The standard deviation as a sample; nil with fewer than two days.
    var deviation: Double? { sorted.count > 1 ? (squares / (count - 1)).squareRoot() : nil }
    /// The root of the mean square of the negative returns, over all days; nil without days.
    var downsideDeviation: Double? { sorted.isEmpty ? nil : (lossSquares / count).squareRoot() }

    /// As `TradePopulation.quantile`, of returns.
    func quantile(_ q: Double) -> Double? {
        guard !sorted.isEmpty else { return nil }
        let place = (count - 1) * q
        let lower = min(Int(place), sorted.count - 1), upper = min(lower + 1, sorted.count - 1)
        return sorted[lower] + (sorted[upper] - sorted[lower]) * (place - Double(lower))
    }
}
