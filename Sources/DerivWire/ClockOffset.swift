public import TradingModel

/// How far the broker's clock is from ours, from its answers to `time`: the median of the last five. The broker tells
/// whole seconds, so half a second is added.
public struct ClockOffset: Sendable, Hashable {
    private var samples: [Int64] = []
    public init() {}

    /// Milliseconds to add to our clock, once there is a sample.
    public private(set) var milliseconds: Int64?

    public mutating func add(brokerSeconds: Int64, sent: Timestamp, heard: Timestamp) {
        let middle = (sent.milliseconds + heard.milliseconds) / 2
        samples.append(brokerSeconds * 1_000 + 500 - middle)
        if samples.count > 5 { samples.removeFirst() }
        milliseconds = samples.sorted()[samples.count / 2]
    }
}
