import PlainJSON
import TradingModel

/// MongoDB's extended JSON, relaxed and canonical: values with a type stand as objects with one `$` name.
enum ExtendedJSON {
    /// Why a text is no document. Where, never what: there may be a secret in it.
    enum Failure: Error, Hashable, CustomStringConvertible {
        case json(String)
        case value(String)

        var description: String {
            switch self {
            case .json(let why): "it is no JSON: \(why)"
            case .value(let why): why
            }
        }
    }

    static func document(_ text: some Sequence<UInt8>) throws(Failure) -> ImportValue {
        let json: JSONValue
        do { json = try JSONValue.parse(text) } catch { throw .json(error.reason) }
        guard case .object = json else { throw .value("it is \(json.kindName), expected an object") }
        return try value(json)
    }

    static func list(_ text: some Sequence<UInt8>) throws(Failure) -> [JSONValue] {
        do { return try JSONValue.parse(text).array ?? [] } catch { throw .json(error.reason) }
    }

    static func value(_ json: JSONValue) throws(Failure) -> ImportValue {
        switch json {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .number(let number): return .number(number)
        case .string(let text): return .text(text)
        case .array(let elements):
            var values: [ImportValue] = []
            for element in elements { values.append(try value(element)) }
            return .list(values)
        case .object(let members):
            if let typed = try typed(members) { return typed }
            var values: [ImportMember] = []
            for member in members { values.append(ImportMember(member.key, try value(member.value))) }
            return .document(values)
        }
    }

    /// A value with its type, or nil for an object.
    private static func typed(_ members: [JSONMember]) throws(Failure) -> ImportValue? {
        guard let first = members.first, first.key.hasPrefix("$") else { return nil }
        switch (first.key, first.value) {
        case ("$oid", .string(let text)):
            guard text.utf8.count == 24, text.allSatisfy(\.isHexDigit) else { throw .value("$oid is no object id") }
            return .objectID(text.lowercased())
        case ("$numberInt", .string(let text)), ("$numberLong", .string(let text)):
            guard let whole = Int64(text) else { throw .value("\(first.key) is no whole number") }
            return .number(JSONNumber(mantissa: whole, scale: 0))
        case ("$numberDouble", .string(let text)), ("$numberDecimal", .string(let text)): return .decimal(text)
        case ("$date", .string(let text)):
            guard let moment = Timestamp(iso8601: text) else { throw .value("$date is no date") }
            return .moment(moment.milliseconds)
        case ("$date", .number(let number)):
            guard let milliseconds = number.integer else { throw .value("$date is no date") }
            return .moment(milliseconds)
        case ("$date", .object(let parts)):
            guard let text = parts.first?.value.string, parts.first?.key == "$numberLong", let milliseconds = Int64(text) else {
                throw .value("$date is no date")
            }
            return .moment(milliseconds)
        case ("$undefined", _): return .null
        default: return .other(String(first.key.prefix(32)))
        }
    }
}
