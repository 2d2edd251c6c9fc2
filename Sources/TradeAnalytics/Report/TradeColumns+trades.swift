// From trades one after the other to a column for each of their properties.

import TradingModel

extension TradeColumns {
    /// The columns of trades in order of settlement; up to 256 symbols and as many sides. Settlements count by the second.
    /// - Throws: what is wrong with them.
    public init(_ trades: [ClosedTrade], start: Int64) throws(FiguresError) {
        let symbols = Array(Set(trades.map(\.symbol))).sorted(), sides = Array(Set(trades.map(\.side))).sorted()
        guard symbols.count <= 256, sides.count <= 256 else { throw .tooManyGroups(max(symbols.count, sides.count)) }
        if let stake = trades.first(where: { $0.stake < 0 })?.stake { throw .negativeStake(stake) }
        if let stake = trades.first(where: { $0.stake > Money.most })?.stake { throw .amountTooLarge(stake) }
        let symbolPlaces = Dictionary(uniqueKeysWithValues: symbols.enumerated().map { ($1, UInt8($0)) })
        let sidePlaces = Dictionary(uniqueKeysWithValues: sides.enumerated().map { ($1, UInt8($0)) })
        try self.init(
            start: start, profits: trades.map(\.profit), closes: trades.map(\.closedAt.seconds),
            symbols: symbols, symbolPlaces: trades.map { symbolPlaces[$0.symbol]! }, sides: sides, sidePlaces: trades.map { sidePlaces[$0.side]! })
    }
}
