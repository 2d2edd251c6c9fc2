import AuditLog
import SQLiteStore
import Synchronization
import TradingModel
import TradingPorts

/// The log as the API asks for it: the store's entries with the checkpoints of the second place.
struct ServedAudit: AuditDesk {
    let store: SQLiteStore
    let file: CheckpointFile
    private let proofs = OneAtATime()

    init(store: SQLiteStore, file: CheckpointFile) { (self.store, self.file) = (store, file) }

    func proof(of trade: IntentID, owner: OwnerID) async throws -> [UInt8]? {
        try await proofs.run { try await store.proof(of: trade, owner: owner, checkpoints: file.read().checkpoints)?.bytes }
    }
}

/// Lets one caller in; whoever comes meanwhile is sent away, so that reading long never takes all of the store's readers.
final class OneAtATime: Sendable {
    private let isTaken = Mutex(false)

    func run<Value>(_ body: () async throws -> Value) async throws -> Value {
        let isFree = isTaken.withLock { isTaken in
            defer { isTaken = true }
            return !isTaken
        }
        guard isFree else { throw AuditBusy() }
        defer { isTaken.withLock { $0 = false } }
        return try await body()
    }
}
