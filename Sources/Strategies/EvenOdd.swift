public import TradingModel

/// Waits for last digits of one parity in a row, then wishes the other parity, or the same one when it is to follow.
///
/// It is here because people ask for it, not because it earns: ticks are independent, so a streak says nothing about the
/// next digit, and the expected value of each contract is the broker's margin, negative. `docs/strategies/even-odd.md`.
public struct EvenOdd: Strategy {
    public static let name = Label("even-odd")!

    /// Digits of one parity that bring a wish.
    public let streak: Int
    /// Does it wish the parity of the streak, as the previous system's rule, instead of the other one?
    public let follows: Bool
    private let duration: ContractDuration
    private var lastIsEven = false
    private var run = 0

    /// - Parameters:
    ///   - streak: 2...10 digits of one parity.
    ///   - follows: wish the same parity.
    ///   - duration: how long the contract runs.
    init(streak: Int, follows: Bool, duration: ContractDuration) {
        precondition(EvenOdd.streaks.contains(Int64(streak)), "a streak of \(streak)")
        (self.streak, self.follows, self.duration) = (streak, follows, duration)
    }

    public var warmUpTicks: Int { streak }

    public mutating func onTick(_ tick: Tick) -> Wish? {
        let isEven = tick.price.lastDigit % 2 == 0
        run = isEven == lastIsEven ? run + 1 : 1
        lastIsEven = isEven
        guard run == streak else { return nil }
        run = 0  // One wish for one streak: the next one is counted from here.
        return Wish(kind: isEven == follows ? .even : .odd, duration: duration)
    }
}

extension EvenOdd {
    static let streaks: ClosedRange<Int64> = 2...10

    /// Its entry in the catalog.
    static let description = StrategyDescription(
        name: name,
        purpose: "After a streak of last digits of one parity it wishes the other; a demonstration that expects to lose the broker's margin.",
        parameters: [
            ParameterDescription("ticks", 1...5, default: 1, "Ticks the contract runs."),
            ParameterDescription("streak", streaks, default: 3, "Digits of one parity in a row that bring a wish."),
            ParameterDescription("follow", 0...1, default: 0, "1 wishes the parity of the streak, 0 the other one."),
        ],
        previousName: "EvenOdd",
        // Two digits of one parity were to be followed.
        previously: [StrategyParameter(name: Label("streak")!, value: 2), StrategyParameter(name: Label("follow")!, value: 1)]
    ) { settings in
        EvenOdd(streak: Int(settings["streak"]), follows: settings["follow"] == 1, duration: .ticks(settings["ticks"]))
    }
}
