/// How close to a straight line the logarithm of equity rises or falls: the square of its correlation with the days, 1 is a line. Undefined with
/// fewer than two days, when equity never changed, and when it came to nothing.
///
/// Source: the definition of empyrical, R² of the cumulated logarithmic returns.
public enum Stability: DailyFigure {
    public static let key: StaticString = "stability_r2"
    public static func value(of days: DailyReturns, year: Int) -> FigureValue? {
        guard let logarithms = days.logarithms, logarithms.count > 1 else { return nil }
        let n = Double(logarithms.count), middle = (n - 1) / 2, mean = logarithms.reduce(0, +) / n
        var product = 0.0, dayWidth = 0.0, width = 0.0
        for (day, logarithm) in logarithms.enumerated() {
            let along = Double(day) - middle, up = logarithm - mean
            product += along * up
            dayWidth += along * along
            width += up * up
        }
        return .ratio(product * product, over: dayWidth * width)
    }
}
