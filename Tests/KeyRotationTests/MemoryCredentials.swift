// Sealed tokens in memory, which die before or after any of their writes, and see what was written.

import Synchronization
import TradingModel
import TradingPorts

final class MemoryCredentials: ResealableCredentials {
    struct Death: Error {}
    struct UnderWay: Error {}
    struct Fenced: Error {}

    struct Contents {
        var rows: [AccountID: SealedCredential] = [:]
        var rotation: Rotation?
        var rotations: Int64 = 0
        var epoch: Int64 = 0
        var fence: [UInt32] = []
        var writes = 0
        /// Dies at the write of this number: before it takes effect, or right after.
        var deathAt: (write: Int, before: Bool)?
        /// Runs inside a page's commit, before it: whoever else writes.
        var meanwhile: (@Sendable (inout Contents) -> Void)?

        /// As the store's triggers look at it.
        func isFenced(_ sealed: [UInt8]) -> Bool {
            sealed.starts(with: Array("SGE".utf8)) && sealed.count > 9 && fence.contains(sealed[5..<9].reduce(0) { $0 << 8 | UInt32($1) })
        }
    }
    let contents: Mutex<Contents>

    init(_ contents: Contents = Contents()) { self.contents = Mutex(contents) }

    /// What a disk holds after a death: the same rows, nobody dying.
    func reopened() -> MemoryCredentials {
        contents.withLock { before in
            var after = before
            (after.deathAt, after.writes, after.meanwhile) = (nil, 0, nil)
            return MemoryCredentials(after)
        }
    }

    private func write<Result>(_ body: (inout Contents) throws -> Result) throws -> Result {
        try contents.withLock { contents in
            contents.writes += 1
            let dies = contents.deathAt?.write == contents.writes
            if dies, contents.deathAt!.before { throw Death() }
            let result = try body(&contents)
            if dies { throw Death() }
            return result
        }
    }

    func keep(_ sealed: [UInt8], account: AccountID, owner: OwnerID, loginID: Label, isVirtual: Bool, isCompromised: Bool) throws {
        try write {
            if $0.isFenced(sealed) { throw Fenced() }
            $0.rows[account] = SealedCredential(bytes: sealed, owner: owner, loginID: loginID, isVirtual: isVirtual, isCompromised: isCompromised)
        }
    }
    func sealed(_ account: AccountID) throws -> SealedCredential? { contents.withLock { $0.rows[account] } }
    func erase(_ account: AccountID) throws { try write { $0.rows[account] = nil } }
    func sealedRows(after account: AccountID, limit: Int) throws -> [SealedRow] {
        contents.withLock { contents in
            contents.rows.keys.filter { $0 > account }.sorted().prefix(limit).map { SealedRow(account: $0, credential: contents.rows[$0]!) }
        }
    }
    func sealedCount() throws -> Int { contents.withLock(\.rows.count) }
    func reseal(_ changes: [Reseal], _ rotation: Rotation?) throws -> Set<AccountID> {
        try write { contents in
            contents.meanwhile?(&contents)
            var left: Set<AccountID> = []
            for change in changes {
                if contents.isFenced(change.new) { throw Fenced() }
                if contents.rows[change.account]?.bytes == change.old {
                    contents.rows[change.account]!.bytes = change.new
                    if change.isCompromised { contents.rows[change.account]!.isCompromised = true }
                } else {
                    left.insert(change.account)
                }
            }
            if let rotation { contents.rotation = rotation }
            return left
        }
    }
    func rotation() throws -> Rotation? { contents.withLock(\.rotation) }
    func keep(_ rotation: Rotation) throws -> Rotation {
        try write { contents in
            var kept = rotation
            if rotation.id == 0 {
                if contents.rotation?.phase.isUnderWay ?? false { throw UnderWay() }
                contents.rotations += 1
                kept.id = contents.rotations
            }
            contents.rotation = kept
            return kept
        }
    }
    func fence(_ versions: [UInt32]) throws {
        if contents.withLock({ $0.fence == versions }) { return }
        try write { $0.fence = versions }
    }
    func ringEpoch() throws -> Int64 { contents.withLock(\.epoch) }
    func keepRingEpoch(_ epoch: Int64) throws { try write { $0.epoch = epoch } }
}
