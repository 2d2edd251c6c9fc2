public import TradingModel

/// Broker tokens at rest. A leaf dependency: a few independent questions, so a struct of functions; a test answers the
/// one it cares about and every other one fails loudly.
public struct CredentialVault: Sendable {
    public var store: @Sendable (_ token: Secret, _ account: AccountID, _ owner: OwnerID, _ loginID: Label, _ isVirtual: Bool) throws -> Void
    public var token: @Sendable (_ account: AccountID) throws -> Secret?
    public var erase: @Sendable (_ account: AccountID) throws -> Void

    public init(
        store: @escaping @Sendable (Secret, AccountID, OwnerID, Label, Bool) throws -> Void,
        token: @escaping @Sendable (AccountID) throws -> Secret?, erase: @escaping @Sendable (AccountID) throws -> Void
    ) {
        (self.store, self.token, self.erase) = (store, token, erase)
    }

    public static let unimplemented = CredentialVault(
        store: { _, account, _, _, _ in fatalError("CredentialVault.store(\(account)) is not part of this test") },
        token: { account in fatalError("CredentialVault.token(\(account)) is not part of this test") },
        erase: { account in fatalError("CredentialVault.erase(\(account)) is not part of this test") })
}

/// Sealed tokens as a store keeps them.
public protocol SealedCredentials: Sendable {
    /// In the place of what is there. `isCompromised` goes with this text alone.
    func keep(_ sealed: [UInt8], account: AccountID, owner: OwnerID, loginID: Label, isVirtual: Bool, isCompromised: Bool) throws
    func sealed(_ account: AccountID) throws -> SealedCredential?
    func erase(_ account: AccountID) throws
}

public struct SealedCredential: Sendable, Hashable {
    public var bytes: [UInt8]
    public var owner: OwnerID
    public var loginID: Label
    public var isVirtual: Bool
    /// Others may know the token: its owner is to replace it at the broker.
    public var isCompromised: Bool
    /// The hook whose secret it is; nil for the token of an account.
    public var hook: String?

    /// A hook's secret: of no account, and of no kind of money.
    public init(bytes: [UInt8], owner: OwnerID, hook: String) {
        self.init(bytes: bytes, owner: owner, loginID: Label("hook")!, isVirtual: false)
        self.hook = hook
    }

    public init(bytes: [UInt8], owner: OwnerID, loginID: Label, isVirtual: Bool, isCompromised: Bool = false) {
        (self.bytes, self.owner, self.loginID, self.isVirtual, self.isCompromised) = (bytes, owner, loginID, isVirtual, isCompromised)
    }
}
