import AuditLog
import Foundation
import KeyRing
import KeyRotation
import Logging
import SQLiteStore
import ServiceLifecycle
import Synchronization

/// Puts where the audit log stands into the second place: every 1,000 entries or five minutes, whichever is sooner, and at
/// the end. What fails is logged and tried again; trading does not wait for it.
struct Checkpointing: Service {
    let store: SQLiteStore
    let keys: KeyKeeper
    let file: CheckpointFile
    let logger: Logger
    private let last = Last()

    static let entries: Int64 = 1_000
    static let interval = Duration.seconds(300)

    private final class Last: Sendable {
        let state = Mutex<(sequence: Int64, at: ContinuousClock.Instant)>((0, .now))
    }

    init(store: SQLiteStore, keys: KeyKeeper, file: CheckpointFile, logger: Logger) throws {
        (self.store, self.keys, self.file, self.logger) = (store, keys, file, logger)
        try Folder.make((file.path as NSString).deletingLastPathComponent)
        let (known, unreadable) = try file.read(), end = try store.auditEnd()
        for line in unreadable { logger.error("audit checkpoints", metadata: ["file": "\(file.path)", "line": "\(line)", "error": "no checkpoint"]) }
        if let newest = known.last {
            // What became of the rest, 'signalist audit verify' tells.
            if newest.sequence > end.sequence || newest.sequence == end.sequence && newest.hash != end.hash {
                logger.error(
                    "the store is older than the audit log's last checkpoint, or was written anew; signalist audit verify",
                    metadata: ["checkpoint": "\(newest.sequence)", "entries": "\(end.sequence)"])
            }
            last.state.withLock { $0.sequence = newest.sequence }
        }
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: .seconds(1))
                look()
            }
        }
    }

    /// `always`: also before it is time.
    func look(always: Bool = false) {
        do {
            let (sequence, at) = last.state.withLock { $0 }, end = try store.auditEnd()
            guard end.sequence != sequence, always || end.sequence - sequence >= Checkpointing.entries || ContinuousClock.now - at >= Checkpointing.interval
            else { return }
            guard let signer = AuditSigner(keys.ring) else { return }
            try file.add(AuditCheckpoint(sequence: end.sequence, hash: end.hash, at: WallClock.now(), signer: signer))
            last.state.withLock { $0 = (end.sequence, .now) }
        } catch {
            logger.error("audit checkpoint", metadata: ["error": "\(error)"])
        }
    }
}

extension AuditSigner {
    /// With the primary key's own for this; nil when the ring lacks it.
    init?(_ ring: KeyRing) {
        guard let key = ring.key(ring.primary), let seed = key.derived(for: "audit checkpoints") else { return nil }
        self.init(seed: seed)
    }
}
