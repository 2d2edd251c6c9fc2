import PlainJSON
import TradingModel

/// Spoils what the broker sends: cuts a frame, or gives one member another type. It never makes a plausible lie, against
/// which nobody can be safe.
enum Garbling {
    /// The first bytes of a frame.
    static func cut(_ frame: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        Array(frame.prefix(Int(random.pick(0...Int64(max(0, frame.count - 1))))))
    }

    /// The frame with one scalar member of another type, null, or left out.
    static func retyped(_ frame: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        guard let root = try? JSONValue.parse(frame) else { return frame }
        var leaves = count(root)
        guard leaves > 0 else { return frame }
        leaves = Int(random.pick(0...Int64(leaves - 1)))
        let how = random.pick(0...4)
        var json = JSONWriter(capacity: frame.count + 16)
        json.value(changed(root, &leaves, how: how) ?? .null)
        return json.bytes
    }

    private static func count(_ value: JSONValue) -> Int {
        if let members = value.members { return members.reduce(0) { $0 + count($1.value) } }
        if let items = value.array { return items.reduce(0) { $0 + count($1) } }
        return 1
    }

    /// Nil leaves the member out.
    private static func changed(_ value: JSONValue, _ left: inout Int, how: Int64) -> JSONValue? {
        if let members = value.members {
            return .object(members.compactMap { member in changed(member.value, &left, how: how).map { JSONMember(member.key, $0) } })
        }
        if let items = value.array { return .array(items.compactMap { changed($0, &left, how: how) }) }
        defer { left -= 1 }
        guard left == 0 else { return value }
        switch how {
        case 0: return nil
        case 1: return .null
        case 2: return value.string == nil ? .string("x") : .bool(true)
        case 3: return .object([])
        default: return value.bool == nil ? .bool(false) : .string("no")
        }
    }
}
