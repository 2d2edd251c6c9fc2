// Trades for the tests, and where the reference figures are.

import Foundation
import TradeAnalytics
import TradingModel

/// Trades of a seed: stakes of 10.00, mostly small profits, some that come out even, and, if asked for, far ones.
func randomProfits(seed: UInt64, _ count: Int, far: Bool = false) -> [Int64] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in
        switch random.pick(0...9) {
        case 0: 0
        case 1 where far: random.pick(-1_000_000_000_000...1_000_000_000_000)
        case 1...4: -1_000
        default: random.pick(-999...2_500)
        }
    }
}

func streamed(_ profits: [Int64], start: Int64 = 1_000_000) throws -> TradePopulation {
    var trades = try RunningTrades(start: start)
    for profit in profits { try trades.add(profit) }
    return trades.population
}

/// Figures by their name; undefined ones are not among them.
func values(_ figures: [NamedFigure]) -> [String: Double] {
    Dictionary(uniqueKeysWithValues: figures.compactMap { figure in figure.value.map { (figure.key, $0.number) } })
}

/// The reference trades and figures, which are no part of the project.
enum Reference {
    static let folder: URL = {
        let named = ProcessInfo.processInfo.environment["SIGNALIST_SHARED"].map { URL(filePath: $0) }
        let beside = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "shared")
        return (named ?? beside).appending(path: "data/metrics")
    }()
    static let isHere = FileManager.default.fileExists(atPath: folder.appending(path: "reference_metrics.json").path)

    static func figures() throws -> [String: Any] {
        let json = try Data(contentsOf: folder.appending(path: "reference_metrics.json"))
        return try JSONSerialization.jsonObject(with: json) as! [String: Any]
    }

    static func trades() throws -> [ClosedTrade] {
        try String(contentsOf: folder.appending(path: "reference_trades.csv"), encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst().map { line in
            let fields = line.split(separator: ",")
            return ClosedTrade(
                symbol: Symbol(fields[1])!, side: Label(fields[2])!, closedAt: Timestamp(seconds: Int64(fields[4])!),
                stake: Decimals.units(fields[5], decimals: 2)!, profit: Decimals.units(fields[6], decimals: 2)!)
        }
    }
}

/// A value of the reference as ours is compared with it: within 1e-9 of the greater of 1 and the value.
func agrees(_ ours: Double?, _ reference: Double) -> Bool {
    guard let ours else { return false }
    return (ours - reference).magnitude <= 1e-9 * max(1, reference.magnitude)
}
