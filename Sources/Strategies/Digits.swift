public import TradingModel

/// Waits for a last digit that has come often of late, then goes by the digit that came most often: a rise when that one
/// is 5 or more, a fall when it is 4 or less. One wish at a time: none while the contract of the last one would run.
///
/// It is here because the previous system had it, not because it earns: a last digit says nothing about the next price.
/// `docs/strategies/digits.md`.
public struct Digits: Strategy {
    public static let name = Label("digits")!

    /// How often the newest digit must have come, itself among them.
    private let threshold: Int
    private let duration: ContractDuration
    private var digits: RingBuffer<Int>
    /// How often each digit is among the last ones.
    private var counts = [Int](repeating: 0, count: 10)
    private var wait = 0

    /// - Parameters:
    ///   - lookback: 5...200 digits that it looks at, the newest one among them.
    ///   - threshold: 2...`lookback`.
    ///   - duration: how long the contract runs, in ticks.
    init(lookback: Int, threshold: Int, duration: ContractDuration) {
        precondition(threshold <= lookback && duration.unit == .ticks, "\(threshold) of \(lookback) digits, a contract of \(duration.text)")
        (digits, self.threshold, self.duration) = (RingBuffer(capacity: lookback), threshold, duration)
    }

    public var warmUpTicks: Int { digits.capacity }

    public mutating func onTick(_ tick: Tick) -> Wish? {
        let digit = tick.price.lastDigit
        counts[digit] += 1
        if let left = digits.add(digit) { counts[left] -= 1 }
        wait = max(0, wait - 1)
        guard digits.isFull, wait == 0, counts[digit] >= threshold else { return nil }
        let low = counts[..<5].max() ?? 0, high = counts[5...].max() ?? 0
        // As many below as above: there is no most common one to go by.
        guard low != high else { return nil }
        wait = Int(duration.count) + 1
        return Wish(kind: high > low ? .rise : .fall, duration: duration)
    }
}

extension Digits {
    /// Its entry in the catalog.
    static let description = StrategyDescription(
        name: name,
        purpose: "When a last digit repeats it goes by the most common one, high for a rise and low for a fall; it expects to lose the broker's margin.",
        parameters: [
            ParameterDescription("lookback", 5...200, default: 10, "Last digits that it looks at, the newest one among them."),
            ParameterDescription("threshold", 2...200, default: 3, "How often the newest digit must be among them, no more than lookback."),
            ParameterDescription("ticks", 1...10, default: 5, "Ticks the contract runs."),
        ],
        previousName: "Digits"
    ) { settings throws(StrategyChoiceError) in
        let (lookback, threshold) = (settings["lookback"], settings["threshold"])
        guard threshold <= lookback else {
            throw StrategyChoiceError(
                strategy: name.text, parameter: "threshold", value: "\(threshold)", expected: "no more than lookback, which is \(lookback)")
        }
        return Digits(lookback: Int(lookback), threshold: Int(threshold), duration: .ticks(settings["ticks"]))
    }
}
