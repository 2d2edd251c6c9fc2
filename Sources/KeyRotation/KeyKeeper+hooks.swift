import KeyRing
import Synchronization
public import TradingModel
import TradingPorts

// Secrets of hooks: sealed and opened here, and moved from key to key with the tokens.
extension KeyKeeper {
    /// - Throws: `ringOlderThanData`, `KeyRingError`.
    public func seal(_ secret: Secret, hook: String, owner: OwnerID) throws -> [UInt8] {
        try held.withLock { held in
            if held.isOlderThanData { throw KeyCommandError.ringOlderThanData(ring: held.ring.epoch, data: try store.ringEpoch()) }
            return try held.ring.seal(secret, for: places.context(hook: hook, owner)).bytes
        }
    }

    /// - Throws: `KeyRingError` when it does not open here.
    public func open(_ sealed: [UInt8], hook: String, owner: OwnerID) throws -> Secret {
        try places.open(try SealedSecret(bytes: sealed), hook: hook, owner, ring)
    }
}
