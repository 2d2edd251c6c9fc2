// How many trades there were, and how they ended.

/// Trades that have settled.
public enum TradeCount: TradeFigure {
    public static let key: StaticString = "n"
    public static func value(of trades: TradePopulation) -> FigureValue? { .count(trades.tally.trades) }
}

/// Trades with a profit above zero.
public enum WinCount: TradeFigure {
    public static let key: StaticString = "wins"
    public static func value(of trades: TradePopulation) -> FigureValue? { .count(trades.tally.wins) }
}

/// Trades with a profit below zero.
///
/// The previous system's positions and time-based views counted a profit of zero as a loss; here it is neither.
public enum LossCount: TradeFigure {
    public static let key: StaticString = "losses"
    public static func value(of trades: TradePopulation) -> FigureValue? { .count(trades.tally.losses) }
}

/// Trades that came out even.
public enum BreakEvenCount: TradeFigure {
    public static let key: StaticString = "breakeven"
    public static func value(of trades: TradePopulation) -> FigureValue? { .count(trades.tally.breakEven) }
}
