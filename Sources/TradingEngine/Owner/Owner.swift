public import TradingModel

/// One person's standing orders over all accounts and sessions.
public struct Owner: Hashable, Sendable, Codable, Identified {
    public let id: OwnerID
    /// While it is engaged nothing starts and nothing is bought; it survives a restart.
    public internal(set) var emergencyStopped = false
    public internal(set) var limits = ExposureLimits.none
    public internal(set) var accounts: [AccountID] = []
    /// The owner's sessions that are live, in the order of their ids.
    public internal(set) var sessions: [SessionID] = []

    init(id: OwnerID) { self.id = id }
}
