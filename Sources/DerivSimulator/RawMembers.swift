/// The members of a JSON object as they stand in its text, for requests with more in them than a tree here holds: numbers
/// of any length, half a surrogate pair, deep nesting. Nothing is understood, only walked over by the grammar.
struct RawMembers {
    private let text: [UInt8]
    private var place = 0
    /// Where each key stands, without its quotes, and where its value does.
    private(set) var members: [(key: Range<Int>, value: Range<Int>)] = []

    /// Levels of nesting that are followed.
    private static let deepest = 500

    /// Nil when the text is no JSON object.
    init?(_ text: [UInt8]) {
        self.text = text
        guard accept(0x7b) else { return nil }
        if !accept(0x7d) {
            repeat {
                skipSpace()
                let key = place
                guard string(), accept(0x3a) else { return nil }
                let end = text[..<place].lastIndex(of: 0x22) ?? key
                skipSpace()
                let value = place
                guard self.value(depth: 1) else { return nil }
                members.append((key + 1..<end, value..<place))
            } while accept(0x2c)
            guard accept(0x7d) else { return nil }
        }
        skipSpace()
        guard place == text.count else { return nil }
    }

    /// The bytes of the first value under a key, or nil.
    subscript(key: StaticString) -> ArraySlice<UInt8>? {
        range(of: key).map { text[$0] }
    }

    /// The text with the value under a key replaced by an empty object.
    func emptying(_ key: StaticString) -> [UInt8]? {
        range(of: key).map { text[..<$0.lowerBound] + [0x7b, 0x7d] + text[$0.upperBound...] }
    }

    private func range(of key: StaticString) -> Range<Int>? {
        key.withUTF8Buffer { name in members.first { text[$0.key].elementsEqual(name) }?.value }
    }

    // MARK: The grammar

    private var next: UInt8? { place < text.count ? text[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { place += 1 }
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        place += 1
        return true
    }

    private mutating func value(depth: Int) -> Bool {
        guard depth < RawMembers.deepest else { return false }
        skipSpace()
        switch next {
        case 0x7b:
            place += 1
            if accept(0x7d) { return true }
            repeat { guard string(), accept(0x3a), value(depth: depth + 1) else { return false } } while accept(0x2c)
            return accept(0x7d)
        case 0x5b:
            place += 1
            if accept(0x5d) { return true }
            repeat { guard value(depth: depth + 1) else { return false } } while accept(0x2c)
            return accept(0x5d)
        case 0x22: return string()
        case 0x74: return word("true")
        case 0x66: return word("false")
        case 0x6e: return word("null")
        case nil: return false
        default: return number()
        }
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let isThere = word.withUTF8Buffer { text[place...].starts(with: $0) }
        place += isThere ? word.utf8CodeUnitCount : 0
        return isThere
    }

    private mutating func string() -> Bool {
        guard accept(0x22) else { return false }
        while let byte = next {
            place += 1
            switch byte {
            case 0x22: return true
            case 0..<0x20: return false
            case 0x5c: guard escape() else { return false }
            default: break
            }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let byte = next else { return false }
        place += 1
        guard byte == 0x75 else { return [0x22, 0x5c, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74].contains(byte) }
        for _ in 0..<4 {
            guard let digit = next, digit &- 0x30 < 10 || (digit | 0x20) &- 0x61 < 6 else { return false }
            place += 1
        }
        return true
    }

    private mutating func number() -> Bool {
        if next == 0x2d { place += 1 }
        let first = place, whole = digits()
        guard whole == 1 || (whole > 1 && text[first] != 0x30) else { return false }
        if next == 0x2e {
            place += 1
            guard digits() > 0 else { return false }
        }
        guard let byte = next, byte | 0x20 == 0x65 else { return true }
        place += 1
        if next == 0x2b || next == 0x2d { place += 1 }
        return digits() > 0
    }

    private mutating func digits() -> Int {
        let first = place
        while let byte = next, byte &- 0x30 < 10 { place += 1 }
        return place - first
    }
}
