public import TradingModel

/// The profit of each trading day from the first settlement to the last, days without one among them. Adding a trade is
/// O(1); the space is eight bytes a day.
public struct DailyProfits: Hashable, Sendable {
    /// The balance before the first day in minor units.
    public let start: Int64
    /// The day of the first settlement; nil without one.
    public private(set) var first: TradingDay?
    /// Minor units by day, the first day's first.
    public private(set) var profits: [Int64] = []
    /// Days on which something settled.
    public private(set) var activeDays = 0
    /// Of all days.
    private var sum: Int64 = 0

    /// Ten thousand years: a wrong day shall not fill the memory with days between.
    static let mostDays = 3_652_425

    /// - Parameter start: 1 to `Money.most`.
    public init(start: Int64) throws(FiguresError) {
        guard (1...Money.most).contains(start) else { throw .startBalance(start) }
        self.start = start
    }

    public var last: TradingDay? { first.map { TradingDay(daysSince1970: $0.daysSince1970 + Int32(profits.count - 1)) } }

    /// - Parameter day: the day of the one before, or a later one.
    /// - Throws: `outOfOrder`, `sumTooLarge`, or `noSuchTime` for a day that is ten thousand years later; nothing is added.
    public mutating func add(_ profit: Int64, on day: TradingDay) throws(FiguresError) {
        let (total, overflow) = sum.addingReportingOverflow(profit)
        guard !overflow, !total.addingReportingOverflow(start).overflow else { throw .sumTooLarge }
        let first = first ?? day
        let place = Int(day.daysSince1970) - Int(first.daysSince1970)
        guard place >= profits.count - 1, place >= 0 else {
            throw .outOfOrder(Int64(day.daysSince1970) * 86_400_000, after: Int64(last?.daysSince1970 ?? 0) * 86_400_000)
        }
        guard place <= DailyProfits.mostDays else { throw .noSuchTime(Int64(day.daysSince1970) * 86_400_000) }
        if place == profits.count - 1 {
            let (daySum, overflow) = profits[place].addingReportingOverflow(profit)
            guard !overflow else { throw .sumTooLarge }
            profits[place] = daySum
        } else {
            profits.append(contentsOf: repeatElement(0, count: place - profits.count))
            profits.append(profit)
            activeDays += 1
        }
        (self.first, sum) = (first, total)
    }
}
