import Crypto
import Foundation
public import TradingModel
public import TradingPorts

/// The hooks with their secrets: who may send an alert is decided here. A signed hook's secret is sealed with the key
/// ring, for its signature has to be computed; of an address's only the hash is kept.
public struct HookBook: Sendable {
    public let store: any HookStore
    /// The time of this machine, which senders share; a demo's runs faster.
    public let now: @Sendable () -> Timestamp
    private let seal: @Sendable (_ secret: Secret, _ hook: String, _ owner: OwnerID) throws -> [UInt8]
    private let open: @Sendable (_ sealed: [UInt8], _ hook: String, _ owner: OwnerID) throws -> Secret

    public init(
        store: any HookStore, now: @escaping @Sendable () -> Timestamp,
        seal: @escaping @Sendable (Secret, String, OwnerID) throws -> [UInt8], open: @escaping @Sendable ([UInt8], String, OwnerID) throws -> Secret
    ) {
        (self.store, self.now, self.seal, self.open) = (store, now, seal, open)
    }

    /// Hooks an owner may have.
    public static let most = 100
    /// Letters, digits, `-` and `_`: 256 bits of the system's chance.
    public static let secretBytes = 43

    /// A new secret's text, to be shown once, and how it is kept.
    public func newSecret(_ hook: Hook, version: Int64) throws -> (text: Secret, kept: HookSecret) {
        let text = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let bytes: [UInt8] =
            switch hook.format {
            case .signed: try seal(Secret(text), hook.id, hook.owner)
            case .tradingView: Array(SHA256.hash(data: Array(text.utf8)))
            }
        return (Secret(text), HookSecret(version: version, bytes: bytes, createdAt: now()))
    }

    /// Does the address end in a secret of this hook?
    public func accepts(_ token: String, _ stored: StoredHook) -> Bool {
        guard stored.hook.format == .tradingView else { return false }
        let hash = SHA256.hash(data: Array(token.utf8))
        // A digest compares in constant time; all are looked at.
        return stored.secrets.map { hash == $0.bytes }.contains(true)
    }

    /// Is `code` the HMAC-SHA-256 of these bytes under a secret of this hook? Throws when a secret cannot be opened and
    /// no other one fits.
    public func accepts(code: [UInt8], of bytes: [UInt8], _ stored: StoredHook) throws -> Bool {
        guard stored.hook.format == .signed else { return false }
        var failure: (any Error)?
        for secret in stored.secrets {
            do {
                let isRight = try open(secret.bytes, stored.hook.id, stored.hook.owner).reveal { text in
                    HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: bytes, using: SymmetricKey(data: Array(text.utf8)))
                }
                if isRight { return true }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return false
    }

    /// A hook's id: of a client's own key the same one again, else of the system's chance.
    public static func id(owner: OwnerID, clientKey: String?) -> String {
        guard let clientKey else { return SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }.hexText }
        return SHA256.hash(data: Array("hook\n\(owner)\n\(clientKey)".utf8)).prefix(16).hexText
    }
}
