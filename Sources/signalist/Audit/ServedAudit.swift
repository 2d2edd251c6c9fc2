import AuditLog
import Dispatch
import SQLiteStore
import Synchronization
import TradingModel
import TradingPorts

/// The log as the API asks for it: the store's entries with the checkpoints of the second place.
struct ServedAudit: AuditDesk {
    let store: SQLiteStore
    let file: CheckpointFile
    /// What signs checkpoints now.
    let signer: @Sendable () -> AuditSigner?
    private let proofs = OneAtATime(), checks = OneAtATime()

    init(store: SQLiteStore, file: CheckpointFile, signer: @escaping @Sendable () -> AuditSigner?) {
        (self.store, self.file, self.signer) = (store, file, signer)
    }

    func proof(of trade: IntentID, owner: OwnerID) async throws -> [UInt8]? {
        try await proofs.run { try await store.proof(of: trade, owner: owner, checkpoints: file.read().checkpoints)?.stated(by: signer()).bytes }
    }

    func entries(_ page: Page<AuditFilter>) async throws -> PageOf<AuditRow> { try await store.auditEntries(page) }

    func enter(_ action: String, _ object: String, outcome: String, by doer: Doer) async throws {
        try store.record(AuditAct(actor: doer.text, action: action, object: object, outcome: outcome))
    }

    /// On a thread of its own, with a connection of its own.
    func verify() async throws -> AuditFinding {
        try await checks.run {
            try await withCheckedThrowingContinuation { done in
                DispatchQueue.global(qos: .utility).async { done.resume(with: Result { try follow() }) }
            }
        }
    }

    static let verifiesAtMost = Duration.seconds(60)
    private struct TookTooLong: Error { let entries: Int64 }

    private func follow() throws -> AuditFinding {
        let began = ContinuousClock.now
        let (known, unreadable) = try file.read()
        var faults = unreadable.map { "line \($0) of the checkpoints is none" }
        faults += known.filter { !$0.isSigned }.map { "the signature of the checkpoint of entry \($0.sequence) is wrong" }
        var finding = AuditFinding(isWhole: false, entries: 0, facts: 0, checkpoints: 0, signingKeys: Set(known.map(\.publicKey)).count, faults: faults)
        do {
            let found = try AuditReader(store.path).verify(known) { entries, _ in
                if ContinuousClock.now - began > ServedAudit.verifiesAtMost { throw TookTooLong(entries: entries) }
            }
            (finding.entries, finding.facts, finding.checkpoints) = (found.sequence, found.facts, found.checkpoints)
            finding.isWhole = faults.isEmpty
        } catch let fault as AuditVerification.Fault {
            finding.faults.append("\(fault)")
        } catch let late as TookTooLong {
            (finding.entries, finding.isWhole) = (late.entries, faults.isEmpty ? nil : false)
        }
        return finding
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
