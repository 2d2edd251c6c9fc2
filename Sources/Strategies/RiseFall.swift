public import TradingModel

/// Follows the price: wishes a rise when the newest of the last prices is higher than the first of them and than the one
/// before, a fall when it is lower than both. One wish at a time: none while the contract of the last one would run.
///
/// The comparison is of whole pips. `docs/strategies/rise-fall.md` says what the previous system made of it.
public struct RiseFall: Strategy {
    public static let name = Label("rise-fall")!

    private let duration: ContractDuration
    private var prices: RingBuffer<Int64>
    private var previous: Int64 = 0
    /// Ticks until it may wish again.
    private var wait = 0

    /// - Parameters:
    ///   - lookback: 3...200 prices that it looks at, the newest one among them.
    ///   - duration: how long the contract runs, in ticks.
    init(lookback: Int, duration: ContractDuration) {
        precondition(duration.unit == .ticks, "it waits for ticks, a contract of \(duration.text) runs for something else")
        (prices, self.duration) = (RingBuffer(capacity: lookback - 1), duration)
    }

    public var warmUpTicks: Int { prices.capacity + 1 }

    public mutating func onTick(_ tick: Tick) -> Wish? {
        let price = tick.price.pips, before = previous
        previous = price
        wait = max(0, wait - 1)
        // The buffer holds the prices before this one; what leaves it is the first of the last `lookback`.
        guard let oldest = prices.add(price), wait == 0 else { return nil }
        let kind: ContractKind
        if price > oldest, price > before { kind = .rise } else if price < oldest, price < before { kind = .fall } else { return nil }
        // The contract enters with the next tick and ends with the last of its own.
        wait = Int(duration.count) + 1
        return Wish(kind: kind, duration: duration)
    }
}

extension RiseFall {
    /// Its entry in the catalog.
    static let description = StrategyDescription(
        name: name,
        purpose: "Wishes a rise when the price is higher than some ticks ago and still rising, a fall when it is lower and still falling.",
        parameters: [
            ParameterDescription("lookback", 3...200, default: 5, "Prices that it looks at, the newest one among them."),
            ParameterDescription("ticks", 1...10, default: 5, "Ticks the contract runs."),
        ],
        previousName: "RiseFall"
    ) { settings in
        RiseFall(lookback: Int(settings["lookback"]), duration: .ticks(settings["ticks"]))
    }
}
