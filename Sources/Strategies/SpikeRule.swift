import TradingModel

/// Has the price leapt in the direction of a trade of late? For the indices that are made of leaps: BOOM upwards, CRASH
/// downwards. Exact, in whole pips multiplied out.
struct SpikeRule: Sendable {
    /// Candles that a leap may lie in, and the one before them.
    static let candles = 11
    /// What counts as a leap, in basis points of the price before it.
    let basisPoints: Int64

    /// Symbols that the rule is for.
    static func concerns(_ symbol: Symbol) -> Bool { symbol.text.hasPrefix("BOOM") || symbol.text.hasPrefix("CRASH") }

    /// - Parameter candles: closed ones, the newest last; fewer than eleven are looked at as they are.
    func isFound(in candles: [Candle], rising: Bool) -> Bool {
        for (before, candle) in zip(candles, candles.dropFirst()) {
            let leap = rising ? candle.high - before.close : before.close - candle.low
            if isLeap(leap, from: before.close) { return true }
        }
        return isThreeCandleLeap(candles.suffix(3), rising: rising)
    }

    /// The last three candles together span a leap, of which half is left at their end.
    private func isThreeCandleLeap(_ three: ArraySlice<Candle>, rising: Bool) -> Bool {
        guard three.count == 3, let first = three.first, let last = three.last else { return false }
        let high = three.map(\.high).max() ?? 0, low = three.map(\.low).min() ?? 0
        let gain = rising ? last.close - first.open : first.open - last.close
        return isLeap(high - low, from: first.open) && isLeap(2 * gain, from: first.open)
    }

    private func isLeap(_ pips: Int64, from price: Int64) -> Bool { Int128(pips) * 10_000 >= Int128(price.magnitude) * Int128(basisPoints) }
}
