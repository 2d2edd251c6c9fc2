import PlainJSON
import TradingModel

/// Reads documents of BSON, one after the other, as `mongodump` writes them. No length in the file is trusted: each is
/// held against what is there.
struct BSONReader {
    enum Failure: Error, Hashable, CustomStringConvertible {
        case wrong(String, at: Int)
        var description: String { if case .wrong(let what, let byte) = self { "it is no BSON: \(what) at byte \(byte)" } else { "it is no BSON" } }
    }

    /// The database's own bound of a document, and a little more as it has it.
    static let longest = 16 * 1_024 * 1_024 + 16_384
    static let deepest = 100

    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next document, or nil at the end.
    mutating func next() throws(Failure) -> ImportValue? {
        if position == bytes.count { return nil }
        return .document(try document(depth: 0, until: bytes.count))
    }

    private mutating func document(depth: Int, until limit: Int) throws(Failure) -> [ImportMember] {
        let start = position
        guard depth < BSONReader.deepest else { throw .wrong("too deep a document", at: start) }
        let length = Int(try int32(limit))
        guard length >= 5, length <= BSONReader.longest, length <= limit - start else { throw .wrong("a document of \(length) bytes", at: start) }
        let end = start + length
        guard bytes[end - 1] == 0 else { throw .wrong("a document without its end", at: end - 1) }
        var members: [ImportMember] = [], names: Set<String> = []
        while position < end - 1 {
            let type = bytes[position]
            position += 1
            let place = position, name = try cString(end - 1)
            guard names.insert(name).inserted else { throw .wrong("a name that stands twice", at: place) }
            members.append(ImportMember(name, try value(type, depth: depth, until: end - 1)))
        }
        guard position == end - 1 else { throw .wrong("a value beyond its document", at: position) }
        position = end
        return members
    }

    private mutating func value(_ type: UInt8, depth: Int, until limit: Int) throws(Failure) -> ImportValue {
        switch type {
        case 0x01: return .double(Double(bitPattern: try word(limit)))
        case 0x02: return .text(try string(limit))
        case 0x03: return .document(try document(depth: depth + 1, until: limit))
        case 0x04: return .list(try document(depth: depth + 1, until: limit).map(\.value))
        case 0x05:
            let length = try count(limit)
            _ = try take(length + 1, limit)
            return .other("binary data")
        case 0x06, 0x0a: return .null
        case 0x07: return .objectID(try take(12, limit).hexText)
        case 0x08:
            let byte = try take(1, limit).first
            guard byte == 0 || byte == 1 else { throw .wrong("a flag that is neither", at: position - 1) }
            return .bool(byte == 1)
        case 0x09: return .moment(Int64(bitPattern: try word(limit)))
        case 0x0b:
            _ = try cString(limit)
            _ = try cString(limit)
            return .other("a regular expression")
        case 0x0d, 0x0e:
            _ = try string(limit)
            return .other("code")
        case 0x10: return .number(JSONNumber(mantissa: Int64(try int32(limit)), scale: 0))
        case 0x11:
            _ = try word(limit)
            return .other("a database timestamp")
        case 0x12: return .number(JSONNumber(mantissa: Int64(bitPattern: try word(limit)), scale: 0))
        case 0x13:
            _ = try take(16, limit)
            return .other("a decimal of 128 bits")
        case 0x7f, 0xff: return .other("the end of all keys")
        default: throw .wrong("a value of unknown type \(type)", at: position)
        }
    }

    // MARK: Bytes

    private mutating func take(_ count: Int, _ limit: Int) throws(Failure) -> ArraySlice<UInt8> {
        guard count >= 0, count <= limit - position else { throw .wrong("a value of \(count) bytes", at: position) }
        defer { position += count }
        return bytes[position..<position + count]
    }

    private mutating func int32(_ limit: Int) throws(Failure) -> Int32 {
        Int32(bitPattern: try take(4, limit).reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }

    private mutating func word(_ limit: Int) throws(Failure) -> UInt64 { try take(8, limit).reversed().reduce(0) { $0 << 8 | UInt64($1) } }

    private mutating func count(_ limit: Int) throws(Failure) -> Int {
        let count = Int(try int32(limit))
        guard count >= 0 else { throw .wrong("a length below zero", at: position - 4) }
        return count
    }

    private mutating func string(_ limit: Int) throws(Failure) -> String {
        let start = position, length = try count(limit)
        guard length >= 1 else { throw .wrong("a text without its end", at: start) }
        let text = try take(length, limit)
        guard text.last == 0, let string = String(validating: text.dropLast(), as: UTF8.self) else { throw .wrong("a text that is no UTF-8", at: start) }
        return string
    }

    private mutating func cString(_ limit: Int) throws(Failure) -> String {
        guard let end = bytes[position..<limit].firstIndex(of: 0), let text = String(validating: bytes[position..<end], as: UTF8.self) else {
            throw .wrong("a name without its end", at: position)
        }
        position = end + 1
        return text
    }
}
