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
        let bytes = text.utf8
        var words = FixedText.Words(), count = 0, last: UInt8 = 0
        for byte in bytes {
            guard count < Label.longest, byte >= 0x20, byte != 0x7f, count > 0 || byte != 0x20 else { return nil }
            words[count / 8] |= UInt64(byte) << UInt64(56 - 8 * (count % 8))
            (count, last) = (count + 1, byte)
        }
        guard count > 0, last != 0x20 else { return nil }
        (a, b, c, d) = (words[0], words[1], words[2], words[3])
    }

    public var text: String { FixedText.text([a, b, c, d]) }
}

extension Label: Comparable {
    @inlinable public static func < (x: Label, y: Label) -> Bool { (x.a, x.b, x.c, x.d) < (y.a, y.b, y.c, y.d) }
}

extension Label: CustomStringConvertible { public var description: String { text } }
