/// What a session may lose before it stops by itself. Nil is off.
public struct RiskLimits: Hashable, Sendable, Codable {
    /// Contracts bought in one trading day.
    public var tradesPerDay: Int32?
    /// Loss of one trading day; what is at stake in open contracts counts as lost until they settle.
    public var lossPerDay: Money?
    /// The most one contract may cost. A share of the balance is capped to it; a fixed stake above it is refused.
    public var greatestStake: Money?
    /// The same in basis points of the available balance: 100 is 1 %.
    public var riskPerTradeBasisPoints: Int64?
    /// Fall from the session's highest equity, in basis points of it: 1_000 is 10 %.
    public var drawdownBasisPoints: Int64?
    public var lossesInARow: Int32?

    public init(
        tradesPerDay: Int32? = nil, lossPerDay: Money? = nil, greatestStake: Money? = nil,
        riskPerTradeBasisPoints: Int64? = nil, drawdownBasisPoints: Int64? = nil, lossesInARow: Int32? = nil
    ) {
        (self.tradesPerDay, self.lossPerDay, self.greatestStake) = (tradesPerDay, lossPerDay, greatestStake)
        (self.riskPerTradeBasisPoints, self.drawdownBasisPoints, self.lossesInARow) = (riskPerTradeBasisPoints, drawdownBasisPoints, lossesInARow)
    }
}

/// What an account or an owner may have at risk over all its sessions. Nil is off. Amounts count only what is held in
/// their own currency.
public struct ExposureLimits: Hashable, Sendable, Codable {
    public var lossPerDay: Money?
    public var openExposure: Money?
    public var openContracts: Int32?

    public init(lossPerDay: Money? = nil, openExposure: Money? = nil, openContracts: Int32? = nil) {
        (self.lossPerDay, self.openExposure, self.openContracts) = (lossPerDay, openExposure, openContracts)
    }
    public static let none = ExposureLimits()
}
