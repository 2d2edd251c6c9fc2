public import KeyRing
import Synchronization
public import TradingModel
public import TradingPorts

/// The key ring in use, and the tokens that are sealed with it: seals on the way in, opens on the way out, and moves what
/// an older key sealed to the newest one when it comes across it.
///
/// One process has it at a time, the one that has the store. Each text is bound to its account, its owner, its kind of
/// money and this store, so a row that is moved elsewhere does not open there.
public final class KeyKeeper: Sendable {
    let store: any ResealableCredentials
    public let source: KeyRingSource
    let environment: [String: String]
    let now: @Sendable () -> Timestamp
    let places: SealedPlaces
    private let tell: @Sendable (KeyNotice) -> Void
    private let later: @Sendable (@escaping @Sendable () -> Void) -> Void
    /// Held while something is sealed and stored, so that after a change of the ring nothing comes in under the key before.
    let held: Mutex<Held>
    /// One command at a time.
    let isBusy = Mutex(false)

    struct Held {
        var ring: KeyRing
        /// The data was used with a ring that is newer than this one.
        var isOlderThanData: Bool
    }

    /// - Parameters:
    ///   - instance: the store's own 16 random bytes.
    ///   - environment: the process's, for a ring that comes from there.
    ///   - now: the machine's clock; it dates keys.
    ///   - later: runs what should not hold up whoever asked for a token.
    /// - Throws: `KeyRingFileError`; `ringMissing`; what the store throws.
    public init(
        store: any ResealableCredentials, source: KeyRingSource, instance: [UInt8], environment: [String: String] = [:],
        now: @escaping @Sendable () -> Timestamp, tell: @escaping @Sendable (KeyNotice) -> Void = { _ in },
        later: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { $0() }
    ) throws {
        (self.store, self.source, self.environment, self.now) = (store, source, environment, now)
        (self.tell, self.later) = (tell, later)
        places = SealedPlaces(instance: instance)
        let known = try store.ringEpoch()
        let ring = try KeyKeeper.ring(source, environment, at: now(), sealed: known > 0 ? try store.sealedCount() : 0)
        held = Mutex(Held(ring: ring, isOlderThanData: ring.epoch < known))
        if ring.epoch > known { try store.keepRingEpoch(ring.epoch) }
        try store.fence(ring.retired)
        if ring.epoch < known {
            tell(.ringOlderThanData(ring: ring.epoch, data: known))
        } else {
            try reconcile(ring)
        }
    }

    /// A new ring opens nothing that another one sealed: where there is such, a missing ring is one that was lost.
    private static func ring(_ source: KeyRingSource, _ environment: [String: String], at now: Timestamp, sealed: Int) throws -> KeyRing {
        do {
            return try source.load(environment: environment, makingAt: sealed > 0 ? nil : now)
        } catch {
            if sealed > 0, case .missing = error { throw KeyCommandError.ringMissing(source, sealed: sealed) }
            throw error
        }
    }

    public var ring: KeyRing { held.withLock(\.ring) }

    // MARK: Tokens

    /// The store's tokens through this ring.
    public var vault: CredentialVault {
        CredentialVault(
            store: { try self.keep($0, account: $1, owner: $2, loginID: $3, isVirtual: $4) }, token: { try self.token($0) },
            erase: { try self.store.erase($0) })
    }

    private func keep(_ token: Secret, account: AccountID, owner: OwnerID, loginID: Label, isVirtual: Bool) throws {
        try held.withLock { held in
            if held.isOlderThanData { throw KeyCommandError.ringOlderThanData(ring: held.ring.epoch, data: try store.ringEpoch()) }
            var row = SealedCredential(bytes: [], owner: owner, loginID: loginID, isVirtual: isVirtual)
            row.bytes = try held.ring.seal(token, for: places.context(account, row)).bytes
            // The same token again is as compromised as it was.
            if let before = try store.sealed(account), before.isCompromised, let opened = try? places.open(before, account, held.ring) {
                row.isCompromised = opened.bytes == token.reveal { Array($0.utf8) }
            }
            try store.keep(row.bytes, account: account, owner: owner, loginID: loginID, isVirtual: isVirtual, isCompromised: row.isCompromised)
        }
    }

    /// A token of another place as a row of this one, sealed with the primary key and opened again. It is not stored yet.
    public func sealed(_ token: Secret, account: AccountID, owner: OwnerID, loginID: Label, isVirtual: Bool, isCompromised: Bool) throws -> SealedCredential {
        try held.withLock { held in
            if held.isOlderThanData { throw KeyCommandError.ringOlderThanData(ring: held.ring.epoch, data: try store.ringEpoch()) }
            var row = SealedCredential(bytes: [], owner: owner, loginID: loginID, isVirtual: isVirtual, isCompromised: isCompromised)
            row.bytes = try held.ring.seal(token, for: places.context(account, row)).bytes
            let opened = try places.open(row, account, held.ring)
            guard opened.bytes == token.reveal({ Array($0.utf8) }) else { throw KeyRingError.notAuthentic }
            return row
        }
    }

    private func token(_ account: AccountID) throws -> Secret? {
        guard let row = try store.sealed(account) else { return nil }
        let opened = try places.open(row, account, ring)
        guard let text = String(validating: opened.bytes, as: UTF8.self) else { throw KeyRingError.notText }
        if opened.isDue { later { self.resealOne(account, row, opened) } }
        return Secret(text)
    }

    /// The lazy way: what is used is sealed anew at once. When it cannot be, it stays as it is and works on.
    private func resealOne(_ account: AccountID, _ row: SealedCredential, _ opened: SealedPlaces.Opened) {
        do {
            let left = try held.withLock { held in
                held.isOlderThanData ? [account] : try store.reseal([places.change(account, row, opened, held.ring)], nil)
            }
            if left.isEmpty, opened.isCompromised { tell(.compromised(account)) }
        } catch { tell(.notResealed(account, "\(error)")) }
    }
}

/// What the keeper has to say to whoever runs it. Nothing secret is in it.
public enum KeyNotice: Sendable, Hashable {
    /// Its token was open to others; it is sealed anew and marked.
    case compromised(AccountID)
    case notResealed(AccountID, String)
    case ringOlderThanData(ring: Int64, data: Int64)
}

extension KeyNotice: CustomStringConvertible {
    public var description: String {
        switch self {
        case .compromised(let account): "the token of account \(account) was open to others: replace it at the broker and store the new one"
        case .notResealed(let account, let why): "the token of account \(account) could not be sealed anew and stays as it is: \(why)"
        case .ringOlderThanData(let ring, let data):
            "the key ring is of epoch \(ring), the data was used with epoch \(data): nothing is sealed until that is settled ('signalist keys verify')"
        }
    }
}
