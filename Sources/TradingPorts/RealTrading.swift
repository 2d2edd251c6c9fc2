public import TradingModel

/// Accounts with real money whose owner said, with the password typed again, that they may trade. Everything is durable when it returns,
/// with its entry on the audit log.
public protocol RealTradingStore: Sendable {
    /// Since when, or nil.
    func realTrading(_ account: AccountID, owner: OwnerID) async throws -> Timestamp?
    /// - Parameter at: since when; nil takes it back.
    func keepRealTrading(_ account: AccountID, owner: OwnerID, at: Timestamp?, by: Doer) async throws
}
