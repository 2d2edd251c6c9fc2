/// The share of capital that grows it fastest, were the future like these trades: `p - (1 - p) / payoff ratio`, p the win rate. Negative: do not
/// trade. Undefined without a win or without a loss.
///
/// Source: Kelly, *A New Interpretation of Information Rate* (1956), for two outcomes.
public enum KellyShare: TradeFigure {
    public static let key: StaticString = "kelly"
    public static func value(of trades: TradePopulation) -> FigureValue? {
        guard case .ratio(let rate) = WinRate.value(of: trades), case .ratio(let payoff) = PayoffRatio.value(of: trades) else { return nil }
        return .ratio(rate - (1 - rate) / payoff, over: 1)
    }
}
