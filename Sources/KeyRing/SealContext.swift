public import TradingModel

/// The one place a sealed secret belongs to. It is authenticated with the secret, so an envelope that is moved to
/// another owner, record, table, account or installation does not open there.
public struct SealContext: Hashable, Sendable {
    public enum Purpose: String, Hashable, Sendable, CaseIterable {
        case brokerToken = "deriv-token"
        case oneTimePassword = "totp"
        case webhookSecret = "webhook-secret"
        /// The hash of a person's password.
        case password
        /// Nothing that is stored: the trial of a key that is to become primary.
        case keyProof = "key-proof"
    }

    /// Virtual money or real money.
    public enum Environment: String, Hashable, Sendable, CaseIterable { case demo, real }

    public let purpose: Purpose
    /// The installation: a token copied into another one does not open there.
    public let instance: String
    public let owner: OwnerID
    public let table: String
    /// The row's key in its table.
    public let record: String
    /// The broker, the account at it and its kind; nil for secrets of no account.
    public let broker: Label?
    public let loginID: Label?
    public let environment: Environment?

    /// The longest of the texts in bytes. They are ours, so a longer one is a programmer's error.
    public static let longestText = 1_024

    public init(
        purpose: Purpose, instance: String, owner: OwnerID, table: String, record: String,
        broker: Label? = nil, loginID: Label? = nil, environment: Environment? = nil
    ) {
        for text in [instance, table, record] {
            precondition(text.utf8.count <= SealContext.longestText, "a text of a seal context has \(text.utf8.count) bytes")
        }
        (self.purpose, self.instance, self.owner, self.table, self.record) = (purpose, instance, owner, table, record)
        (self.broker, self.loginID, self.environment) = (broker, loginID, environment)
    }

    /// Its fields in the order of the envelope's authenticated data. What is nil is empty; a label is never empty.
    var fields: [[UInt8]] {
        [
            purpose.rawValue, instance, owner.description, table, record,
            broker?.text ?? "", loginID?.text ?? "", environment?.rawValue ?? "",
        ].map { Array($0.utf8) }
    }
}
