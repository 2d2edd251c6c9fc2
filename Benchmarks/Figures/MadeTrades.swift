// Trades of a seed: stakes of 10.00 on five symbols, one every half minute on average, one in a hundred that comes out even.

import TradeAnalytics
import TradingModel

struct MadeTrades {
    let start: Int64 = 1_000_000
    let symbols = ["R_10", "R_25", "R_50", "R_75", "R_100"].map { Symbol($0)! }
    let sides = ["CALL", "PUT"].map { Label($0)! }
    private(set) var profits: [Int64] = []
    private(set) var closes: [Int64] = []
    private(set) var symbolPlaces: [UInt8] = []
    private(set) var sidePlaces: [UInt8] = []

    init(_ count: Int) {
        var random = SeededRandom(seed: 42), close: Int64 = 1_700_000_000
        for _ in 0..<count {
            close += random.pick(1...59)
            closes.append(close)
            // Three dice are near enough to a normal distribution; nobody loses more than the stake.
            let thrown: Int64 = random.pick(-800...800) + random.pick(-800...800) + random.pick(-800...860)
            profits.append(random.pick(0...99) == 0 ? 0 : max(-1_000, thrown))
            symbolPlaces.append(UInt8(random.pick(0...4)))
            sidePlaces.append(UInt8(random.pick(0...1)))
        }
    }

    func columns() throws -> TradeColumns {
        try TradeColumns(
            start: start, profits: profits, closes: closes, symbols: symbols, symbolPlaces: symbolPlaces, sides: sides, sidePlaces: sidePlaces)
    }

    func trade(_ row: Int) -> ClosedTrade {
        ClosedTrade(
            symbol: symbols[Int(symbolPlaces[row])], side: sides[Int(sidePlaces[row])], closedAt: Timestamp(seconds: closes[row]), stake: 1_000,
            profit: profits[row])
    }
}
