// The same request twice is done once: what was answered to an `Idempotency-Key` is kept for a day and given again.

import Crypto
import HTTPTypes
import Hummingbird
import Logging
import Synchronization
import TradingModel
import TradingPorts

/// Keys whose requests are being done right now: a second request that comes meanwhile is asked to wait.
final class KeysInUse: Sendable {
    private struct Entry: Hashable { let owner: OwnerID, key: String }
    private let entries = Mutex<Set<Entry>>([])

    func take(_ owner: OwnerID, _ key: String) -> Bool { entries.withLock { $0.insert(Entry(owner: owner, key: key)).inserted } }
    func give(back key: String, of owner: OwnerID) { entries.withLock { _ = $0.remove(Entry(owner: owner, key: key)) } }
}

enum Idempotency {
    static let replayed = HTTPField.Name("Idempotency-Replayed")!
    static let header = HTTPField.Name("Idempotency-Key")!

    static func key(_ headers: HTTPFields) throws(Problem) -> String? {
        guard let key = headers[header] else { return nil }
        guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw Problem(.invalidField, "Idempotency-Key: expected 1 to 200 visible ASCII characters", field: "Idempotency-Key")
        }
        return key
    }

    /// What makes two requests the same: SHA-256 of method, path with query, and body.
    static func hash(method: HTTPRequest.Method, target: String, body: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array("\(method.rawValue) \(target)\n".utf8))
        hash.update(data: body)
        return Array(hash.finalize())
    }

    /// Only what was done is remembered. A request that was refused changed nothing and may be tried again with its key.
    static func once(_ call: Call, keysInUse: KeysInUse, _ handler: Route.Handler) async throws -> Reply {
        guard let key = call.idempotencyKey else { return try await handler(call) }
        guard keysInUse.take(call.owner, key) else { throw Problem(.idempotencyKeyInUse, field: "Idempotency-Key", headers: [.retryAfter: "1"]) }
        defer { keysInUse.give(back: key, of: call.owner) }
        if let before = try await call.reads.remembered(call.owner, idempotencyKey: key) {
            guard before.requestHash == call.requestHash else { throw Problem(.idempotencyKeyReused, field: "Idempotency-Key") }
            return .json(HTTPResponse.Status(code: before.status), headers: [replayed: "true"], bytes: before.body)
        }
        let reply = try await handler(call)
        if reply.status.kind == .successful {
            let answer = RememberedAnswer(requestHash: call.requestHash, status: reply.status.code, body: reply.bytes)
            // It is done and durable by now: that remembering fails must not make it look undone.
            do { try await call.reads.remember(call.owner, idempotencyKey: key, answer) } catch {
                call.logger.error("an answer could not be remembered", metadata: ["error": "\(error)"])
            }
        }
        return reply
    }
}
