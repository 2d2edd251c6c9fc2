public import TradingModel
public import TradingPorts

/// Whoever sent a request, as far as the server has made sure of it.
public struct Caller: Sendable {
    public enum Way: Sendable, Hashable {
        /// A key of `signalist owner` or of the first start: all of a trader's, as ever.
        case ownerKey(hash: [UInt8])
        /// A key that a person made for a program.
        case accessKey(AccessKey)
        /// A person with a cookie.
        case visit(Visit)
    }

    public let owner: OwnerID
    public let scopes: Scopes
    public let way: Way
    /// It has to set up a second factor before anything else.
    public let needsSecondFactor: Bool

    public init(owner: OwnerID, scopes: Scopes, way: Way, needsSecondFactor: Bool = false) {
        (self.owner, self.scopes, self.way, self.needsSecondFactor) = (owner, scopes, way, needsSecondFactor)
    }

    public var visit: Visit? { if case .visit(let visit) = way { visit } else { nil } }

    /// As facts record it.
    public var by: Label {
        switch way {
        case .ownerKey: Caller.key
        case .accessKey(let key): Label("key \(key.id)") ?? Caller.key
        case .visit(let visit): Label("person \(visit.person)") ?? Caller.key
        }
    }
    /// The same for the audit log, where an owner's keys are the owner.
    public var name: String {
        switch way {
        case .ownerKey: "owner \(owner)"
        case .accessKey(let key): "key \(key.id) of person \(owner)"
        case .visit(let visit): "person \(visit.person)"
        }
    }
    private static let key = Label("api")!
}
