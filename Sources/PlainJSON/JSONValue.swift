/// A JSON text as a tree, for the messages that are not hot. Members keep their order; a key that stands twice is
/// refused, because two readers could take two meanings from it.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    /// The tree of `bytes`, which must hold one JSON value and nothing else.
    public static func parse(_ bytes: some Sequence<UInt8>) throws(JSONError) -> JSONValue {
        let array = ContiguousArray(bytes)
        let result: Result<JSONValue, JSONError> = array.withUnsafeBytes { buffer in
            do throws(JSONError) { return .success(try parse(buffer)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// The same of bytes that lie in one piece, without a copy.
    public static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes)
        let value = try JSONValue(&reader, depth: 0)
        try reader.end()
        return value
    }

    public init(reading reader: inout JSONReader) throws(JSONError) { try self.init(&reader, depth: 0) }

    init(_ reader: inout JSONReader, depth: Int) throws(JSONError) {
        guard depth < JSONReader.deepest else { throw .tooDeep(at: reader.position) }
        switch try reader.peek() {
        case 0x22: self = .string(try reader.string())
        case 0x7b:
            // A set for the keys costs more than it saves while they are few.
            var members: [JSONMember] = [], keys: Set<String> = []
            try reader.object { (reader, text) throws(JSONError) in
                let key = try reader.string(text)
                if members.count < JSONValue.fewKeys {
                    guard !members.contains(where: { $0.key == key }) else { throw .duplicateKey(key) }
                } else {
                    if keys.isEmpty { keys = Set(members.map(\.key)) }
                    guard keys.insert(key).inserted else { throw .duplicateKey(key) }
                }
                members.append(JSONMember(key, try JSONValue(&reader, depth: depth + 1)))
            }
            self = .object(members)
        case 0x5b:
            var elements: [JSONValue] = []
            try reader.array { (reader) throws(JSONError) in elements.append(try JSONValue(&reader, depth: depth + 1)) }
            self = .array(elements)
        case 0x74, 0x66: self = .bool(try reader.bool())
        case 0x6e:
            _ = try reader.null()
            self = .null
        default: self = .number(try reader.number())
        }
    }

    private static let fewKeys = 24

    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var number: JSONNumber? { if case .number(let value) = self { value } else { nil } }
    public var integer: Int64? { number?.integer }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var members: [JSONMember]? { if case .object(let value) = self { value } else { nil } }

    /// What a person would call this kind of value, for error messages.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

public struct JSONMember: Hashable, Sendable {
    public let key: String
    public let value: JSONValue
    public init(_ key: String, _ value: JSONValue) { (self.key, self.value) = (key, value) }
}
