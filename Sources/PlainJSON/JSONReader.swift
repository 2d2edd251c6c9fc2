/// Reads JSON text in one pass without building a tree. It validates what it walks, never allocates for keys and
/// numbers, and skips what nobody asked for. The bytes must outlive the reader.
public struct JSONReader {
    /// Levels of nesting that are followed; past this a text is refused, so a hostile one costs no stack.
    public static let deepest = 32

    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline let count: Int
    public private(set) var position = 0

    /// A string's raw bytes between its quotes, escapes still in place.
    public struct Text {
        @usableFromInline let start: Int
        @usableFromInline let end: Int
        @usableFromInline let hasEscapes: Bool
    }

    public init(_ bytes: UnsafeRawBufferPointer) {
        base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? ("" as StaticString).utf8Start
        count = bytes.count
    }

    // MARK: Structure

    private mutating func skipSpace() {
        while position < count {
            let byte = base[position]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
            position += 1
        }
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < count, base[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard accept(byte) else { throw .malformed(at: position) }
    }

    /// The first byte of the next value, for telling its kind: `{ [ " t f n -` or a digit.
    public mutating func peek() throws(JSONError) -> UInt8 {
        skipSpace()
        guard position < count else { throw .malformed(at: position) }
        return base[position]
    }

    /// Calls `member` for each member of an object, in order; `member` must read or skip the value.
    public mutating func object(_ member: (inout JSONReader, Text) throws(JSONError) -> Void) throws(JSONError) {
        try expect(0x7b)
        if accept(0x7d) { return }
        repeat {
            let key = try text()
            try expect(0x3a)
            try member(&self, key)
        } while accept(0x2c)
        try expect(0x7d)
    }

    /// Calls `element` for each element of an array, in order; `element` must read or skip the value.
    public mutating func array(_ element: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        try expect(0x5b)
        if accept(0x5d) { return }
        repeat { try element(&self) } while accept(0x2c)
        try expect(0x5d)
    }

    /// After the outermost value: nothing but white space may follow.
    public mutating func end() throws(JSONError) {
        skipSpace()
        guard position == count else { throw .malformed(at: position) }
    }

    // MARK: Values

    public mutating func text() throws(JSONError) -> Text {
        try expect(0x22)
        let start = position
        var escapes = false
        while position < count {
            let byte = base[position]
            if byte == 0x22 {
                let text = Text(start: start, end: position, hasEscapes: escapes)
                position += 1
                return text
            }
            if byte == 0x5c { escapes = true; position += 1 } else if byte < 0x20 { throw .malformed(at: position) }
            position += 1
        }
        throw .malformed(at: position)
    }

    /// Does the raw text equal a plain ASCII word?
    @inlinable
    public func isText(_ text: Text, _ word: StaticString) -> Bool {
        let length = text.end - text.start
        guard length == word.utf8CodeUnitCount else { return false }
        let start = base + text.start, other = word.utf8Start
        for index in 0..<length where start[index] != other[index] { return false }
        return true
    }

    @inline(__always)
    private func append(_ digit: UInt8, to mantissa: inout Int64, digits: inout Int, start: Int) throws(JSONError) {
        if digits < 18 {
            mantissa = mantissa &* 10 &+ Int64(digit)
        } else {
            let (times, first) = mantissa.multipliedReportingOverflow(by: 10)
            let (sum, second) = times.addingReportingOverflow(Int64(digit))
            guard !first, !second else { throw .numberTooLong(at: start) }
            mantissa = sum
        }
        if mantissa != 0 { digits += 1 }
    }

    public mutating func number() throws(JSONError) -> JSONNumber {
        skipSpace()
        let start = position
        var negative = false
        if position < count, base[position] == 0x2d { negative = true; position += 1 }
        var mantissa: Int64 = 0, digits = 0, scale = 0
        let first = position
        while position < count, base[position] &- 0x30 < 10 {
            try append(base[position] &- 0x30, to: &mantissa, digits: &digits, start: start)
            position += 1
        }
        if position == first || (base[first] == 0x30 && position - first > 1) { throw .malformed(at: position) }
        if position < count, base[position] == 0x2e {
            position += 1
            let fraction = position
            while position < count, base[position] &- 0x30 < 10 {
                guard scale < 18 else { throw .numberTooLong(at: start) }
                try append(base[position] &- 0x30, to: &mantissa, digits: &digits, start: start)
                scale += 1
                position += 1
            }
            if position == fraction { throw .malformed(at: position) }
        }
        if position < count, base[position] | 0x20 == 0x65 {
            position += 1
            var negativeExponent = false
            if position < count, base[position] == 0x2d || base[position] == 0x2b {
                negativeExponent = base[position] == 0x2d
                position += 1
            }
            var exponent = 0
            let from = position
            while position < count, base[position] &- 0x30 < 10 {
                guard exponent <= 1_000 else { throw .numberTooLong(at: start) }
                exponent = exponent * 10 + Int(base[position] &- 0x30)
                position += 1
            }
            if position == from { throw .malformed(at: position) }
            if mantissa == 0 { return JSONNumber(mantissa: 0, scale: 0) }
            scale += negativeExponent ? exponent : -exponent
            while scale < 0 {
                let (value, overflow) = mantissa.multipliedReportingOverflow(by: 10)
                guard !overflow else { throw .numberTooLong(at: start) }
                mantissa = value
                scale += 1
            }
            while scale > 18 {
                guard mantissa % 10 == 0 else { throw .numberTooLong(at: start) }
                mantissa /= 10
                scale -= 1
            }
        }
        return JSONNumber(mantissa: negative ? -mantissa : mantissa, scale: scale)
    }

    public mutating func bool() throws(JSONError) -> Bool {
        switch try peek() {
        case 0x74: try literal("true"); return true
        case 0x66: try literal("false"); return false
        default: throw .malformed(at: position)
        }
    }

    /// True, and the reader moves on, when the next value is null.
    public mutating func null() throws(JSONError) -> Bool {
        guard try peek() == 0x6e else { return false }
        try literal("null")
        return true
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        let length = word.utf8CodeUnitCount
        guard position + length <= count else { throw .malformed(at: position) }
        for index in 0..<length where base[position + index] != word.utf8Start[index] { throw .malformed(at: position) }
        position += length
    }

    /// The string with its escapes resolved; refuses bad UTF-8 and lone surrogates.
    public mutating func string() throws(JSONError) -> String { try string(try text()) }

    public func string(_ text: Text) throws(JSONError) -> String {
        let raw = UnsafeBufferPointer(start: base + text.start, count: text.end - text.start)
        if !text.hasEscapes {
            guard let string = String(validating: raw, as: UTF8.self) else { throw .invalidUTF8(at: text.start) }
            return string
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var index = 0
        func unit(_ from: Int) throws(JSONError) -> UInt32 {
            guard from + 4 <= raw.count else { throw .malformed(at: text.start + from) }
            var value: UInt32 = 0
            for offset in 0..<4 {
                let byte = raw[from + offset]
                let digit: UInt32
                switch byte {
                case 0x30...0x39: digit = UInt32(byte - 0x30)
                case 0x41...0x46: digit = UInt32(byte - 0x41 + 10)
                case 0x61...0x66: digit = UInt32(byte - 0x61 + 10)
                default: throw .malformed(at: text.start + from)
                }
                value = value << 4 | digit
            }
            return value
        }
        while index < raw.count {
            let byte = raw[index]
            if byte != 0x5c { bytes.append(byte); index += 1; continue }
            guard index + 1 < raw.count else { throw .malformed(at: text.start + index) }
            let escaped = raw[index + 1]
            index += 2
            switch escaped {
            case 0x22, 0x5c, 0x2f: bytes.append(escaped)
            case 0x62: bytes.append(0x08)
            case 0x66: bytes.append(0x0c)
            case 0x6e: bytes.append(0x0a)
            case 0x72: bytes.append(0x0d)
            case 0x74: bytes.append(0x09)
            case 0x75:
                var scalar = try unit(index)
                index += 4
                if (0xd800...0xdbff).contains(scalar) {
                    guard index + 1 < raw.count, raw[index] == 0x5c, raw[index + 1] == 0x75 else { throw .invalidUTF8(at: text.start + index) }
                    let low = try unit(index + 2)
                    guard (0xdc00...0xdfff).contains(low) else { throw .invalidUTF8(at: text.start + index) }
                    scalar = 0x10000 + (scalar - 0xd800) << 10 + (low - 0xdc00)
                    index += 6
                }
                guard let valid = Unicode.Scalar(scalar) else { throw .invalidUTF8(at: text.start + index) }
                bytes.append(contentsOf: UTF8.encode(valid)!)
            default: throw .malformed(at: text.start + index - 1)
            }
        }
        guard let string = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8(at: text.start) }
        return string
    }

    /// Walks over one value, whatever it is.
    public mutating func skip() throws(JSONError) { try skip(depth: 0) }

    private mutating func skip(depth: Int) throws(JSONError) {
        guard depth < JSONReader.deepest else { throw .tooDeep(at: position) }
        switch try peek() {
        case 0x22: _ = try text()
        case 0x7b: try object { (reader, _) throws(JSONError) in try reader.skip(depth: depth + 1) }
        case 0x5b: try array { (reader) throws(JSONError) in try reader.skip(depth: depth + 1) }
        case 0x74, 0x66: _ = try bool()
        case 0x6e: _ = try null()
        default: _ = try number()
        }
    }
}
