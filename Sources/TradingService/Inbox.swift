import Foundation
import Synchronization
import TradingEngine

/// Inputs waiting for the trading loop. It holds so many and no more: past that, `offer` says no and the API answers
/// 503. What the broker tells is not turned away: each line speaks for a bounded number of requests, and a lost receipt
/// would be worse than a late one. The loop takes everything that waits in one go, so one commit serves many inputs.
final class Inbox: Sendable {
    /// `@unchecked Sendable` because the condition's lock guards everything inside.
    private final class Box: @unchecked Sendable {
        let condition = NSCondition()
        var waiting: [Input] = []
        var isClosed = false
    }
    private let box = Box()
    let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// False when it is full or closed: nothing was taken.
    func offer(_ input: Input) -> Bool {
        box.condition.lock()
        defer { box.condition.unlock() }
        if box.isClosed || box.waiting.count >= capacity { return false }
        box.waiting.append(input)
        if box.waiting.count == 1 { box.condition.signal() }
        return true
    }

    /// For what the broker tells and what time brings; it has room of its own above the capacity.
    func deliver(_ input: Input) {
        box.condition.lock()
        defer { box.condition.unlock() }
        if box.isClosed { return }
        precondition(box.waiting.count < capacity + Inbox.roomForBroker, "the loop does not keep up with the broker")
        box.waiting.append(input)
        if box.waiting.count == 1 { box.condition.signal() }
    }
    static let roomForBroker = 1_000_000

    /// Everything that waits, at least one input; empty once `until` has passed; nil once it is closed and empty.
    func take(until: Date?) -> [Input]? {
        box.condition.lock()
        defer { box.condition.unlock() }
        while box.waiting.isEmpty, !box.isClosed {
            if let until {
                if !box.condition.wait(until: until) { return [] }
            } else {
                box.condition.wait()
            }
        }
        if box.waiting.isEmpty { return nil }
        let batch = box.waiting
        box.waiting = []
        box.waiting.reserveCapacity(64)
        return batch
    }

    /// Takes nothing more; what waits is still given out.
    func close() {
        box.condition.lock()
        defer { box.condition.unlock() }
        box.isClosed = true
        box.condition.broadcast()
    }

    var count: Int {
        box.condition.lock()
        defer { box.condition.unlock() }
        return box.waiting.count
    }
}
