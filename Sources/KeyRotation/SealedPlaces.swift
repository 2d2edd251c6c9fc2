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
        /// It is not under the primary key, or bound as it is bound no more.
        var isDue: Bool
        /// Bound as it is bound no more.
        var isFormer = false
        var isCompromised: Bool
    }

    func open(_ row: SealedCredential, _ account: AccountID, _ ring: KeyRing) throws(KeyRingError) -> Opened {
        switch try StoredSecret(bytes: row.bytes) {
        case .sealed(let sealed):
            let (bytes, isFormer) = try open(sealed, account, row, ring)
            return Opened(
                bytes: bytes, isDue: isFormer || ring.needsResealing(sealed), isFormer: isFormer,
                isCompromised: ring.key(sealed.keyVersion)?.isCompromised ?? false)
        case .previous(let previous):
            let opening = try ring.open(previous)
            return Opened(bytes: opening.secret.reveal { Array($0.utf8) }, isDue: true, isCompromised: opening.isCompromised)
        }
    }

    private func open(
        _ sealed: SealedSecret, _ account: AccountID, _ row: SealedCredential, _ ring: KeyRing
    ) throws(KeyRingError) -> (bytes: [UInt8], isFormer: Bool) {
        do throws(KeyRingError) { return (try ring.open(sealed, for: context(account, row)), false) } catch {
            guard error == .notAuthentic, let former = row.hook.flatMap({ formerContext(hook: $0, row.owner) }) else { throw error }
            return (try ring.open(sealed, for: former), true)
        }
    }

    /// The secret of a hook, a second factor or a password.
    func open(_ sealed: SealedSecret, hook: String, _ owner: OwnerID, _ ring: KeyRing) throws(KeyRingError) -> Secret {
        do throws(KeyRingError) { return try ring.openSecret(sealed, for: context(hook: hook, owner)) } catch {
            guard error == .notAuthentic, let former = formerContext(hook: hook, owner) else { throw error }
            return try ring.openSecret(sealed, for: former)
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
        if hook == SecondFactor.place {
            return SealContext(purpose: .oneTimePassword, instance: instance, owner: owner, table: "second_factor", record: "\(owner)")
        }
        return hookContext(hook, owner)
    }

    /// Second factors were once bound as secrets of hooks are, to a place that no hook has. They open so, and are sealed anew.
    private func formerContext(hook: String, _ owner: OwnerID) -> SealContext? { hook == SecondFactor.place ? hookContext(hook, owner) : nil }

    private func hookContext(_ hook: String, _ owner: OwnerID) -> SealContext {
        SealContext(purpose: .webhookSecret, instance: instance, owner: owner, table: "hook_secret", record: hook)
    }
}
