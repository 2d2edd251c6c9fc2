public import TradingModel

/// Trades by the hour, day, week or month of their settlement. A profit is made when it settles; the previous system's
/// days went by entry in one place and by exit in another, and one that ran past midnight fell between them.
public struct PeriodBreakdown: Hashable, Sendable {
    public let period: Period
    public let calendar: TradingCalendar
    /// By the period's number.
    public private(set) var breakdown = Breakdown<Int64>()

    public init(by period: Period, calendar: TradingCalendar) { (self.period, self.calendar) = (period, calendar) }

    /// - Throws: `sumTooLarge`, having added nothing.
    public mutating func add(_ trade: ClosedTrade) throws(FiguresError) {
        try breakdown.add(trade.profit, stake: trade.stake, to: period.number(of: trade.closedAt, in: calendar))
    }

    /// All periods with trades, in order of time.
    public var rows: [(text: String, firstDay: TradingDay?, tally: GroupTally)] {
        breakdown.groups.map { (period.text(of: $0.key), period.firstDay(of: $0.key), $0.tally) }
    }

    /// The periods of `finer` that lie in each of these: the days of each week.
    public func rows(with finer: PeriodBreakdown) -> [(text: String, firstDay: TradingDay?, tally: GroupTally, parts: [(text: String, tally: GroupTally)])] {
        breakdown.groups.map { group in
            let parts = finer.breakdown.groups.filter { part in
                guard let day = finer.period.firstDay(of: part.key) else { return false }
                // Of a day in this calendar, its own number: the calendar has been applied to it already.
                return period.number(of: Timestamp(seconds: Int64(day.daysSince1970) * 86_400), in: .utc) == group.key
            }
            return (period.text(of: group.key), period.firstDay(of: group.key), group.tally, parts.map { (finer.period.text(of: $0.key), $0.tally) })
        }
    }
}
