public import TradingModel

/// What an operator may ask of the store: of everybody, by design. No question of these reads a token.
public protocol OperatorReads: Sendable {
    /// Everybody's sessions, the newest first.
    func anyonesSessions(_ page: Page<SessionFilter>) async throws -> PageOf<SessionRow>
    func anyonesSession(_ id: SessionID) async throws -> SessionRow?
    /// Everybody's trades whose outcome is not known, the newest first.
    func unclearTrades(_ page: Page<UnclearFilter>) async throws -> PageOf<TradeRow>
    func anyonesTrade(_ id: IntentID) async throws -> TradeRow?
    /// What everybody's sessions that have been stopped still wait for.
    func anyonesEnding() async throws -> Ending
}

/// Which trades whose outcome is not known; nil is all of them.
public struct UnclearFilter: Sendable {
    public enum State: String, Sendable, CaseIterable {
        /// The broker's statement is being asked.
        case inDoubt = "in_doubt"
        /// A person has to say which contract it was.
        case ambiguous
    }
    public var state: State?
    public init(state: State? = nil) { self.state = state }
}

/// Sessions that were stopped and have not ended, and what they wait for.
public struct Ending: Sendable, Hashable {
    public var sessions: Int64
    public var openContracts: Int64
    /// Buys that may have happened and are being followed until that is known.
    public var unresolvedBuys: Int64
    public init(sessions: Int64, openContracts: Int64, unresolvedBuys: Int64) {
        (self.sessions, self.openContracts, self.unresolvedBuys) = (sessions, openContracts, unresolvedBuys)
    }
}
