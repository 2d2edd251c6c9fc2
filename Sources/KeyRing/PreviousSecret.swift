public import TradingModel

/// A secret that the previous system derived its keys from.
public struct PreviousSecret: Sendable {
    /// The environment variable that held it.
    public let name: Label
    let secret: Secret

    /// - Throws: `weakPreviousSecret` when it is empty or the public default, which is tried anyway.
    public init(name: Label, secret: Secret) throws(KeyRingError) {
        let isEmpty = secret.reveal { $0.isEmpty }, isPublic = secret.reveal { $0 == PreviousSecret.publicText }
        guard !isEmpty, !isPublic else { throw .weakPreviousSecret(name, isEmpty ? "it is empty" : "it is the public default, which is tried anyway") }
        (self.name, self.secret) = (name, secret)
    }

    /// What the previous system took when nothing was configured. It stands in its public sources, so whatever opens with it
    /// was readable by everybody who saw the database.
    static let publicText = "default-encryption-key-change-in-production"
    static let publicName = Label("public default")!

    /// `BETTER_AUTH_SECRET` first, then `ENCRYPTION_KEY`, as the previous system looked for them; others after those.
    static func order(_ name: Label) -> Int { name.text == "BETTER_AUTH_SECRET" ? 0 : name.text == "ENCRYPTION_KEY" ? 1 : 2 }
}

extension PreviousSecret: CustomStringConvertible, CustomReflectable {
    public var description: String { "secret \(name) of the previous system" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
