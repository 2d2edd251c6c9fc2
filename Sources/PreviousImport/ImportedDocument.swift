public import PlainJSON
public import TradingModel

/// A document that passed its collection's rules, with what is flagged of it, for whoever stores it. Secrets in the clear
/// are not among its fields; a sealed token is.
public struct ImportedDocument: Sendable {
    public let collection: PreviousCollection
    /// The line, or the number of the document in a file without lines.
    public let place: Int
    /// The id that it has in the previous system.
    public let key: String
    public internal(set) var flags: [ImportFlag] = []
    /// The session of its user that ran when it was bought.
    public internal(set) var session: String?
    let document: CheckedDocument

    init(collection: PreviousCollection, place: Int, key: String, document: CheckedDocument) {
        (self.collection, self.place, self.key, self.document) = (collection, place, key, document)
    }

    /// Whose it is: that of a user is its own id.
    public var user: String? { document.text(collection == .users ? "_id" : "userId") }
    public func text(_ name: String) -> String? { document.text(name) }
    public func moment(_ name: String) -> Timestamp? { document.moment(name).map(Timestamp.init(milliseconds:)) }
    /// In minor units of its user's account.
    public func units(_ name: String) -> Int64? { document.units(name) }
    /// A percentage.
    public func basisPoints(_ name: String) -> Int64 { document.basisPoints(name) ?? 0 }
    public func count(_ name: String) -> Int64 { document.number(name)?.integer ?? 0 }
    public func number(_ name: String) -> JSONNumber? { document.number(name) }
    public func flag(_ name: String) -> Bool { document.flag(name) }
    public func texts(_ name: String) -> [String] { document.texts(name) }
    /// The stored token: its text, or that of its `data`.
    public var token: String? { ImportedDocument.tokenText(document["token"] ?? .null) }

    public static func tokenText(_ value: ImportValue) -> String? {
        if case .text(let text) = value { return text }
        if case .text(let text)? = value["data"] { return text }
        return nil
    }

    /// Its plain fields as JSON, in their order, but those about another broker's login.
    public var json: String {
        var json = JSONWriter(capacity: 512)
        json.object { json in
            for member in document.values where !member.name.hasPrefix("mt5") {
                switch member.value {
                case .text(let text): json.key(text: member.name); json.value(text)
                case .bool(let flag): json.key(text: member.name); json.value(flag)
                case .number(let number): json.key(text: member.name); json.value(units: number.mantissa, scale: number.scale)
                case .moment(let moment): json.key(text: member.name); json.value(moment)
                case .null, .noNumber, .objectID, .list, .document, .other: break
                }
            }
        }
        return json.text
    }
}
