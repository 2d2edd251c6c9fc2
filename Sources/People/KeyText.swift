import Crypto
import TradingModel

/// The text of a key for programs: `sgk_`, its id, the secret, and a check that scanners for lost secrets can work out. Only a code of the
/// secret is stored; with 256 bits of chance in it there is nothing to guess, so no slow hash is needed.
struct KeyText {
    let id: String
    let text: Secret

    static let idLength = 8
    private static let prefix = "sgk_", secretLength = 52, checkLength = 6
    /// Five bits each, none that looks like another.
    private static let letters = Array("abcdefghjkmnpqrstuvwxyz023456789".utf8)

    static func new() -> KeyText {
        var chance = SystemRandomNumberGenerator()
        func some(_ count: Int) -> [UInt8] { (0..<count).map { _ in letters[Int(UInt8.random(in: 0..<32, using: &chance))] } }
        let id = some(idLength), body = id + some(secretLength)
        return KeyText(id: String(decoding: id, as: UTF8.self), text: Secret(prefix + String(decoding: body + check(body), as: UTF8.self)))
    }

    /// The id of what may be a key: of the right length and letters, with the right check. Anything else is looked up nowhere.
    static func id(of text: some StringProtocol) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == prefix.utf8.count + idLength + secretLength + checkLength, bytes.starts(with: prefix.utf8) else { return nil }
        let rest = bytes.dropFirst(prefix.utf8.count), body = Array(rest.dropLast(checkLength))
        guard rest.allSatisfy(letters.contains), Array(rest.suffix(checkLength)) == check(body) else { return nil }
        return String(decoding: body.prefix(idLength), as: UTF8.self)
    }

    private static func check(_ body: [UInt8]) -> [UInt8] {
        SHA256.hash(data: Array(prefix.utf8) + body).prefix(checkLength).map { letters[Int($0 & 31)] }
    }
}
