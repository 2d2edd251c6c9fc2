/// Writes JSON text member by member into one buffer. It places the commas; the caller nests what it opens.
///
///     var json = JSONWriter()
///     json.object { $0.member("id", 7); $0.member("name", "R_100") }
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    // MARK: Structure

    public mutating func object<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        separate()
        bytes.append(0x7b)
        needsComma = false
        try body(&self)
        bytes.append(0x7d)
        needsComma = true
    }

    public mutating func array<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        separate()
        bytes.append(0x5b)
        needsComma = false
        try body(&self)
        bytes.append(0x5d)
        needsComma = true
    }

    /// A key known at compile time: plain ASCII without quotes or backslashes.
    public mutating func key(_ key: StaticString) {
        separate()
        bytes.append(0x22)
        bytes.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
        bytes.append(0x22)
        bytes.append(0x3a)
        needsComma = false
    }

    public mutating func key(text: String) {
        separate()
        quoted(text)
        bytes.append(0x3a)
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(0x2c) }
        needsComma = true
    }

    // MARK: Values

    public mutating func value(_ text: String) { separate(); quoted(text) }
    public mutating func value(_ flag: Bool) { raw(flag ? "true" : "false") }
    public mutating func null() { raw("null") }
    public mutating func value(_ integer: some BinaryInteger) {
        separate()
        if integer < 0 { digits(Int64(integer)) } else { magnitude(UInt64(integer), atLeast: 1) }
    }
    /// `units × 10^-scale`, written with exactly `scale` digits after the point: 1950 with scale 2 is `19.50`.
    public mutating func value(units: Int64, scale: Int) { separate(); decimal(units, scale: scale) }
    /// The same as a quoted string.
    public mutating func value(textOfUnits units: Int64, scale: Int) {
        separate()
        bytes.append(0x22)
        decimal(units, scale: scale)
        bytes.append(0x22)
    }
    /// Text that is JSON already.
    public mutating func raw(_ json: some Collection<UInt8>) { separate(); bytes.append(contentsOf: json) }
    public mutating func raw(_ json: StaticString) {
        separate()
        bytes.append(contentsOf: UnsafeBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
    }

    public mutating func value(_ json: JSONValue) {
        switch json {
        case .null: null()
        case .bool(let flag): value(flag)
        case .number(let number): value(units: number.mantissa, scale: number.scale)
        case .string(let text): value(text)
        case .array(let elements): array { for element in elements { $0.value(element) } }
        case .object(let members): object { for member in members { $0.key(text: member.key); $0.value(member.value) } }
        }
    }

    // MARK: Members

    public mutating func member(_ name: StaticString, _ text: String) { key(name); value(text) }
    public mutating func member(_ name: StaticString, _ flag: Bool) { key(name); value(flag) }
    public mutating func member(_ name: StaticString, _ integer: some BinaryInteger) { key(name); value(integer) }
    public mutating func member(_ name: StaticString, units: Int64, scale: Int) { key(name); value(units: units, scale: scale) }
    public mutating func member(_ name: StaticString, textOfUnits units: Int64, scale: Int) { key(name); value(textOfUnits: units, scale: scale) }
    public mutating func member(_ name: StaticString, _ json: JSONValue) { key(name); value(json) }
    public mutating func nullMember(_ name: StaticString) { key(name); null() }
    public mutating func memberObject<E: Error>(_ name: StaticString, _ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        key(name)
        try object(body)
    }
    public mutating func memberArray<E: Error>(_ name: StaticString, _ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        key(name)
        try array(body)
    }

    // MARK: Bytes

    private mutating func digits(_ integer: Int64) {
        if integer < 0 { bytes.append(0x2d) }
        magnitude(integer.magnitude, atLeast: 1)
    }

    private mutating func decimal(_ units: Int64, scale: Int) {
        if units < 0 { bytes.append(0x2d) }
        guard scale > 0 else { return magnitude(units.magnitude, atLeast: 1) }
        let divisor = UInt64(JSONNumber.powerOfTen(scale))
        magnitude(units.magnitude / divisor, atLeast: 1)
        bytes.append(0x2e)
        magnitude(units.magnitude % divisor, atLeast: scale)
    }

    private mutating func magnitude(_ value: UInt64, atLeast places: Int) {
        var count = max(places, 1), bound: UInt64 = 10
        for _ in 1..<count { bound = bound &* 10 }
        // Twenty digits hold any value; the bound would not.
        while count < 20, value >= bound {
            count += 1
            if count < 20 { bound &*= 10 }
        }
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0x30, count: count))
        bytes.withUnsafeMutableBufferPointer { bytes in
            var rest = value, place = start + count
            while rest > 0 {
                place -= 1
                bytes[place] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
                rest /= 10
            }
        }
    }

    private mutating func quoted(_ text: String) {
        var text = text
        text.withUTF8 { quoted($0) }
    }

    private mutating func quoted(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(0x22)
        // Nearly all texts have nothing to escape and are copied whole.
        if text.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c }) { bytes.append(contentsOf: text) } else { escaped(text) }
        bytes.append(0x22)
    }

    private mutating func escaped(_ text: UnsafeBufferPointer<UInt8>) {
        for byte in text {
            switch byte {
            case 0x22: bytes.append(0x5c); bytes.append(0x22)
            case 0x5c: bytes.append(0x5c); bytes.append(0x5c)
            case 0x0a: bytes.append(0x5c); bytes.append(0x6e)
            case 0x0d: bytes.append(0x5c); bytes.append(0x72)
            case 0x09: bytes.append(0x5c); bytes.append(0x74)
            case 0..<0x20:
                bytes.append(contentsOf: [0x5c, 0x75, 0x30, 0x30])
                for nibble in [byte >> 4, byte & 15] { bytes.append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble) }
            default: bytes.append(byte)
            }
        }
    }
}
