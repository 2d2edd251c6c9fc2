public import TradingModel

/// What the API may ask of the log of what was done. Proofs are an owner's own; the rest is for auditors.
public protocol AuditDesk: Sendable {
    /// The file that proves a trade of this owner; nil when there is no such trade, or it was taken over from the previous
    /// system. Throws `AuditBusy` while another is being made.
    func proof(of trade: IntentID, owner: OwnerID) async throws -> [UInt8]?
}

/// One at a time: another is at it.
public struct AuditBusy: Error, Sendable { public init() {} }

/// For a desk without a log: nothing is on it.
public struct NoAudit: AuditDesk {
    public init() {}
    public func proof(of trade: IntentID, owner: OwnerID) async throws -> [UInt8]? { nil }
}
