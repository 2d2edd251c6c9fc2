// Mean win and mean loss.

/// Gross profit divided by wins. Undefined without a win.
public enum AverageWin: TradeFigure {
    public static let key: StaticString = "avg_win"
    public static func value(of trades: TradePopulation) -> FigureValue? { .amount(Double(trades.tally.grossProfit), over: Double(trades.tally.wins)) }
}

/// Gross loss divided by losses: negative. Undefined without a loss.
///
/// The previous system's figures of a symbol divided by losses and trades that came out even together.
public enum AverageLoss: TradeFigure {
    public static let key: StaticString = "avg_loss"
    public static func value(of trades: TradePopulation) -> FigureValue? { .amount(Double(trades.tally.grossLoss), over: Double(trades.tally.losses)) }
}
