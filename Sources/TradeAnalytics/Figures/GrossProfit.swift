// Sums of money: exact, in minor units.

/// The sum of all profits above zero. The previous system added binary fractions, which drift.
public enum GrossProfit: TradeFigure {
    public static let key: StaticString = "gross_profit"
    public static func value(of trades: TradePopulation) -> FigureValue? { .money(trades.tally.grossProfit) }
}

/// The sum of all profits below zero: zero or negative.
public enum GrossLoss: TradeFigure {
    public static let key: StaticString = "gross_loss"
    public static func value(of trades: TradePopulation) -> FigureValue? { .money(trades.tally.grossLoss) }
}

/// The sum of all profits.
public enum NetProfit: TradeFigure {
    public static let key: StaticString = "net"
    public static func value(of trades: TradePopulation) -> FigureValue? { .money(trades.tally.net) }
}
