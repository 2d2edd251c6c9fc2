/// What is taken over and wants a person's look before anything is bought for it.
public enum ImportFlag: String, Hashable, Sendable, CaseIterable {
    /// It says that it runs, and nothing is known of it for a day before the newest record of the export: its server died.
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
    /// Control characters of a text became blanks.
    case cleanedText = "cleaned_text"
    /// It is neither open nor has a result.
    case noResult = "no_result"
    /// A list of symbols or sources is empty: that system followed nothing then, we follow everything.
    case emptyFilter = "empty_filter"
    /// It was open at the export. What became of it is not asked.
    case leftOpen = "left_open"
    /// A session on a broker that is not served.
    case otherBroker = "other_broker"
    /// The token does not open: its secret is not in the key ring.
    case tokenUnopened = "token_unopened"
    /// The token was open to others: sealed with the public default, or not at all.
    case tokenCompromised = "token_compromised"
    /// Nobody knows whose account the token is.
    case noLoginID = "no_login_id"
    /// The login id is that of a demo account and the type says real, or the other way round; the login id holds.
    case accountTypeDiffers = "account_type_differs"
    /// Another account has the login id already: the token is not taken.
    case loginTaken = "login_taken"
    /// A secret in the clear stood in it, which is dropped.
    case plainSecret = "plain_secret"
    /// It had fields that nobody knows, which are dropped.
    case unknownFields = "unknown_fields"
}
