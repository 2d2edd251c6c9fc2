public import TradingModel

/// Many trades at once, a column for each of their properties, in order of settlement. Holding one means that every
/// row is sound and that no sum over them can overflow.
public struct TradeColumns: Sendable {
    /// Minor units.
    public let profits: [Int64]
    /// When each settled, in seconds since 1970.
    public let closes: [Int64]
    /// The place of each trade's symbol in `symbols`.
    public let symbolPlaces: [UInt8]
    /// The place of each trade's side in `sides`.
    public let sidePlaces: [UInt8]
    public let symbols: [Symbol]
    public let sides: [Label]
    /// The balance before the first trade in minor units.
    public let start: Int64
    /// The lowest and the highest profit; 0 without trades.
    let lowest: Int64, highest: Int64

    public var count: Int { profits.count }

    /// - Parameter start: the balance before the first trade in minor units, 1 to `Money.most`.
    /// - Throws: what is wrong with which row.
    public init(
        start: Int64, profits: [Int64], closes: [Int64], symbols: [Symbol], symbolPlaces: [UInt8], sides: [Label], sidePlaces: [UInt8]
    ) throws(FiguresError) {
        guard (1...Money.most).contains(start) else { throw .startBalance(start) }
        let count = profits.count
        guard closes.count == count, symbolPlaces.count == count, sidePlaces.count == count else {
            throw .unevenColumns(row: [count, closes.count, symbolPlaces.count, sidePlaces.count].min()!)
        }
        let (lowest, highest) = (profits.min() ?? 0, profits.max() ?? 0)
        guard lowest >= -Money.most else { throw .amountTooLarge(lowest) }
        guard highest <= Money.most else { throw .amountTooLarge(highest) }
        let most = max(highest, -lowest)
        guard let magnitudes = Int64(exactly: Int128(most) * Int128(count)), !magnitudes.addingReportingOverflow(start).overflow else { throw .sumTooLarge }
        if let stray = symbolPlaces.firstIndex(where: { $0 >= symbols.count }) ?? sidePlaces.firstIndex(where: { $0 >= sides.count }) {
            throw .unevenColumns(row: stray)
        }
        let times = 0...Timestamp.distantFuture.seconds
        for close in [closes.first, closes.last] {
            // Far from any time the number itself may not fit in milliseconds; the nearest that does says enough.
            if let close, !times.contains(close) { throw .noSuchTime(max(.min / 1_000, min(.max / 1_000, close)) * 1_000) }
        }
        // In between it is enough that none goes back: all lie between the first and the last then.
        for (before, after) in zip(closes, closes.dropFirst()) where after < before {
            throw .outOfOrder(max(times.lowerBound, after) * 1_000, after: min(times.upperBound, before) * 1_000)
        }
        (self.profits, self.closes, self.symbolPlaces, self.sidePlaces) = (profits, closes, symbolPlaces, sidePlaces)
        (self.symbols, self.sides, self.start, self.lowest, self.highest) = (symbols, sides, start, lowest, highest)
    }
}
