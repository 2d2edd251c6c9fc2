import Dispatch
import Synchronization

/// One thread that works out password hashes, one after the other, so that however many people log in at once one core and one
/// hash's memory are all that it takes. It holds as many as may wait and no more: past that it says so.
public final class HashingQueue: Sendable {
    /// More wait already than may.
    public struct Full: Error, Hashable {}

    private let queue = DispatchQueue(label: "passwords", qos: .utility)
    private let waiting = Mutex(0)
    private let most: Int

    /// - Parameter most: waiting and under way together.
    public init(most: Int = 8) { self.most = most }

    /// Waiting and under way.
    package var count: Int { waiting.withLock(\.self) }

    /// - Throws: `Full`, what `work` throws.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let isTaken = waiting.withLock { waiting in
            if waiting >= most { return false }
            waiting += 1
            return true
        }
        guard isTaken else { throw Full() }
        defer { waiting.withLock { $0 -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }
}
