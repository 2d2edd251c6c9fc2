public import TradingModel

/// A trade that is over, as figures need it. Amounts are whole minor units of one currency.
public struct ClosedTrade: Hashable, Sendable {
    public var symbol: Symbol
    /// What was bought, in the words of whoever recorded it: `CALL`, `rise`.
    public var side: Label
    /// When it settled.
    public var closedAt: Timestamp
    /// What it cost, 0 or more.
    public var stake: Int64
    /// What came back less what it cost.
    public var profit: Int64

    public init(symbol: Symbol, side: Label, closedAt: Timestamp, stake: Int64, profit: Int64) {
        (self.symbol, self.side, self.closedAt, self.stake, self.profit) = (symbol, side, closedAt, stake, profit)
    }
}
