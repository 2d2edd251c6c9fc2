import PlainJSON
import TradingModel

/// The members of a JSON object that we wrote ourselves: each asked for by name and kind, and an error says which one
/// is not there or is something else.
struct FactFields {
    private let json: JSONValue
    private let path: String

    struct Unreadable: Error { var path: String, expected: String }

    init(_ json: JSONValue, path: String = "") { (self.json, self.path) = (json, path) }

    // MARK: One member

    func require<Value>(_ key: String, _ expected: String, _ read: (JSONValue) -> Value?) throws(Unreadable) -> Value {
        guard let member = json[key], let value = read(member) else { throw unreadable(key, expected) }
        return value
    }

    /// Nil when the member is left out.
    func ifAny<Value>(_ key: String, _ expected: String, _ read: (JSONValue) -> Value?) throws(Unreadable) -> Value? {
        guard let member = json[key] else { return nil }
        guard let value = read(member) else { throw unreadable(key, expected) }
        return value
    }

    func list<Element>(_ key: String, of expected: String, _ read: (JSONValue) -> Element?) throws(Unreadable) -> [Element] {
        try require(key, "a list of \(expected)") { json in
            guard let elements = json.array else { return nil }
            let values = elements.compactMap(read)
            return values.count == elements.count ? values : nil
        }
    }

    func object(_ key: String) throws(Unreadable) -> FactFields {
        FactFields(try require(key, "an object") { $0.members == nil ? nil : $0 }, path: path + key + ".")
    }

    func objectIfAny(_ key: String) throws(Unreadable) -> FactFields? { json[key] == nil ? nil : try object(key) }

    func objects(_ key: String) throws(Unreadable) -> [FactFields] {
        try list(key, of: "objects") { $0.members == nil ? nil : FactFields($0, path: path + key + ".") }
    }

    func unreadable(_ key: String, _ expected: String) -> Unreadable { Unreadable(path: path + key, expected: expected) }

    // MARK: Plain values

    func text(_ key: String) throws(Unreadable) -> String { try require(key, "text", \.string) }
    func textIfAny(_ key: String) throws(Unreadable) -> String? { try ifAny(key, "text", \.string) }
    func texts(_ key: String) throws(Unreadable) -> [String] { try list(key, of: "texts", \.string) }
    func flag(_ key: String) throws(Unreadable) -> Bool { try require(key, "true or false", \.bool) }
    func whole(_ key: String) throws(Unreadable) -> Int64 { try require(key, "a whole number", FactFields.whole) }
    func wholeIfAny(_ key: String) throws(Unreadable) -> Int64? { try ifAny(key, "a whole number", FactFields.whole) }
    func smallIfAny(_ key: String) throws(Unreadable) -> Int32? { try ifAny(key, "a whole number of 32 bits", FactFields.small) }
    func small(_ key: String) throws(Unreadable) -> Int32 { try require(key, "a whole number of 32 bits", FactFields.small) }

    /// A number, or the text of one that is too long for a reader of JSON.
    static func whole(_ json: JSONValue) -> Int64? { json.integer ?? json.string.flatMap { Int64($0) } }
    static func small(_ json: JSONValue) -> Int32? { json.integer.flatMap(Int32.init(exactly:)) }

    // MARK: Words of trading

    func label(_ key: String) throws(Unreadable) -> Label { try require(key, "a label", FactFields.label) }
    func labelIfAny(_ key: String) throws(Unreadable) -> Label? { try ifAny(key, "a label", FactFields.label) }
    func labels(_ key: String) throws(Unreadable) -> [Label] { try list(key, of: "labels", FactFields.label) }
    static func label(_ json: JSONValue) -> Label? { json.string.flatMap { Label($0) } }

    func symbol(_ key: String) throws(Unreadable) -> Symbol { try require(key, "a symbol", FactFields.symbol) }
    func symbols(_ key: String) throws(Unreadable) -> [Symbol] { try list(key, of: "symbols", FactFields.symbol) }
    private static func symbol(_ json: JSONValue) -> Symbol? { json.string.flatMap { Symbol($0) } }

    func contractKind(_ key: String) throws(Unreadable) -> ContractKind {
        try require(key, "rise, fall, even or odd") { $0.string.flatMap(ContractKind.init(name:)) }
    }
    func duration(_ key: String) throws(Unreadable) -> ContractDuration { try require(key, "a duration such as 5t", FactFields.duration) }
    func durationIfAny(_ key: String) throws(Unreadable) -> ContractDuration? { try ifAny(key, "a duration such as 5t", FactFields.duration) }
    private static func duration(_ json: JSONValue) -> ContractDuration? { json.string.flatMap { ContractDuration(text: $0) } }

    func moment(_ key: String) throws(Unreadable) -> Timestamp { Timestamp(milliseconds: try whole(key)) }
    func momentIfAny(_ key: String) throws(Unreadable) -> Timestamp? { try wholeIfAny(key).map(Timestamp.init(milliseconds:)) }
    func day(_ key: String) throws(Unreadable) -> TradingDay { TradingDay(daysSince1970: try small(key)) }

    func signalID(_ key: String) throws(Unreadable) -> SignalID { try require(key, "a signal id of 32 digits") { $0.string.flatMap { SignalID($0) } } }
    func intentID(_ key: String) throws(Unreadable) -> IntentID { try require(key, "an intent id") { $0.string.flatMap { IntentID($0) } } }
    func contractID(_ key: String) throws(Unreadable) -> ContractID { ContractID(rawValue: try whole(key)) }
    func transactionIfAny(_ key: String) throws(Unreadable) -> TransactionID? { try wholeIfAny(key).map(TransactionID.init(rawValue:)) }

    func money(_ key: String) throws(Unreadable) -> Money {
        let money = try object(key)
        return Money(minorUnits: try money.whole("units"), currency: try money.currency())
    }
    func moneyIfAny(_ key: String) throws(Unreadable) -> Money? { json[key] == nil ? nil : try money(key) }

    /// The currency that the members `currency` and `exponent` of this object name.
    func currency() throws(Unreadable) -> Currency {
        let code = try text("currency"), exponent = try whole("exponent")
        guard let currency = Currency(code, exponent: Int(exponent)) else { throw unreadable("currency", "a currency and its exponent") }
        return currency
    }
}
