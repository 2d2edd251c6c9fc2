// `X-Signature: t=1790000000,n=4f1c…,v1=…`: when an alert was signed, a number used once, and the HMAC-SHA-256 of
// both and the body, `t.n.body`.

import HTTPTypes
import TradingModel

struct HookSignature: Sendable, Hashable {
    static let header = HTTPField.Name("X-Signature")!

    /// Seconds since 1970.
    let signedAt: Int64
    /// 8 to 64 letters, digits, `-` and `_`.
    let nonce: String
    let code: [UInt8]
    private let time: Substring

    /// Nil when it is not written so.
    init?(_ text: String) {
        var parts: [Substring: Substring] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { return nil }
            let name = pair[0].drop { $0 == " " }
            guard parts.updateValue(pair[1], forKey: name) == nil else { return nil }
        }
        guard parts.count == 3, let time = parts["t"], let nonce = parts["n"], let code = parts["v1"] else { return nil }
        guard (1...12).contains(time.utf8.count), time.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let seconds = Int64(time) else { return nil }
        guard (8...64).contains(nonce.utf8.count), nonce.utf8.allSatisfy(HookSignature.isOfNonce), let bytes = HookSignature.bytes(code) else { return nil }
        (signedAt, self.nonce, self.code, self.time) = (seconds, String(nonce), bytes, time)
    }

    /// What the code is of.
    func signed(_ body: [UInt8]) -> [UInt8] { Array("\(time).\(nonce).".utf8) + body }

    private static func isOfNonce(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
        default: false
        }
    }

    /// 64 hexadecimal digits.
    private static func bytes(_ text: Substring) -> [UInt8]? {
        let digits = text.utf8.map(\.hexValue)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
