import TradingModel

/// How much a session traded: the third of its questions.
///
/// Against the previous system's `calculateActivityMetrics`: its `tradesPerDay` was the number of days with a trade and
/// bears its right meaning here; open trades are counted apart from settled ones.
public struct ActivityFigures: Hashable, Sendable {
    /// Days on which something settled.
    public let activeDays: Int
    /// Days from the first settlement to the last, both included.
    public let days: Int
    /// Settled trades divided by all those days; nil without trades.
    public let tradesPerDay: Double?
    /// Settled trades divided by active days; nil without trades.
    public let tradesPerActiveDay: Double?
    /// From the start of the session to its end, or to now, in milliseconds.
    public let durationMilliseconds: Int64

    init(_ days: DailyProfits, trades: Int, from start: Timestamp, to end: Timestamp) {
        (activeDays, self.days) = (days.activeDays, days.profits.count)
        tradesPerDay = trades > 0 ? Double(trades) / Double(days.profits.count) : nil
        tradesPerActiveDay = trades > 0 ? Double(trades) / Double(days.activeDays) : nil
        durationMilliseconds = max(0, end.milliseconds(since: start))
    }
}
