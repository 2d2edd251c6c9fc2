/// What is traded, by the broker's name: `R_100`, `1HZ100V`. Up to 16 letters, digits and underscores, in fixed space.
public struct Symbol: Hashable, Sendable, Codable {
    @usableFromInline let high: UInt64
    @usableFromInline let low: UInt64

    /// Nil when the text has fewer than 2 or more than 16 characters, or others than letters, digits and `_`.
    public init?(_ text: some StringProtocol) {
        var words = FixedText.Words(), count = 0
        for byte in text.utf8 {
            guard count < 16, byte == 0x5f || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            else { return nil }
            words[count / 8] |= UInt64(byte) << UInt64(56 - 8 * (count % 8))
            count += 1
        }
        guard count >= 2 else { return nil }
        (high, low) = (words[0], words[1])
    }

    public var text: String { FixedText.text([high, low, 0, 0]) }
}

extension Symbol: Comparable {
    @inlinable public static func < (a: Symbol, b: Symbol) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

extension Symbol: CustomStringConvertible { public var description: String { text } }
