// Runs of one outcome.

/// The most wins in a row. A trade that came out even ends a row.
public enum LongestWinStreak: TradeFigure {
    public static let key: StaticString = "max_consecutive_wins"
    public static func value(of trades: TradePopulation) -> FigureValue? { .count(trades.streaks.longestWins) }
}

/// The most losses in a row. A trade that came out even ends a row.
public enum LongestLossStreak: TradeFigure {
    public static let key: StaticString = "max_consecutive_losses"
    public static func value(of trades: TradePopulation) -> FigureValue? { .count(trades.streaks.longestLosses) }
}
