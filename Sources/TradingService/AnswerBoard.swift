import Synchronization
import TradingEngine

/// Who waits for which answer. An answer is given once; a waiter is told even when the loop ends without one.
final class AnswerBoard: Sendable {
    private struct State {
        var waiters: [RequestID: CheckedContinuation<Answer.Outcome?, Never>] = [:]
        var next: UInt64 = 1
        var isClosed = false
    }
    private let state = Mutex(State())

    /// Waits for the answer to what `send` offers. Nil when it was not taken or the board closed first.
    func ask(_ send: (RequestID) -> Bool) async -> Answer.Outcome? {
        await withCheckedContinuation { waiter in
            let request: RequestID? = state.withLock { state in
                if state.isClosed { return nil }
                let request = RequestID(rawValue: state.next)
                state.next += 1
                state.waiters[request] = waiter
                return request
            }
            guard let request else { return waiter.resume(returning: nil) }
            if !send(request) { give(nil, to: request) }
        }
    }

    func answer(_ answer: Answer) { give(answer.outcome, to: answer.request) }

    private func give(_ outcome: Answer.Outcome?, to request: RequestID) {
        state.withLock { $0.waiters.removeValue(forKey: request) }?.resume(returning: outcome)
    }

    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: nil) }
    }

    var isClosed: Bool { state.withLock(\.isClosed) }
}
