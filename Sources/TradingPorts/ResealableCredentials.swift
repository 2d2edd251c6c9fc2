public import TradingModel

/// Sealed tokens that can be moved to another key, row by row, while they are in use.
///
/// Nothing here is replaced blindly: a row is written only while it holds the very bytes that were opened, so a token that
/// its owner stores meanwhile is never written over.
public protocol ResealableCredentials: SealedCredentials, SealedRows {
    func sealedCount() throws -> Int
    /// One commit: every row that still holds `old` gets `new`, and the rotation, when there is one, is where it is said to be. Gives the
    /// accounts that were left alone because their bytes are others by now.
    func reseal(_ changes: [Reseal], _ rotation: Rotation?) throws -> Set<AccountID>

    /// The newest rotation, if there ever was one.
    func rotation() throws -> Rotation?
    /// Puts a new rotation on record, with an id of its own, or the progress of one.
    /// - Throws: also when another one is under way.
    @discardableResult func keep(_ rotation: Rotation) throws -> Rotation

    /// From now on nothing is stored that is sealed with one of these versions of keys, whatever it is and whoever sealed it when: what would be
    /// fails. What is stored stays. Takes the place of those that were named before.
    func fence(_ versions: [UInt32]) throws

    /// The epoch of the newest key ring that was in use with this data, 0 at first.
    func ringEpoch() throws -> Int64
    func keepRingEpoch(_ epoch: Int64) throws
}

/// Sealed tokens that can be read one after the other: a store's, or a copy's.
public protocol SealedRows: Sendable {
    /// Rows of accounts after this one, in the order of their ids.
    func sealedRows(after account: AccountID, limit: Int) throws -> [SealedRow]
}

public struct SealedRow: Sendable, Hashable {
    /// Numbers from here on are no accounts but secrets of hooks, which come after all tokens.
    public static let firstHook: Int64 = 1 << 62

    public var account: AccountID
    public var credential: SealedCredential
    public init(account: AccountID, credential: SealedCredential) { (self.account, self.credential) = (account, credential) }
}

/// One row's change.
public struct Reseal: Sendable, Hashable {
    public var account: AccountID
    public var old: [UInt8]
    public var new: [UInt8]
    /// What it held was open to others and must be replaced at the broker. A mark that is there stays.
    public var isCompromised: Bool
    public init(account: AccountID, old: [UInt8], new: [UInt8], isCompromised: Bool) {
        (self.account, self.old, self.new, self.isCompromised) = (account, old, new, isCompromised)
    }
}

/// How far the change from one key to the next has come. Each may go to the next, all up to `verifying` to `aborted`.
public enum RotationPhase: String, Sendable, Hashable, CaseIterable {
    /// The new key is in the ring and opens.
    case added
    /// Whoever runs has shown that it opens with the new key.
    case acknowledged
    /// The new key seals.
    case promoted
    /// What the old key sealed is being sealed anew.
    case resealing
    /// Nothing that opens is under another key any more; everything has been opened once more, or is being.
    case verifying
    /// The old key opens nothing any more, and is kept.
    case retired
    /// The old key is gone.
    case destroyed
    case aborted

    /// Must it end before another one begins?
    public var isUnderWay: Bool {
        switch self {
        case .added, .acknowledged, .promoted, .resealing, .verifying: true
        case .retired, .destroyed, .aborted: false
        }
    }
}

public struct Rotation: Sendable, Hashable {
    /// 0 until it is on record.
    public var id: Int64
    /// Versions of keys.
    public var from: UInt32
    public var to: UInt32
    public var phase: RotationPhase
    /// Every account up to this one was looked at in this pass.
    public var upTo: AccountID
    /// Rows that were sealed anew, in all passes.
    public var resealed: Int64
    public var startedAt: Timestamp
    public var changedAt: Timestamp
    public init(
        id: Int64 = 0, from: UInt32, to: UInt32, phase: RotationPhase = .added, upTo: AccountID = AccountID(rawValue: 0), resealed: Int64 = 0,
        startedAt: Timestamp, changedAt: Timestamp? = nil
    ) {
        (self.id, self.from, self.to, self.phase, self.upTo, self.resealed) = (id, from, to, phase, upTo, resealed)
        (self.startedAt, self.changedAt) = (startedAt, changedAt ?? startedAt)
    }
}
