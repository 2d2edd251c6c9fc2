/// Net profit divided by the start balance: 0.07 is seven percent; as a percentage it is the return on investment.
///
/// The previous system took the first and the last session's balance whatever range of dates was asked for.
public enum TotalReturn: TradeFigure {
    public static let key: StaticString = "total_return"
    public static func value(of trades: TradePopulation) -> FigureValue? {
        .ratio(Double(trades.path.equity - trades.path.start), over: Double(trades.path.start))
    }
}
