public import TradingModel

// The changes of a ring. Each gives a ring of the next epoch, or says why it may not be.
extension KeyRing {
    /// This ring with `key` waiting to become primary. It opens from now on and seals nothing.
    /// - Throws: `invalidRing` when its version is not higher than every other, the key is in the ring already, or another one is pending.
    public func adding(_ key: RingKey) throws(KeyRingError) -> KeyRing {
        if let last = keys.last, key.version <= last.version {
            throw .invalidRing("the new key has version \(key.version), expected more than \(last.version)")
        }
        if let pending { throw .wrongState(pending.version, pending.state, wanted: "promoted or aborted before another key is added") }
        return try KeyRing(epoch: epoch + 1, keys: keys + [key.changed(to: .pending)], previousSecrets: previousSecrets)
    }

    /// The same with a key from the system's source of chance.
    public func addingKey(at now: Timestamp) throws(KeyRingError) -> KeyRing {
        guard let last = keys.last, last.version.rawValue < .max else { throw .invalidRing("there is no version left") }
        return try adding(.new(version: KeyVersion(rawValue: last.version.rawValue + 1), at: now))
    }

    /// Seals and opens a text of chance with a key, primary or not. Whoever passes can open what this key will seal.
    /// - Throws: `unknownKey`, `disabledKey`, `destroyedKey`.
    public func prove(_ version: KeyVersion) throws(KeyRingError) {
        let trial = try KeyRing(epoch: 1, keys: [usableKey(version).changed(to: .primary)])
        let context = SealContext(purpose: .keyProof, instance: "", owner: OwnerID(rawValue: 0), table: "", record: "")
        let text = Chance.bytes(32)
        guard try trial.open(trial.seal(text, for: context), for: context) == text else { throw .notAuthentic }
    }

    /// This ring with another key sealing; the one that sealed so far goes on opening.
    /// - Parameter isOldCompromised: that one is marked as known to somebody else in the same change, so that nothing comes between the two.
    /// - Throws: `unknownKey`; `wrongState` unless the key is pending, enabled or primary already; `invalidRing` when it is compromised.
    public func promoting(_ version: KeyVersion, isOldCompromised: Bool = false) throws(KeyRingError) -> KeyRing {
        guard let key = key(version) else { throw .unknownKey(version) }
        guard key.opens else { throw .wrongState(version, key.state, wanted: "pending or enabled") }
        guard !key.isCompromised else { throw .invalidRing("key \(version) is marked compromised and seals nothing any more") }
        return try changing { one in
            if one.version == version { return one.changed(to: .primary) }
            guard one.state == .primary else { return one }
            return isOldCompromised ? one.changed(to: .enabled).compromised() : one.changed(to: .enabled)
        }
    }

    /// This ring with one key that opens nothing any more; it is kept, so that this can be taken back.
    /// - Throws: `unknownKey`; `wrongState` unless it is enabled.
    public func retiring(_ version: KeyVersion) throws(KeyRingError) -> KeyRing {
        try changing(version, from: [.enabled], wanted: "enabled") { $0.changed(to: .disabled) }
    }

    /// Takes `retiring` back.
    /// - Throws: `unknownKey`; `wrongState` unless it is disabled.
    public func enabling(_ version: KeyVersion) throws(KeyRingError) -> KeyRing {
        try changing(version, from: [.disabled], wanted: "disabled") { $0.changed(to: .enabled) }
    }

    /// This ring without the bytes of a key. There is no way back.
    /// - Throws: `unknownKey`; `wrongState` unless it is disabled, or pending: a key that never sealed.
    public func destroying(_ version: KeyVersion, at now: Timestamp) throws(KeyRingError) -> KeyRing {
        try changing(version, from: [.disabled, .pending], wanted: "retired before") { $0.destroyed(at: now) }
    }

    /// Marks a key as known to somebody else. It goes on opening; it is never primary again.
    /// - Throws: `unknownKey`.
    public func compromising(_ version: KeyVersion) throws(KeyRingError) -> KeyRing {
        guard key(version) != nil else { throw .unknownKey(version) }
        return try changing { $0.version == version ? $0.compromised() : $0 }
    }

    /// This ring with a secret of the previous system, in the place of one of the same name.
    public func addingPrevious(_ secret: PreviousSecret) throws(KeyRingError) -> KeyRing {
        let others = previousSecrets.filter { $0.name != secret.name }
        let ordered = (others + [secret]).sorted { PreviousSecret.order($0.name) < PreviousSecret.order($1.name) }
        return try KeyRing(epoch: epoch + 1, keys: keys, previousSecrets: ordered)
    }

    private func changing(_ change: (RingKey) -> RingKey) throws(KeyRingError) -> KeyRing {
        try KeyRing(epoch: epoch + 1, keys: keys.map(change), previousSecrets: previousSecrets)
    }

    private func changing(
        _ version: KeyVersion, from states: [KeyState], wanted: String, _ change: (RingKey) -> RingKey
    ) throws(KeyRingError) -> KeyRing {
        guard let key = key(version) else { throw .unknownKey(version) }
        guard states.contains(key.state) else { throw .wrongState(version, key.state, wanted: wanted) }
        return try changing { $0.version == version ? change($0) : $0 }
    }
}
