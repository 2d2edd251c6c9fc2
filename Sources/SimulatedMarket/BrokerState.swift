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

    /// The beginning of a market that has made so many ticks by `now`.
    static func opening(_ market: MarketSymbol, before now: Timestamp, ticks: Int) -> MarketPosition {
        let latest = market.hours.lastOpen(atOrBefore: now.seconds)
        let first = market.hours.start(of: ticks, step: market.tickSeconds, endingAt: latest - latest % market.tickSeconds)
        return MarketPosition(symbol: market.symbol, epoch: first, pips: market.openingPips, origin: first)
    }
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

    /// Opens the markets of the catalogue that it does not know: those that came after it was written down.
    public mutating func openMissingMarkets(_ markets: [MarketSymbol] = MarketSymbol.all) {
        let known = Set(positions.map(\.symbol))
        for market in markets where !known.contains(market.symbol) {
            positions.append(.opening(market, before: clock, ticks: SimulatedBroker.historyCapacity))
        }
    }
}
