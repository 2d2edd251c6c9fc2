/// What an import found: for each collection how much was read, taken, defaulted, flagged and refused, and the sums that
/// must agree with the source. No secret is in it.
public struct ImportReport: Sendable {
    public struct Collection: Sendable {
        public let name: String
        public let file: String
        public var read = 0
        public var imported = 0
        /// Field, how often. In order of the field's name.
        public var defaulted: [String: Int] = [:]
        public var flagged: [ImportFlag: Int] = [:]
        public var refused = 0
    }
    public struct Refused: Sendable, Hashable {
        public let file: String
        /// The line, or the number of the document in a file without lines.
        public let place: Int
        public let reason: String
    }
    public struct Flagged: Sendable, Hashable {
        public let collection: String
        /// The id that it has in the previous system.
        public let id: String
        public let flag: ImportFlag
    }

    public internal(set) var collections: [Collection] = []
    public internal(set) var refused: [Refused] = []
    public internal(set) var flagged: [Flagged] = []
    /// Names of files that hold no collection that is read.
    public internal(set) var notTaken: [String] = []
    /// Sum of realised profit by user in minor units of the user's account, with its decimals, in order of user.
    public internal(set) var realizedProfit: [(user: String, units: Int64, digits: Int)] = []

    public init() {}

    /// What only storing found.
    public mutating func flag(_ flag: ImportFlag, _ collection: String, id: String) {
        flagged.append(.init(collection: collection, id: id, flag: flag))
        if let index = collections.firstIndex(where: { $0.name == collection }) { collections[index].flagged[flag, default: 0] += 1 }
    }
}
