import Crypto
import TradingModel

/// Codes of six digits that a telephone makes of a shared secret and the time (RFC 6238: SHA-1, 30 seconds).
enum TimeCode {
    static let secretBytes = 20
    static let seconds: Int64 = 30

    static func step(at now: Timestamp) -> Int64 { now.seconds / seconds }

    static func code(_ secret: [UInt8], step: Int64) -> String {
        let message = (0..<8).reversed().map { UInt8(truncatingIfNeeded: step >> Int64(8 * $0)) }
        let code = Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: SymmetricKey(data: secret)))
        let offset = Int(code[19] & 15)
        let number = code[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// The step that this code is of: now, or one before or after, for clocks differ.
    static func step(of code: String, _ secret: [UInt8], at now: Timestamp) -> Int64? {
        let here = step(at: now)
        return [here, here - 1, here + 1].first { TimeCode.code(secret, step: $0) == code }
    }

    /// As telephones want it, RFC 4648 without padding.
    static func base32(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var text: [UInt8] = [], held: UInt32 = 0, bits = 0
        for byte in bytes {
            (held, bits) = (held << 8 | UInt32(byte), bits + 8)
            while bits >= 5 {
                bits -= 5
                text.append(letters[Int(held >> UInt32(bits) & 31)])
            }
        }
        if bits > 0 { text.append(letters[Int(held << UInt32(5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// From hexadecimal digits; nil when it is none.
    init?(hex text: String) {
        let digits = text.utf8.map(\.hexValue)
        guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { digits[$0]! << 4 | digits[$0 + 1]! }
    }
}
