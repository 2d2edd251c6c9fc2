import KeyRing
import TradingModel
import TradingPorts

/// Where sealed tokens of one store belong, and how a row is opened there and sealed anew.
struct SealedPlaces: Sendable {
    private let instance: String

    /// - Parameter instance: the store's own 16 random bytes.
    init(instance: [UInt8]) { self.instance = instance.hexText }

    /// What a row held, and what is to become of it.
    struct Opened {
        var bytes: [UInt8]
        /// It is not under the primary key.
        var isDue: Bool
        var isCompromised: Bool
    }

    func open(_ row: SealedCredential, _ account: AccountID, _ ring: KeyRing) throws(KeyRingError) -> Opened {
        switch try StoredSecret(bytes: row.bytes) {
        case .sealed(let sealed):
            let bytes = try ring.open(sealed, for: context(account, row))
            return Opened(bytes: bytes, isDue: ring.needsResealing(sealed), isCompromised: ring.key(sealed.keyVersion)?.isCompromised ?? false)
        case .previous(let previous):
            let opening = try ring.open(previous)
            return Opened(bytes: opening.secret.reveal { Array($0.utf8) }, isDue: true, isCompromised: opening.isCompromised)
        }
    }

    /// Sealed anew and opened again before anybody writes it.
    func change(_ account: AccountID, _ row: SealedCredential, _ opened: Opened, _ ring: KeyRing) throws(KeyRingError) -> Reseal {
        let context = context(account, row), sealed = try ring.seal(opened.bytes, for: context)
        guard SealedSecret.areEqual(try ring.open(sealed, for: context), opened.bytes) else { throw .notAuthentic }
        return Reseal(account: account, old: row.bytes, new: sealed.bytes, isCompromised: opened.isCompromised)
    }

    func context(_ account: AccountID, _ row: SealedCredential) -> SealContext {
        if let hook = row.hook { return self.context(hook: hook, row.owner) }
        return SealContext(
            purpose: .brokerToken, instance: instance, owner: row.owner, table: "credential", record: "\(account)", broker: Label("deriv"),
            loginID: row.loginID, environment: row.isVirtual ? .demo : .real)
    }

    func context(hook: String, _ owner: OwnerID) -> SealContext {
        if hook == SealedPassword.place {
            return SealContext(purpose: .password, instance: instance, owner: owner, table: "person", record: "\(owner)")
        }
        return SealContext(purpose: .webhookSecret, instance: instance, owner: owner, table: "hook_secret", record: hook)
    }
}
