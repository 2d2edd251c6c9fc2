/// What is taken over and wants a person's look before anything is bought for it.
public enum ImportFlag: String, Hashable, Sendable, CaseIterable {
    /// It was running when the export was made, or when the server died long before.
    case stuckActive = "stuck_active"
    /// A daily loss limit of 100 or less: the previous system copied percents from the bot settings into amounts.
    case percentLossLimit = "percent_loss_limit"
    /// The contract id was made up by the previous system: the broker knows no such contract.
    case fabricatedContract = "fabricated_contract"
    /// Fields that its rules wanted were absent.
    case missingFields = "missing_fields"
    /// No session of its user ran when it was bought.
    case noSession = "no_session"
    /// Its user is not among the users.
    case noUser = "no_user"
    /// An amount had more than two decimals.
    case rounded
    /// It is neither open nor has a result.
    case noResult = "no_result"
    /// A session on a broker that is not served.
    case otherBroker = "other_broker"
    /// The token does not open: its secret is not in the key ring.
    case tokenUnopened = "token_unopened"
    /// The token was open to others: sealed with the public default, or not at all.
    case tokenCompromised = "token_compromised"
    /// Nobody knows whose account the token is.
    case noLoginID = "no_login_id"
    /// A secret in the clear stood in it, which is dropped.
    case plainSecret = "plain_secret"
    /// It had fields that nobody knows, which are dropped.
    case unknownFields = "unknown_fields"
}
