public import TradingModel

/// Equity over time, thinned to a bounded number of points. Each point is of one settlement; the first is the start.
///
/// The previous system ordered the points by entry and stamped them with exits, so that time could go backwards, and took
/// the last open profit off closed trades. Here a point is made when a trade settles, and open trades make none.
public struct EquityCurve: Hashable, Sendable {
    public struct Point: Hashable, Sendable {
        public let time: Timestamp
        /// Start balance and settled profit in minor units.
        public let equity: Int64
        /// How far that is below the highest equity so far, in minor units: 0 or more.
        public let drawdown: Int64
        public init(time: Timestamp, equity: Int64, drawdown: Int64) { (self.time, self.equity, self.drawdown) = (time, equity, drawdown) }
    }

    /// No more points than this, 3 or more.
    public let most: Int
    private var kept: [Point]
    private var last: Point
    private var peak: Int64
    /// Every so many settlements one is kept: 1, 2, 4, …
    private var stride = 1
    private var sinceKept = 0

    /// - Parameters:
    ///   - start: the balance before the first trade in minor units.
    ///   - startedAt: the moment of the first point.
    public init(start: Int64, startedAt: Timestamp, most: Int = 2_000) {
        precondition(most >= 3, "an equity curve of \(most) points")
        self.most = most
        last = Point(time: startedAt, equity: start, drawdown: 0)
        kept = [last]
        peak = start
    }

    /// One more settlement, in order of time.
    /// - Throws: `outOfOrder` or `sumTooLarge`, having added nothing.
    public mutating func add(_ profit: Int64, at time: Timestamp) throws(FiguresError) {
        guard time >= last.time else { throw .outOfOrder(time.milliseconds, after: last.time.milliseconds) }
        let (equity, first) = last.equity.addingReportingOverflow(profit)
        let (drawdown, second) = max(peak, equity).subtractingReportingOverflow(equity)
        guard !first, !second else { throw .sumTooLarge }
        peak = max(peak, equity)
        last = Point(time: time, equity: equity, drawdown: drawdown)
        sinceKept += 1
        guard sinceKept == stride else { return }
        sinceKept = 0
        if kept.count == most - 1 {
            // The newest may stand behind these, so it is time to make room: every second one goes. This one's place
            // is `kept.count`; an odd one goes with them.
            let stays = kept.count.isMultiple(of: 2)
            kept = kept.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
            stride *= 2
            guard stays else {
                sinceKept = stride / 2
                return
            }
        }
        kept.append(last)
    }

    /// In order of time; the newest settlement is always among them.
    public var points: [Point] { kept.last == last ? kept : kept + [last] }
}
