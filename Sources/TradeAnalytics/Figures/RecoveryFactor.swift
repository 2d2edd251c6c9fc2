/// Net profit divided by the amount of the deepest fall from a peak. Undefined when equity never fell.
///
/// Source: the plain definition (Pardo 2008). The previous system divided by a percentage that it took for money.
public enum RecoveryFactor: TradeFigure {
    public static let key: StaticString = "recovery_factor"
    public static func value(of trades: TradePopulation) -> FigureValue? { .ratio(Double(trades.tally.net), over: -Double(trades.path.deepest)) }
}
