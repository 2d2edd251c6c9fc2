public import TradingModel

/// Everybody's trading, stopped by operators. While it stands nothing starts and nothing is bought, whoever's it is, whoever came later
/// included; it survives a restart. It and the emergency stop of an owner know nothing of each other: neither lifts the other.
public struct OperatorsStop: Hashable, Sendable, Codable {
    public let since: Timestamp
    public let by: Label
    /// In the operator's words, for everybody to read: 1 to `reasonLongest` bytes.
    public let reason: String

    public static let reasonLongest = 500

    public init(since: Timestamp, by: Label, reason: String) { (self.since, self.by, self.reason) = (since, by, reason) }
}

extension OwnerID {
    /// Whom a fact names that is about everybody. No owner has this number.
    public static let everybody = OwnerID(rawValue: 0)
}
