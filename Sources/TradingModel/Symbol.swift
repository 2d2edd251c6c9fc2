/// What is traded, by the broker's name: `R_100`, `1HZ100V`. Up to 16 letters, digits and underscores, in fixed space.
public struct Symbol: Hashable, Sendable, Codable {
    @usableFromInline let high: UInt64
    @usableFromInline let low: UInt64

    /// Nil when the text has fewer than 2 or more than 16 characters, or others than letters, digits and `_`.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard (2...16).contains(bytes.count) else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for index in 0..<16 {
            let byte = index < bytes.count ? bytes[index] : 0
            guard index >= bytes.count || byte == 0x5f || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            else { return nil }
            if index < 8 { words.0 = words.0 << 8 | UInt64(byte) } else { words.1 = words.1 << 8 | UInt64(byte) }
        }
        (high, low) = words
    }

    public var text: String {
        var bytes: [UInt8] = []
        for word in [high, low] {
            for index in 0..<8 {
                let byte = UInt8(truncatingIfNeeded: word >> UInt64(56 - index * 8))
                if byte != 0 { bytes.append(byte) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Symbol: Comparable {
    @inlinable public static func < (a: Symbol, b: Symbol) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

extension Symbol: CustomStringConvertible { public var description: String { text } }
