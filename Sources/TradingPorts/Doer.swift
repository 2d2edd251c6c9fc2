public import TradingModel

/// Who does something, and from where, as the audit log says it: `person 3 at 192.0.2.7`, `owner 1`, `host`.
public struct Doer: Sendable, Hashable {
    /// `person 3`, `key abcdefgh of person 3`, `owner 1`, `host`.
    public let name: String
    /// Where the request comes from; nil when that cannot be told.
    public let address: String?
    public var text: String { address.map { "\(name) at \($0)" } ?? name }

    public init(_ name: String, at address: String? = nil) { (self.name, self.address) = (name, address) }

    /// A command on this machine.
    public static let host = Doer("host")
    /// The server by itself, at its times.
    public static let server = Doer("server")
}

/// What ended with a change of a person: gone from the store, and to be forgotten by whoever remembers it.
public struct Ended: Sendable, Hashable {
    /// Hashes of visits.
    public var visits: [[UInt8]]
    /// Ids of keys for programs.
    public var keys: [String]
    /// Ids of keys of `signalist owner`.
    public var ownerKeys: [String]
    public init(visits: [[UInt8]] = [], keys: [String] = [], ownerKeys: [String] = []) {
        (self.visits, self.keys, self.ownerKeys) = (visits, keys, ownerKeys)
    }
}

/// Tries that were refused, of one account from one address: as many as there were since it was last said.
public struct RefusedTries: Sendable, Hashable {
    /// `log in`, `proof`, `one-time code` …
    public var action: String
    /// Whose account it was, if anybody's. What was typed in its place is not kept: it may have been a password.
    public var person: OwnerID?
    public var address: String
    public var count: Int
    public init(action: String, person: OwnerID?, address: String, count: Int) {
        (self.action, self.person, self.address, self.count) = (action, person, address, count)
    }
}
