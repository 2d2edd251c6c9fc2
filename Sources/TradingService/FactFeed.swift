import Synchronization
import TradingEngine
public import TradingModel
public import TradingPorts

/// Committed facts to whoever listens, owner by owner. Each listener has room for so many; one that falls behind is
/// told so and starts again from the journal. It never holds up the loop.
public final class FactFeed: Sendable {
    private struct State { var subscriptions: [UInt64: FactSubscription] = [:], next: UInt64 = 0 }
    private let state = Mutex(State())

    public init() {}

    public func subscribe(_ owner: OwnerID) -> FactSubscription {
        state.withLock { state in
            let number = state.next
            state.next += 1
            let subscription = FactSubscription(owner: owner) { [weak self] in self?.end(number) }
            state.subscriptions[number] = subscription
            return subscription
        }
    }

    public var subscribers: Int { state.withLock { $0.subscriptions.count } }

    /// Called by the loop after each commit.
    public func publish(_ entries: [JournalEntry]) {
        let subscriptions = state.withLock { Array($0.subscriptions.values) }
        for subscription in subscriptions { subscription.offer(entries) }
    }

    /// Ends every subscription: the server is ending.
    public func close() {
        let subscriptions = state.withLock { Array($0.subscriptions.values) }
        for subscription in subscriptions { subscription.cancel() }
    }

    private func end(_ number: UInt64) { state.withLock { _ = $0.subscriptions.removeValue(forKey: number) } }
}

/// One listener's place in the feed. Read by one task; `cancel` ends it from anywhere.
public final class FactSubscription: Sendable {
    public let owner: OwnerID
    /// Entries that may wait for a slow listener.
    public static let capacity = 10_000

    private struct State {
        var waiting: [JournalEntry] = []
        var taker: CheckedContinuation<[JournalEntry]?, Never>?
        var ended = false
    }
    private let state = Mutex(State())
    private let onEnd: @Sendable () -> Void

    init(owner: OwnerID, onEnd: @escaping @Sendable () -> Void) { (self.owner, self.onEnd) = (owner, onEnd) }

    /// What has come since the last call, at least one; nil when it ended or fell behind.
    public func next() async -> [JournalEntry]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { taker in
                let ready: [JournalEntry]?? = state.withLock { state in
                    if !state.waiting.isEmpty {
                        defer { state.waiting = [] }
                        return .some(state.waiting)
                    }
                    if state.ended { return .some(nil) }
                    precondition(state.taker == nil, "a subscription has one reader")
                    state.taker = taker
                    return nil
                }
                if let ready { taker.resume(returning: ready) }
            }
        } onCancel: {
            cancel()
        }
    }

    func offer(_ entries: [JournalEntry]) {
        let mine = entries.filter { $0.fact.owner == owner }
        if mine.isEmpty { return }
        let taker: CheckedContinuation<[JournalEntry]?, Never>? = state.withLock { state in
            if state.ended { return nil }
            if let taker = state.taker { state.taker = nil; return taker }
            state.waiting += mine
            if state.waiting.count > FactSubscription.capacity { state.waiting = []; state.ended = true }
            return nil
        }
        taker?.resume(returning: mine)
    }

    public func cancel() {
        let taker: CheckedContinuation<[JournalEntry]?, Never>? = state.withLock { state in
            state.ended = true
            defer { state.taker = nil }
            return state.taker
        }
        taker?.resume(returning: nil)
        onEnd()
    }
}
