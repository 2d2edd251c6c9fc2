public import TradingModel

/// Where a symbol's price path stood: enough to walk it again.
public struct MarketPosition: Hashable, Sendable {
    public var symbol: Symbol
    /// Broker seconds of a tick.
    public var epoch: Int64
    public var pips: Int64
    /// Broker seconds of the market's first tick: its prices follow from the seed and the time since then.
    public var origin: Int64
    public init(symbol: Symbol, epoch: Int64, pips: Int64, origin: Int64) { (self.symbol, self.epoch, self.pips, self.origin) = (symbol, epoch, pips, origin) }
}

/// A broker at rest: what an adapter writes down and reads back. Balances and next ids follow from the ledger.
public struct BrokerState: Sendable {
    public var seed: UInt64
    public var clock: Timestamp
    public var positions: [MarketPosition]
    public var accounts: [BrokerAccount]
    public var ledger: [Booking]
    public var contracts: [SoldContract]

    public init(
        seed: UInt64, clock: Timestamp, positions: [MarketPosition], accounts: [BrokerAccount] = [], ledger: [Booking] = [], contracts: [SoldContract] = []
    ) {
        (self.seed, self.clock, self.positions) = (seed, clock, positions)
        (self.accounts, self.ledger, self.contracts) = (accounts, ledger, contracts)
    }
}
