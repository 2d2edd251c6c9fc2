public import TradingModel

/// One person's standing orders over all accounts and sessions.
public struct Owner: Hashable, Sendable, Codable, Identified {
    public let id: OwnerID
    /// While it is engaged nothing starts and nothing is bought; it survives a restart.
    public internal(set) var emergencyStopped = false
    public internal(set) var limits = ExposureLimits.none
    /// How long what is raised waits; 0 is not at all.
    public internal(set) var promiseSeconds: Int64 = 0
    /// What waits to be raised, in the order in which it was asked for.
    public internal(set) var raises: [Raise] = []
    /// So many were asked for so far.
    var raisesMade: Int64 = 0
    public internal(set) var accounts: [AccountID] = []
    /// The owner's sessions that are live, in the order of their ids.
    public internal(set) var sessions: [SessionID] = []

    /// 30 days.
    public static let promiseSecondsMost: Int64 = 2_592_000
    static let raisesMost = 256

    init(id: OwnerID) { self.id = id }
}
