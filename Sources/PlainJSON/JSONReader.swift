/// Reads JSON text in one pass without building a tree. It validates what it walks, never allocates for keys and
/// numbers, and skips what nobody asked for. The bytes must outlive the reader.
public struct JSONReader {
    /// Levels of nesting that are followed; past this a text is refused, so a hostile one costs no stack.
    public static let deepest = 32

    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline let count: Int
    @usableFromInline var place = 0
    /// The byte that is read next.
    @inlinable public var position: Int { place }

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

    @inlinable @inline(__always)
    mutating func skipSpace() {
        while place < count {
            let byte = base[place]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
            place += 1
        }
    }

    @inlinable @inline(__always)
    mutating func accept(_ byte: UInt8) -> Bool {
        skipSpace()
        guard place < count, base[place] == byte else { return false }
        place += 1
        return true
    }

    @inlinable @inline(__always)
    mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard accept(byte) else { throw .malformed(at: place) }
    }

    /// The first byte of the next value, for telling its kind: `{ [ " t f n -` or a digit.
    @inlinable
    public mutating func peek() throws(JSONError) -> UInt8 {
        skipSpace()
        guard place < count else { throw .malformed(at: place) }
        return base[place]
    }

    /// Calls `member` for each member of an object, in order; `member` must read or skip the value.
    @inlinable
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
    @inlinable
    public mutating func array(_ element: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        try expect(0x5b)
        if accept(0x5d) { return }
        repeat { try element(&self) } while accept(0x2c)
        try expect(0x5d)
    }

    /// After the outermost value: nothing but white space may follow.
    public mutating func end() throws(JSONError) {
        skipSpace()
        guard place == count else { throw .malformed(at: place) }
    }

    // MARK: Values

    public mutating func text() throws(JSONError) -> Text {
        try expect(0x22)
        let start = place
        var escapes = false
        skipPlainText()
        while place < count {
            let byte = base[place]
            if byte == 0x22 {
                let text = Text(start: start, end: place, hasEscapes: escapes)
                place += 1
                return text
            }
            if byte == 0x5c { escapes = true; place += 1 } else if byte < 0x20 { throw .malformed(at: place) }
            place += 1
        }
        throw .malformed(at: place)
    }

    /// Moves on by eight bytes at a time while none of them is a quote, a backslash or a control character.
    @inline(__always)
    private mutating func skipPlainText() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        while place + 8 <= count {
            let word = UInt64(littleEndian: UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self))
            let quotes = word ^ (ones &* 0x22), backslashes = word ^ (ones &* 0x5c)
            // The high bit of a byte is set where it was nothing or, in the last term, below a space; a borrow may set
            // more of them above such a one.
            let ending = ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes) | ((word &- ones &* 0x20) & ~word)
            let found = ending & (ones &* 0x80)
            if found != 0 { return place += found.trailingZeroBitCount / 8 }
            place += 8
        }
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
        let start = place
        var negative = false
        if place < count, base[place] == 0x2d { negative = true; place += 1 }
        var mantissa: Int64 = 0, digits = 0, scale = 0
        let first = place
        while place < count, base[place] &- 0x30 < 10 {
            try append(base[place] &- 0x30, to: &mantissa, digits: &digits, start: start)
            place += 1
        }
        if place == first || (base[first] == 0x30 && place - first > 1) { throw .malformed(at: place) }
        if place < count, base[place] == 0x2e {
            place += 1
            let fraction = place
            while place < count, base[place] &- 0x30 < 10 {
                guard scale < 18 else { throw .numberTooLong(at: start) }
                try append(base[place] &- 0x30, to: &mantissa, digits: &digits, start: start)
                scale += 1
                place += 1
            }
            if place == fraction { throw .malformed(at: place) }
        }
        if place < count, base[place] | 0x20 == 0x65 {
            place += 1
            var negativeExponent = false
            if place < count, base[place] == 0x2d || base[place] == 0x2b {
                negativeExponent = base[place] == 0x2d
                place += 1
            }
            var exponent = 0
            let from = place
            while place < count, base[place] &- 0x30 < 10 {
                guard exponent <= 1_000 else { throw .numberTooLong(at: start) }
                exponent = exponent * 10 + Int(base[place] &- 0x30)
                place += 1
            }
            if place == from { throw .malformed(at: place) }
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
        default: throw .malformed(at: place)
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
        guard place + length <= count else { throw .malformed(at: place) }
        for index in 0..<length where base[place + index] != word.utf8Start[index] { throw .malformed(at: place) }
        place += length
    }

    /// The string with its escapes resolved; refuses bad UTF-8 and lone surrogates.
    public mutating func string() throws(JSONError) -> String { try string(try text()) }

    public func string(_ text: Text) throws(JSONError) -> String {
        let raw = UnsafeBufferPointer(start: base + text.start, count: text.end - text.start)
        if !text.hasEscapes {
            // The usual case, and a good deal quicker.
            if raw.allSatisfy({ $0 < 0x80 }) { return String(decoding: raw, as: UTF8.self) }
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
        guard depth < JSONReader.deepest else { throw .tooDeep(at: place) }
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
