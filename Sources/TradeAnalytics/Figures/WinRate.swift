// What share of trades won.

/// Wins divided by all trades, those that came out even among them. Undefined without trades.
///
/// Source: the plain definition (Pardo, *The Evaluation and Optimization of Trading Strategies*, 2008: percent profitable).
public enum WinRate: TradeFigure {
    public static let key: StaticString = "win_rate"
    public static func value(of trades: TradePopulation) -> FigureValue? { .ratio(Double(trades.tally.wins), over: Double(trades.tally.trades)) }
}

/// Wins divided by wins and losses. Undefined when every trade came out even.
public enum WinRateWithoutBreakEven: TradeFigure {
    public static let key: StaticString = "win_rate_excl_breakeven"
    public static func value(of trades: TradePopulation) -> FigureValue? {
        .ratio(Double(trades.tally.wins), over: Double(trades.tally.wins + trades.tally.losses))
    }
}
