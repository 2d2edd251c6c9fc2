/// A source's wish to trade, and until when it holds. A program's can propose what to buy, never how much; a trade that a
/// person asks for by hand names its stake, which is held against every limit of the session.
public struct Signal: Hashable, Sendable, Codable {
    public var id: SignalID
    public var owner: OwnerID
    /// Only this session; nil offers it to every session of the owner.
    public var session: SessionID?
    /// Where it came from: `api`, `webhook`, `strategy`, a person's name.
    public var source: Label
    /// The strategy that made it, when one did.
    public var strategy: Label?
    public var symbol: Symbol
    public var kind: ContractKind
    /// Nil leaves it to the session's plan.
    public var duration: ContractDuration?
    /// Nil leaves it to the session's plan.
    public var stake: Money?
    public var issuedAt: Timestamp
    /// 60 s after `issuedAt` unless given, an hour at most.
    public var validUntil: Timestamp
    /// The moment of the tick that a strategy of ours decided on. Nil of everything else.
    public var tickAt: Timestamp?

    /// How long a signal holds unless it says otherwise, and at most.
    public static let validSeconds: Int64 = 60
    public static let validSecondsMost: Int64 = 3_600

    public init(
        id: SignalID, owner: OwnerID, session: SessionID? = nil, source: Label, strategy: Label? = nil, symbol: Symbol,
        kind: ContractKind, duration: ContractDuration? = nil, stake: Money? = nil, issuedAt: Timestamp, validUntil: Timestamp, tickAt: Timestamp? = nil
    ) {
        (self.id, self.owner, self.session, self.source, self.strategy) = (id, owner, session, source, strategy)
        (self.symbol, self.kind, self.duration, self.stake) = (symbol, kind, duration, stake)
        (self.issuedAt, self.validUntil, self.tickAt) = (issuedAt, validUntil, tickAt)
    }
}
