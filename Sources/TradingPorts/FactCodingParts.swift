import PlainJSON
public import TradingEngine
public import TradingModel

/// The composite values that stand in columns of their own: JSON as inside a fact, for the stores.
public enum FactCodingParts {
    public static func text(_ plan: SessionPlan) -> String { text { $0.members(of: plan) } }
    public static func text(_ limits: ExposureLimits) -> String { text { $0.members(of: limits) } }
    public static func text(_ refusal: Refusal) -> String { text { $0.members(of: refusal) } }
    public static func text(_ money: Money) -> String { text { $0.member("money", money) } }
    public static func text(_ cause: PauseCause) -> String { text { $0.members(of: cause) } }

    public static func text(_ session: ImportedSession) -> String { text { $0.members(of: session) } }
    public static func text(_ trade: ImportedTrade) -> String { text { $0.members(of: trade) } }

    public static func previousSession(_ text: String) throws(FactPartError) -> ImportedSession {
        try read(text, "session of the previous system") { (fields) throws(FactFields.Unreadable) in try ImportedSession(fields) }
    }
    public static func previousTrade(_ text: String) throws(FactPartError) -> ImportedTrade {
        try read(text, "trade of the previous system") { (fields) throws(FactFields.Unreadable) in try ImportedTrade(fields) }
    }
    public static func plan(_ text: String) throws(FactPartError) -> SessionPlan {
        try read(text, "plan") { (fields) throws(FactFields.Unreadable) in try SessionPlan(fields) }
    }
    public static func exposureLimits(_ text: String) throws(FactPartError) -> ExposureLimits {
        try read(text, "limits") { (fields) throws(FactFields.Unreadable) in try ExposureLimits(fields) }
    }
    public static func refusal(_ text: String) throws(FactPartError) -> Refusal {
        try read(text, "refusal") { (fields) throws(FactFields.Unreadable) in try Refusal(fields) }
    }
    public static func money(_ text: String) throws(FactPartError) -> Money {
        try read(text, "money") { (fields) throws(FactFields.Unreadable) in try fields.money("money") }
    }
    public static func pauseCause(_ text: String) throws(FactPartError) -> PauseCause {
        try read(text, "pause") { (fields) throws(FactFields.Unreadable) in try PauseCause(fields) }
    }

    private static func text(_ body: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter(capacity: 512)
        json.object(body)
        return json.text
    }

    private static func read<Value>(
        _ text: String, _ part: String,
        _ body: (FactFields) throws(FactFields.Unreadable) -> Value
    ) throws(FactPartError) -> Value {
        let json: JSONValue
        do { json = try JSONValue.parse(text.utf8) } catch { throw FactPartError(part: part, reason: "not the JSON that was expected: \(error)") }
        do { return try body(FactFields(json)) } catch { throw FactPartError(part: part, reason: "\(error.path): expected \(error.expected)") }
    }
}

/// A column whose text is not what was written there.
public struct FactPartError: Error, Hashable, Sendable, CustomStringConvertible {
    public var part: String
    public var reason: String
    public init(part: String, reason: String) { (self.part, self.reason) = (part, reason) }
    public var description: String { "\(part): \(reason)" }
}
