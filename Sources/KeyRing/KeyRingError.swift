public import TradingModel

/// Why something was not sealed or opened. None of them says anything secret.
public enum KeyRingError: Error, Hashable, Sendable {
    /// The ring has no key of the version that sealed this. It may be on an older machine or in a backup.
    case unknownKey(KeyVersion)
    /// The ring has that version, but another key under it: two rings were mixed.
    case otherKey(KeyVersion)
    /// The key is in the ring and was disabled.
    case disabledKey(KeyVersion)
    /// The key was destroyed: nothing opens this any more.
    case destroyedKey(KeyVersion)
    /// No secret of the previous system opens this. How many were tried besides the public default.
    case noPreviousSecret(tried: Int)
    case weakPreviousSecret(Label, String)
    /// A key is not in the state that a change needs.
    case wrongState(KeyVersion, KeyState, wanted: String)
    /// It was changed, or it was sealed for another owner, record, account or installation.
    case notAuthentic
    /// It has not the shape of an envelope.
    case malformed(String)
    /// It is an envelope of a later version of this program.
    case unsupported(version: UInt8, algorithm: UInt8)
    /// A secret was longer than is sealed.
    case tooLong(bytes: Int, most: Int)
    /// What was sealed is no text.
    case notText
    /// A key that is not fit to be one.
    case weakKey(KeyVersion, String)
    /// Keys that make no ring.
    case invalidRing(String)
}

extension KeyRingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownKey(let version): "the key ring has no key \(version), which sealed this"
        case .otherKey(let version): "the key ring's key \(version) is not the key \(version) that sealed this"
        case .disabledKey(let version): "key \(version), which sealed this, is disabled"
        case .destroyedKey(let version): "key \(version), which sealed this, was destroyed"
        case .noPreviousSecret(let tried):
            "none of the previous system's secrets opens this (the key ring has \(tried)); add the one it was sealed with"
        case .weakPreviousSecret(let name, let why): "\(name) is no secret: \(why)"
        case .wrongState(let version, let state, let wanted): "key \(version) is \(state.rawValue), expected \(wanted)"
        case .notAuthentic: "the sealed secret was changed or belongs elsewhere"
        case .malformed(let why): "this is no sealed secret: \(why)"
        case .unsupported(let version, let algorithm):
            "this is an envelope of version \(version) with algorithm \(algorithm), expected version 1 with algorithm 1"
        case .tooLong(let bytes, let most): "the secret has \(bytes) bytes, expected \(most) at most"
        case .notText: "what was sealed is no text"
        case .weakKey(let version, let why): "key \(version) is no key: \(why)"
        case .invalidRing(let why): "these keys make no ring: \(why)"
        }
    }
}
