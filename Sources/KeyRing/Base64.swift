/// Base64, canonical only: one text for one series of bytes. Anything else, white space and stray bits included, is no
/// text of it.
struct Base64 {
    private let alphabet: [UInt8]
    private let values: [UInt8]
    private let isPadded: Bool

    /// With `+`, `/` and padding: keys in the ring's file.
    static let standard = Base64(last: "+/", isPadded: true)
    /// With `-`, `_` and without padding: sealed secrets.
    static let url = Base64(last: "-_", isPadded: false)

    private init(last: String, isPadded: Bool) {
        alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(last)".utf8)
        var values = [UInt8](repeating: 0xff, count: 256)
        for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
        (self.values, self.isPadded) = (values, isPadded)
    }

    func text(_ bytes: [UInt8]) -> String {
        var letters: [UInt8] = []
        letters.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.reduce(0) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for place in 0...group.count { letters.append(alphabet[Int(word >> UInt32(18 - 6 * place) & 63)]) }
            if isPadded { letters += repeatElement(0x3d, count: 3 - group.count) }
        }
        return String(decoding: letters, as: UTF8.self)
    }

    func bytes(_ text: String) -> [UInt8]? {
        var letters = Array(text.utf8)[...]
        if isPadded {
            guard letters.count % 4 == 0 else { return nil }
            for _ in 0..<2 where letters.last == 0x3d { letters.removeLast() }
        }
        guard letters.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = [], word: UInt32 = 0, bits = 0
        bytes.reserveCapacity(letters.count * 3 / 4)
        for letter in letters {
            let value = values[Int(letter)]
            guard value != 0xff else { return nil }
            word = word << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
            }
        }
        return word & (1 << UInt32(bits) - 1) == 0 ? bytes : nil  // Bits that no byte took must be zero.
    }
}
