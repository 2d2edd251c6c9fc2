import Synchronization

/// One after the other, in the order in which they came, for each key of its own. It holds as many as may wait and no more.
final class Turns<Key: Hashable & Sendable>: Sendable {
    private let lines = Mutex<[Key: [CheckedContinuation<Void, Never>]]>([:])
    private let most: Int

    /// - Parameter most: may wait at one key.
    init(most: Int = 32) { self.most = most }

    /// Who waits behind the one whose turn it is; nil when nobody is there.
    func waiting(_ key: Key) -> Int? { lines.withLock { $0[key]?.count } }

    /// Runs `body` while nobody else runs one for this key. Once it has begun it goes on to its end, even when nobody waits for it any more.
    /// - Throws: `HashingQueue.Full` when too many wait; what `body` throws.
    func run<Value: Sendable>(_ key: Key, _ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await wait(for: key)
        return try await Task {
            defer { next(key) }
            return try await body()
        }.value
    }

    private func wait(for key: Key) async throws {
        var isFull = false
        await withCheckedContinuation { continuation in
            let goesOn = lines.withLock { lines in
                guard let line = lines[key] else {
                    lines[key] = []
                    return true
                }
                if line.count >= most {
                    isFull = true
                    return true
                }
                lines[key]?.append(continuation)
                return false
            }
            if goesOn { continuation.resume() }
        }
        if isFull { throw HashingQueue.Full() }
    }

    private func next(_ key: Key) {
        let first = lines.withLock { lines -> CheckedContinuation<Void, Never>? in
            guard let line = lines[key], let first = line.first else {
                lines.removeValue(forKey: key)
                return nil
            }
            lines[key] = Array(line.dropFirst())
            return first
        }
        first?.resume()
    }
}
