public import TradingModel

/// Two simple moving averages of the price: wishes a rise when the fast one crosses above the slow one, a fall when it
/// crosses below. Averages that touch have not crossed, and the side they start on is no crossing.
///
/// The comparison is exact: the averages are never divided out. `docs/strategies/crossover.md` says what to expect.
public struct Crossover: Strategy {
    public static let name = Label("crossover")!

    private let duration: ContractDuration
    private var fast: SimpleMovingAverage
    private var slow: SimpleMovingAverage
    private var side = Side.unknown

    private enum Side { case unknown, above, below }

    /// - Parameters:
    ///   - fast: 2...200 ticks, fewer than `slow`.
    ///   - slow: 3...500 ticks.
    ///   - duration: how long the contract runs.
    init(fast: Int, slow: Int, duration: ContractDuration) {
        precondition(fast < slow, "the fast average covers \(fast) ticks, the slow one \(slow)")
        (self.fast, self.slow, self.duration) = (SimpleMovingAverage(over: fast), SimpleMovingAverage(over: slow), duration)
    }

    /// One more than the slow average needs: a crossing is between two ticks.
    public var warmUpTicks: Int { slow.length + 1 }

    public mutating func onTick(_ tick: Tick) -> Wish? {
        fast.add(tick.price.pips)
        slow.add(tick.price.pips)
        guard slow.isFull else { return nil }
        let before = side
        if slow < fast { side = .above } else if fast < slow { side = .below }
        switch (before, side) {
        case (.below, .above): return Wish(kind: .rise, duration: duration)
        case (.above, .below): return Wish(kind: .fall, duration: duration)
        case (.unknown, _), (_, .unknown), (.above, .above), (.below, .below): return nil
        }
    }
}

extension Crossover {
    /// Its entry in the catalog.
    static let description = StrategyDescription(
        name: name,
        purpose: "Wishes a rise when the fast moving average crosses above the slow one, a fall when it crosses below.",
        parameters: [
            ParameterDescription("fast", 2...200, default: 5, "Ticks of the fast average, fewer than of the slow one."),
            ParameterDescription("slow", 3...500, default: 20, "Ticks of the slow average."),
            ParameterDescription("ticks", 1...10, default: 5, "Ticks the contract runs."),
        ]
    ) { settings throws(StrategyChoiceError) in
        let (fast, slow) = (settings["fast"], settings["slow"])
        guard fast < slow else {
            throw StrategyChoiceError(strategy: name.text, parameter: "slow", value: "\(slow)", expected: "more than fast, which is \(fast)")
        }
        return Crossover(fast: Int(fast), slow: Int(slow), duration: .ticks(settings["ticks"]))
    }
}
