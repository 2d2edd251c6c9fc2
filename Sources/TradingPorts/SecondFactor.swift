public import TradingModel

/// The secret of which a person's telephone makes codes, as a store keeps it.
public struct SecondFactor: Sendable, Hashable {
    public var sealed: [UInt8]
    /// The place that it is sealed for, where a hook's secret names the hook: no hook has this id.
    public static let place = "second factor"
    /// Until the person has shown a code it counts for nothing.
    public var confirmedAt: Timestamp?
    public init(sealed: [UInt8], confirmedAt: Timestamp?) { (self.sealed, self.confirmedAt) = (sealed, confirmedAt) }
}

/// Second factors at rest. Everything is durable when it returns, with its entry on the audit log.
public protocol SecondFactorStore: Sendable {
    func secondFactor(_ person: OwnerID) async throws -> SecondFactor?
    /// In the place of one that was never confirmed. False, and nothing is done, when there is one that was.
    func beginSecondFactor(_ person: OwnerID, sealed: [UInt8], by: Doer) async throws -> Bool
    /// With the codes for when the telephone is lost, by their hashes. In the same transaction every visit ends but one, which goes on under its
    /// new cookie. Nil, and nothing is done, when no second factor waits for this or that visit has ended.
    func confirmSecondFactor(
        _ person: OwnerID, step: Int64, recovery: [[UInt8]], at now: Timestamp, keeping: RenewedVisit, by: Doer
    ) async throws -> Ended?
    /// Each code is good once: true when no code of this time or a later one was used.
    func useStep(_ step: Int64, of person: OwnerID) async throws -> Bool
    /// True for the one who uses it first.
    func useRecoveryCode(hash: [UInt8], of person: OwnerID, at now: Timestamp, by: Doer) async throws -> Bool
    /// In the same transaction every visit ends but one, if one is named. Nil, and nothing is done, when that has ended.
    func removeSecondFactor(_ person: OwnerID, keeping: RenewedVisit?, by: Doer) async throws -> Ended?
}
