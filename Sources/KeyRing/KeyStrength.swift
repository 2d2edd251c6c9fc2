/// Recognises keys that were typed, counted or left empty instead of drawn by chance. It cannot prove chance: it stops
/// the accidents. A drawn key fails here less often than once in 10^13.
enum KeyStrength {
    /// What speaks against these bytes as a key, or nil.
    static func weakness(of bytes: [UInt8]) -> String? {
        guard bytes.count == RingKey.length else { return "it has \(bytes.count) bytes, expected \(RingKey.length)" }
        let steps = zip(bytes, bytes.dropFirst()).map { $1 &- $0 }
        if Set(steps).count == 1 { return steps[0] == 0 ? "all its bytes are equal" : "its bytes are a count" }
        if bytes.prefix(16) == bytes.suffix(16) { return "its second half repeats the first" }
        if Set(bytes).count < 16 { return "it has only \(Set(bytes).count) different bytes" }
        if bytes.allSatisfy({ (0x20...0x7e).contains($0) }) { return "it is typed text, expected bytes drawn by chance" }
        return nil
    }
}
