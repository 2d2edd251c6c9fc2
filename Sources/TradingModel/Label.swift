/// A short name in fixed space: at most 32 bytes of printable UTF-8 without spaces at its ends. Names of sources,
/// strategies, zones and login ids; comparing two is four machine words.
public struct Label: Hashable, Sendable, Codable {
    @usableFromInline let a: UInt64
    @usableFromInline let b: UInt64
    @usableFromInline let c: UInt64
    @usableFromInline let d: UInt64

    public static let longest = 32

    /// Nil when the text is empty, longer than 32 bytes, or has control characters or spaces at an end.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard (1...Label.longest).contains(bytes.count), bytes.first != 0x20, bytes.last != 0x20,
            bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
        else { return nil }
        func word(_ index: Int) -> UInt64 {
            var word: UInt64 = 0
            for offset in 0..<8 { word = word << 8 | (index * 8 + offset < bytes.count ? UInt64(bytes[index * 8 + offset]) : 0) }
            return word
        }
        (a, b, c, d) = (word(0), word(1), word(2), word(3))
    }

    public var text: String {
        var bytes: [UInt8] = []
        for word in [a, b, c, d] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                let byte = UInt8(truncatingIfNeeded: word >> shift)
                if byte == 0 { return String(decoding: bytes, as: UTF8.self) }
                bytes.append(byte)
                if shift == 0 { break }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Label: Comparable {
    @inlinable public static func < (x: Label, y: Label) -> Bool { (x.a, x.b, x.c, x.d) < (y.a, y.b, y.c, y.d) }
}

extension Label: CustomStringConvertible { public var description: String { text } }
