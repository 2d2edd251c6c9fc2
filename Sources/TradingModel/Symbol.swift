/// What is traded, by the broker's name: `R_100`, `1HZ100V`. Up to 16 letters, digits and underscores, in fixed space.
public struct Symbol: Hashable, Sendable, Codable {
    @usableFromInline let high: UInt64
    @usableFromInline let low: UInt64

    /// Nil when the text has fewer than 2 or more than 16 characters, or others than letters, digits and `_`.
    @inlinable public init?(_ text: some StringProtocol) { self.init(utf8: text.utf8) }

    /// The same of its bytes.
    @inlinable
    public init?(utf8 bytes: some Collection<UInt8>) {
        var words: (UInt64, UInt64) = (0, 0), count: UInt64 = 0
        for byte in bytes {
            guard count < 16, byte == 0x5f || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 else { return nil }
            // The first eight bytes fill the first word from its left, the others the second.
            let shift = 56 - 8 * (count & 7)
            if count < 8 { words.0 |= UInt64(byte) << shift } else { words.1 |= UInt64(byte) << shift }
            count += 1
        }
        guard count >= 2 else { return nil }
        (high, low) = words
    }

    public var text: String { FixedText.text([high, low, 0, 0]) }
}

extension Symbol: Comparable {
    @inlinable public static func < (a: Symbol, b: Symbol) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

extension Symbol: CustomStringConvertible { public var description: String { text } }
