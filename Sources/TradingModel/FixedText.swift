/// Short text in machine words, first byte highest, the rest of the last word zero.
enum FixedText {
    /// On the stack: these texts are read and made with every signal.
    typealias Words = InlineArray<4, UInt64>

    static func text(_ words: Words) -> String {
        String(unsafeUninitializedCapacity: 32) { bytes in
            for index in 0..<32 {
                let byte = UInt8(truncatingIfNeeded: words[index / 8] >> UInt64(56 - 8 * (index % 8)))
                if byte == 0 { return index }
                bytes.initializeElement(at: index, to: byte)
            }
            return 32
        }
    }
}

extension InlineArray<4, UInt64> {
    init() { self.init(repeating: 0) }
}
