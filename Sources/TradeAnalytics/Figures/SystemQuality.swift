/// The root of the number of trades times the Sharpe ratio of a trade: how far the mean profit is from zero by what chance would explain.
/// Undefined when all profits are alike.
///
/// Source: Tharp's system quality number, *Definitive Guide to Position Sizing* (2008), in money instead of units of risk.
public enum SystemQuality: TradeFigure {
    public static let key: StaticString = "sqn"
    public static func value(of trades: TradePopulation) -> FigureValue? {
        guard case .ratio(let sharpe) = SharpeRatio.value(of: trades) else { return nil }
        return .ratio(Double(trades.tally.trades).squareRoot() * sharpe, over: 1)
    }
}
