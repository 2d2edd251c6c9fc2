public import TradingModel

/// What an operator may ask of the store: of everybody, by design. No question of these reads a token.
public protocol OperatorReads: Sendable {
    /// Everybody's sessions, the newest first.
    func anyonesSessions(_ page: Page<SessionFilter>) async throws -> PageOf<SessionRow>
    func anyonesSession(_ id: SessionID) async throws -> SessionRow?
}
