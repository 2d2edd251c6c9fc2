// The worst fall of equity from a peak, trade by trade.

/// The deepest fall from a peak, in money: zero or negative.
///
/// Source: the plain definition (Magdon-Ismail and Atiya, *Maximum Drawdown*, 2004). The previous system looked at balances at the end of
/// sessions only, and stored a percentage in the field for money.
public enum MaxDrawdown: TradeFigure {
    public static let key: StaticString = "max_drawdown_abs"
    public static func value(of trades: TradePopulation) -> FigureValue? { .money(trades.path.deepest) }
}

/// The fall that was the greatest share of its peak: -0.25 is a quarter. It need not be the deepest one in money.
public enum MaxDrawdownShare: TradeFigure {
    public static let key: StaticString = "max_drawdown_pct"
    public static func value(of trades: TradePopulation) -> FigureValue? { .ratio(trades.path.greatestShare.share) }
}
