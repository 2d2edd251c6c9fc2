// A thread of its own for what blocks: the ones that Swift's tasks share must not wait for a socket.

import Foundation

func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread { continuation.resume(with: Swift.Result { try body() }) }
        thread.name = "benchmark"
        thread.start()
    }
}
