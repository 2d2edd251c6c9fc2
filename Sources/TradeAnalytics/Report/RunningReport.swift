public import TradingModel

/// A report that grows trade by trade, in order of settlement: for a file that is read line by line, or a session as it
/// trades.
public struct RunningReport: Sendable {
    public private(set) var total: RunningTrades
    public private(set) var days: DailyProfits
    private var symbols: [(name: Symbol, trades: RunningTrades)] = []
    private var sides: [(name: Label, trades: RunningTrades)] = []
    private let calendar: TradingCalendar
    private let fresh: RunningTrades
    /// The start balance and the magnitudes of all profits.
    private var magnitudes: Int64
    private var last = Timestamp(milliseconds: 0)
    private var today: (day: TradingDay, until: Timestamp)?

    /// - Parameters:
    ///   - start: the balance before the first trade in minor units, 1 to `Money.most`.
    ///   - calendar: which day a settlement belongs to.
    public init(start: Int64, calendar: TradingCalendar = .utc) throws(FiguresError) {
        fresh = try RunningTrades(start: start)
        total = fresh
        days = try DailyProfits(start: start)
        self.calendar = calendar
        magnitudes = start
    }

    /// One more trade.
    /// - Throws: what is wrong with it. What was added before stays as it was.
    public mutating func add(_ trade: ClosedTrade) throws(FiguresError) {
        guard (0...Timestamp.distantFuture.milliseconds).contains(trade.closedAt.milliseconds) else { throw .noSuchTime(trade.closedAt.milliseconds) }
        guard trade.closedAt >= last else { throw .outOfOrder(trade.closedAt.milliseconds, after: last.milliseconds) }
        guard trade.stake >= 0 else { throw .negativeStake(trade.stake) }
        guard trade.stake <= Money.most else { throw .amountTooLarge(trade.stake) }
        let day = day(of: trade.closedAt)
        guard trade.profit.magnitude <= Money.most.magnitude else { throw .amountTooLarge(trade.profit) }
        // Once the magnitudes of all profits together fit, no sum of some of them can fail.
        let (together, overflow) = magnitudes.addingReportingOverflow(Int64(trade.profit.magnitude))
        guard !overflow else { throw .sumTooLarge }
        magnitudes = together
        try total.add(trade.profit)
        try days.add(trade.profit, on: day)
        try add(trade.profit, symbol: trade.symbol)
        try add(trade.profit, side: trade.side)
        last = trade.closedAt
    }

    private mutating func add(_ profit: Int64, symbol: Symbol) throws(FiguresError) {
        if let place = symbols.firstIndex(where: { $0.name == symbol }) { return try symbols[place].trades.add(profit) }
        symbols.append((symbol, fresh))
        try symbols[symbols.count - 1].trades.add(profit)
    }

    private mutating func add(_ profit: Int64, side: Label) throws(FiguresError) {
        if let place = sides.firstIndex(where: { $0.name == side }) { return try sides[place].trades.add(profit) }
        sides.append((side, fresh))
        try sides[sides.count - 1].trades.add(profit)
    }

    private mutating func day(of moment: Timestamp) -> TradingDay {
        if let today, moment < today.until { return today.day }
        let day = calendar.day(at: moment)
        today = (day, calendar.nextDay(after: moment))
        return day
    }

    /// As it stands now.
    public var report: FiguresReport {
        FiguresReport(
            total: total.population, days: DailyReturns(days),
            bySymbol: symbols.sorted { $0.name < $1.name }.map { ($0.name, $0.trades.population) },
            bySide: sides.sorted { $0.name < $1.name }.map { ($0.name, $0.trades.population) })
    }
}
