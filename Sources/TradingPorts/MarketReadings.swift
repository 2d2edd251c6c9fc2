import Synchronization
public import TradingModel

/// One reader's place among those who follow a topic. A slow reader misses readings and never holds up anybody: of what
/// waits only the newest are kept. Read by one task; `cancel` ends it from anywhere.
public final class MarketReadings: Sendable {
    /// Readings that may wait for a slow reader.
    public static let capacity = 64

    private struct State {
        var waiting: [MarketReading] = []
        var taker: CheckedContinuation<[MarketReading]?, Never>?
        var hasEnded = false
    }
    private let state = Mutex(State())
    private let onEnd: @Sendable () -> Void

    public init(onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }

    /// What has come since the last call, at least one; nil when it has ended.
    public func next() async -> [MarketReading]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { taker in
                let ready: [MarketReading]?? = state.withLock { state in
                    if !state.waiting.isEmpty {
                        defer { state.waiting = [] }
                        return .some(state.waiting)
                    }
                    if state.hasEnded { return .some(nil) }
                    precondition(state.taker == nil, "readings have one reader")
                    state.taker = taker
                    return nil
                }
                if let ready { taker.resume(returning: ready) }
            }
        } onCancel: {
            cancel()
        }
    }

    public func offer(_ reading: MarketReading) {
        let taker: CheckedContinuation<[MarketReading]?, Never>? = state.withLock { state in
            if state.hasEnded { return nil }
            if let taker = state.taker { state.taker = nil; return taker }
            if state.waiting.count >= MarketReadings.capacity { state.waiting.removeFirst() }
            state.waiting.append(reading)
            return nil
        }
        taker?.resume(returning: [reading])
    }

    /// Nothing comes any more, from either side.
    public func cancel() {
        var isFirst = false
        let taker: CheckedContinuation<[MarketReading]?, Never>? = state.withLock { state in
            isFirst = !state.hasEnded
            state.hasEnded = true
            defer { state.taker = nil }
            return state.taker
        }
        taker?.resume(returning: nil)
        if isFirst { onEnd() }
    }
}
