import Crypto
import Synchronization
public import TradingModel
public import TradingPorts

// Keys that people make for programs.
extension PeopleBook {
    public static let keysMost = 50
    public static let keyDaysMost: Int64 = 365

    public enum KeyMade: Sendable {
        /// Its text is shown this once.
        case done(AccessKey, text: Secret)
        case tooMany
        /// Whoever asked is no longer in.
        case visitEnded
    }

    /// - Parameter scopes: those that a key may have and its person has; the caller has looked.
    public func makeKey(
        _ visit: Visit, name: Label, scopes: [Scope], sessions: [SessionID], addresses: [String], validDays: Int64, by doer: Doer
    ) async throws -> KeyMade {
        let text = KeyText.new(), now = now()
        let key = AccessKey(
            id: text.id, owner: visit.person, mac: mac(text.text), name: name, scopes: scopes.map(\.rawValue), sessions: sessions, addresses: addresses,
            createdAt: now, expiresAt: now.adding(seconds: validDays * 86_400))
        switch try await store.add(key, atMost: PeopleBook.keysMost, in: visit.id, by: doer) {
        case .tooMany: return .tooMany
        case .visitEnded: return .visitEnded
        case .added:
            // Looked at while the lock is held: one that was taken back meanwhile does not come to life here.
            let isThere = try keys.withLock { keys in
                guard try store.hasAccessKey(key.id) else { return false }
                keys.held[key.id] = Keys.Held(key)
                return true
            }
            return isThere ? .done(key, text: text.text) : .visitEnded
        }
    }

    public func keys(_ owner: OwnerID) async throws -> [AccessKey] {
        try await writeDown()
        return try await store.accessKeys(owner)
    }

    /// Those of the first start and of `signalist owner`.
    public func ownerKeys(_ owner: OwnerID) async throws -> [OwnerKey] { try await store.ownerKeys(owner) }

    /// It opens nothing any more when this returns. False when the owner has none of this id.
    public func removeKey(_ id: String, of owner: OwnerID, by doer: Doer) async throws -> Bool {
        if try await store.remove(accessKey: id, owner: owner, by: doer) {
            forget(keys: [id])
        } else {
            guard try await store.remove(ownerKey: id, owner: owner, by: doer) else { return false }
            forget(ownerKeys: [id])
        }
        return true
    }

    /// Their streams end.
    func forget(ownerKeys ids: [String]) { keys.withLock { $0.ownerKeysGone.formUnion(ids) } }

    /// Those with these ids are gone, from the store already.
    func forget(keys ids: [String]) {
        keys.withLock { keys in
            for id in ids {
                keys.held.removeValue(forKey: id)
                keys.isDue.remove(id)
            }
        }
    }

    /// Whoever shows this key, or nil. Where it comes from is for the caller to look at.
    public func caller(key text: some StringProtocol) -> Caller? {
        guard let id = KeyText.id(of: text), let held = keys.withLock({ $0.held[id] }) else { return nil }
        let now = now()
        guard isRight(text, held.key), now < held.key.expiresAt, let scopes = scopes(of: held.key.owner) else { return nil }
        keys.withLock { keys in
            guard keys.held[id] != nil else { return }
            keys.held[id]?.key.usedAt = now
            keys.isDue.insert(id)
        }
        return Caller(
            owner: held.key.owner, scopes: scopes.intersection(held.scopes), way: .accessKey(held.key),
            needsSecondFactor: mustSetUpSecondFactor(held.key.owner))
    }

    func isHeld(_ key: AccessKey) -> Bool { keys.withLock { $0.held[key.id] != nil } && now() < key.expiresAt }

    private func mac(_ text: Secret) -> [UInt8] {
        text.reveal { Array(HMAC<SHA256>.authenticationCode(for: Array($0.utf8), using: SymmetricKey(data: instance))) }
    }

    private func isRight(_ text: some StringProtocol, _ key: AccessKey) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(key.mac, authenticating: Array(text.utf8), using: SymmetricKey(data: instance))
    }

    /// Keys in memory: all of them, for each owner has few.
    struct Keys {
        struct Held {
            var key: AccessKey
            let scopes: Scopes
            init(_ key: AccessKey) { (self.key, scopes) = (key, Scopes(key.scopes.compactMap(Scope.init(rawValue:)).filter(\.isForKeys))) }
        }
        var held: [String: Held]
        /// Ids of those of `signalist owner` that were taken away while this process ran. Only the machine itself makes one, so there are few.
        var ownerKeysGone: Set<String> = []
        /// Used since that was last written.
        var isDue: Set<String> = []
    }
}
