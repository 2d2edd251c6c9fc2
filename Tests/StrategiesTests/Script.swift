// How the tests of the strategies write a series of ticks and what comes of it.

import Strategies
import TradingModel

/// Feeds prices in pips, one a second, and notes each wish with the number of its tick, counted from 1: `4 odd 1t`.
func wishes(of strategy: any Strategy, _ pips: some Sequence<Int64>) -> [String] {
    var strategy = strategy
    var notes: [String] = []
    for (index, pips) in pips.enumerated() {
        let tick = Tick(symbol: Symbol("R_100")!, time: Timestamp(seconds: Int64(index)), price: Price(pips: pips))
        if let wish = strategy.onTick(tick) { notes.append("\(index + 1) \(wish)") }
    }
    return notes
}

/// A strategy of the catalog with some parameters set.
func strategy(_ name: String, _ parameters: KeyValuePairs<String, Int64> = [:]) throws(StrategyChoiceError) -> any Strategy {
    let parameters = parameters.map { StrategyParameter(name: Label($0.key)!, value: $0.value) }
    return try StrategyCatalog.strategy(for: StrategyChoice(name: Label(name)!, parameters: parameters))
}
