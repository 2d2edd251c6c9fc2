public import PlainJSON

/// A value of the previous system's database, whichever file it came in: extended JSON, relaxed or canonical, or BSON.
public indirect enum ImportValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// An integer or a double that has so many digits. Both stood in the same field there.
    case number(JSONNumber)
    /// A double that is none: not a number, infinite, or beyond what money and counts are.
    case noNumber(String)
    case text(String)
    /// Milliseconds since 1970.
    case moment(Int64)
    /// 24 hexadecimal digits.
    case objectID(String)
    case list([ImportValue])
    case document([ImportMember])
    /// Something that no field of ours holds, by its name there.
    case other(String)

    public subscript(name: String) -> ImportValue? {
        guard case .document(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// A field that is absent and one that is null mean the same there.
    public var ifAny: ImportValue? { self == .null ? nil : self }

    /// What a person would call it.
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .noNumber(let name): name
        case .text: "text"
        case .moment: "a date"
        case .objectID: "an object id"
        case .list: "a list"
        case .document: "an object"
        case .other(let name): name
        }
    }

    /// The number of a double, by the shortest digits that read back as it.
    static func double(_ value: Double) -> ImportValue {
        guard value.isFinite else { return .noNumber(value.isNaN ? "not a number" : "infinity") }
        return decimal(value.description)
    }

    static func decimal(_ text: String) -> ImportValue {
        if case .number(let number)? = try? JSONValue.parse(text.utf8) { return .number(number) }
        // `NaN`, `Infinity`, `1.0E+2`: as the canonical form may write them.
        guard let value = Double(text) else { return .noNumber("no number") }
        if !value.isFinite { return .noNumber(value.isNaN ? "not a number" : "infinity") }
        if case .number(let number)? = try? JSONValue.parse(value.description.utf8) { return .number(number) }
        return abs(value) < 1e-9 ? .number(JSONNumber(mantissa: 0, scale: 0)) : .noNumber("a number beyond all bounds")
    }
}

public struct ImportMember: Hashable, Sendable {
    public let name: String
    public let value: ImportValue
    public init(_ name: String, _ value: ImportValue) { (self.name, self.value) = (name, value) }
}
