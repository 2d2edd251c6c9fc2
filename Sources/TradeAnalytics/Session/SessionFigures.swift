public import TradingModel

/// Everything that a session, or an owner over a range of dates, asks of settled trades: how they went, at what risk, how
/// often, the curve of equity, and by what they have in common. It grows trade by trade, in order of settlement.
public struct SessionFigures: Sendable {
    public let startedAt: Timestamp
    private var trades: RunningTrades
    private var days: DailyProfits
    private var group = GroupTally()
    private var last: Timestamp
    /// The start balance and the magnitudes of all profits.
    private var magnitudes: Int64
    public private(set) var curve: EquityCurve
    public private(set) var bySymbol = Breakdown<Symbol>()
    public private(set) var bySide = Breakdown<Label>()
    /// In the order of `Period.allCases`.
    private var periods: [PeriodBreakdown]
    private let calendar: TradingCalendar

    /// - Parameters:
    ///   - start: the balance before the first trade in minor units, 1 to `Money.most`.
    ///   - startedAt: when the session started; the first point of the curve.
    ///   - calendar: whose days, weeks and months are meant.
    public init(start: Int64, startedAt: Timestamp, calendar: TradingCalendar, curvePoints: Int = 2_000) throws(FiguresError) {
        trades = try RunningTrades(start: start)
        days = try DailyProfits(start: start)
        curve = EquityCurve(start: start, startedAt: startedAt, most: curvePoints)
        periods = Period.allCases.map { PeriodBreakdown(by: $0, calendar: calendar) }
        (self.startedAt, self.calendar, last, magnitudes) = (startedAt, calendar, startedAt, start)
    }

    /// One more trade.
    /// - Throws: what is wrong with it. What was added before stays as it was.
    public mutating func add(_ trade: ClosedTrade) throws(FiguresError) {
        guard (0...Timestamp.distantFuture.milliseconds).contains(trade.closedAt.milliseconds) else { throw .noSuchTime(trade.closedAt.milliseconds) }
        let day = calendar.day(at: trade.closedAt)
        guard trade.closedAt >= last, days.last.map({ day >= $0 }) ?? true else { throw .outOfOrder(trade.closedAt.milliseconds, after: last.milliseconds) }
        guard trade.stake >= 0 else { throw .negativeStake(trade.stake) }
        guard trade.stake <= Money.most else { throw .amountTooLarge(trade.stake) }
        guard trade.profit.magnitude <= Money.most.magnitude else { throw .amountTooLarge(trade.profit) }
        // Once the magnitudes of all profits together fit, and the stakes, no sum of some of them can fail: what follows
        // adds the trade to every part or, here, to none.
        let (together, overflow) = magnitudes.addingReportingOverflow(Int64(trade.profit.magnitude))
        guard !overflow, !group.stakes.addingReportingOverflow(trade.stake).overflow else { throw .sumTooLarge }
        (magnitudes, last) = (together, trade.closedAt)
        try trades.add(trade.profit)
        try days.add(trade.profit, on: day)
        try group.add(trade.profit, stake: trade.stake)
        try curve.add(trade.profit, at: trade.closedAt)
        try bySymbol.add(trade.profit, stake: trade.stake, to: trade.symbol)
        try bySide.add(trade.profit, stake: trade.stake, to: trade.side)
        for place in periods.indices { try periods[place].add(trade) }
    }

    public var core: CoreFigures { CoreFigures(trades.population, group) }
    public var risk: RiskFigures { RiskFigures(trades.population, DailyReturns(days)) }
    /// - Parameter end: when the session ended, or now.
    public func activity(until end: Timestamp) -> ActivityFigures {
        ActivityFigures(days, trades: trades.tally.trades, from: startedAt, to: end)
    }
    public func breakdown(by period: Period) -> PeriodBreakdown { periods[Period.allCases.firstIndex(of: period)!] }
}
