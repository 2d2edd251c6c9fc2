import KeyRing
import Synchronization
import TradingModel
import TradingPorts

// The ring's changes and the rotation's place on record, held together. The ring is changed first; a death between the two
// is made good at the next start or command, for the ring says how far things have come.
extension KeyKeeper {
    /// Runs one command alone, with the ring as its source has it now; most of them not with a ring that is older than the data.
    func command<Result>(withAnyRing: Bool = false, _ body: () throws -> Result) throws -> Result {
        let isFree = isBusy.withLock { busy in
            defer { busy = true }
            return !busy
        }
        guard isFree else { throw KeyCommandError.busy }
        defer { isBusy.withLock { $0 = false } }
        try refresh()
        let held = held.withLock { $0 }
        if held.isOlderThanData, !withAnyRing { throw KeyCommandError.ringOlderThanData(ring: held.ring.epoch, data: try store.ringEpoch()) }
        return try body()
    }

    /// Takes over a ring that was put into the source's place meanwhile.
    private func refresh() throws {
        let stored = try source.load(environment: environment)
        try held.withLock { held in
            let isSame =
                stored.epoch == held.ring.epoch && stored.keys.map(\.id) == held.ring.keys.map(\.id)
                && stored.keys.map(\.state) == held.ring.keys.map(\.state)
            if isSame { return }
            guard stored.epoch > held.ring.epoch else {
                throw KeyCommandError.ringReplaced(source: source, stored: stored.epoch, held: held.ring.epoch)
            }
            let known = try store.ringEpoch()
            if stored.epoch > known { try store.keepRingEpoch(stored.epoch) }
            held = Held(ring: stored, isOlderThanData: stored.epoch < known)
            try store.fence(stored.retired)
        }
        if held.withLock({ !$0.isOlderThanData }) { try reconcile(ring) }
    }

    /// The next ring, in its place or, when `out` says so, in a file that somebody else puts there.
    @discardableResult
    func changeRing(
        _ replaced: KeyRingFile.Replaced = .kept, out: String? = nil, _ change: (KeyRing) throws(KeyRingError) -> KeyRing
    ) throws -> KeyRing {
        try held.withLock { held in
            if held.isOlderThanData { throw KeyCommandError.ringOlderThanData(ring: held.ring.epoch, data: try store.ringEpoch()) }
            let next = try change(held.ring)
            if let out {
                try KeyRingFile.put(next, at: out)
                return next
            }
            guard case .file(let path) = source else { throw KeyCommandError.readOnly(source) }
            try KeyRingFile.replace(path, with: next, replaced)
            held.ring = next
            try store.keepRingEpoch(next.epoch)
            try store.fence(next.retired)
            return next
        }
    }

    /// Runs `body`, which takes a key away, with nothing coming in under it any more: what was sealed with it a while ago and is stored only now
    /// fails to be, so that what `body` counts stays so. Taken back when `body` fails.
    func fenced<Result>(_ version: KeyVersion, _ body: () throws -> Result) throws -> Result {
        let retired = ring.retired
        try store.fence(retired + [version.rawValue])
        do { return try body() } catch {
            try? store.fence(retired)  // The next start makes it so at the latest.
            throw error
        }
    }

    /// Brings the rotation on record to where the ring is.
    func reconcile(_ ring: KeyRing) throws {
        guard var rotation = try store.rotation(), rotation.phase.isUnderWay else {
            if let pending = ring.pending {
                try store.keep(Rotation(from: ring.primary.rawValue, to: pending.version.rawValue, startedAt: now()))
            }
            return
        }
        let old = ring.key(KeyVersion(rawValue: rotation.from))?.state, new = ring.key(KeyVersion(rawValue: rotation.to))?.state
        switch (old, new) {
        case (.enabled, .primary):
            if rotation.phase == .added || rotation.phase == .acknowledged { rotation.phase = .promoted } else { return }
        case (.disabled, .primary), (.destroyed, .primary): rotation.phase = .retired
        case (.primary, .pending): if rotation.phase == .added || rotation.phase == .acknowledged { return } else { rotation.phase = .added }
        case (.primary, _): rotation.phase = .aborted
        default: return
        }
        try advance(&rotation)
    }

    func advance(_ rotation: inout Rotation, to phase: RotationPhase? = nil) throws {
        if let phase { rotation.phase = phase }
        rotation.changedAt = now()
        try store.keep(rotation)
    }

    func rotationUnderWay() throws -> Rotation? { try store.rotation().flatMap { $0.phase.isUnderWay ? $0 : nil } }
}

extension KeyRing {
    /// Versions that open nothing any more.
    var retired: [UInt32] { keys.filter { $0.state == .disabled || $0.state == .destroyed }.map(\.version.rawValue) }
}
