import Crypto
public import TradingModel
public import TradingPorts

/// A code that opens one thing once: the first set-up, or the way to a new password. Whoever has the text has the right; only its hash is
/// stored.
public struct OneTimeCode: Sendable {
    /// 32 small letters and digits, 160 bits of chance.
    public let text: Secret
    public var hash: [UInt8] { text.reveal(OneTimeCode.hash) }

    /// 32 of them, none that looks like another.
    private static let letters = Array("abcdefghjkmnpqrstuvwxyz023456789".utf8)
    public static let length = 32

    public static func new() -> OneTimeCode {
        var chance = SystemRandomNumberGenerator()
        let bytes = (0..<length).map { _ in letters[Int(UInt8.random(in: 0..<32, using: &chance))] }
        return OneTimeCode(text: Secret(String(decoding: bytes, as: UTF8.self)))
    }

    /// What is stored of a code, or nil when this can be none.
    public static func hash(ofGiven text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        return bytes.count == length && bytes.allSatisfy(letters.contains) ? hash(text) : nil
    }

    private static func hash(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }
}

extension PersonStore {
    /// Makes a code and keeps its hash; this is the only time that the text is seen. Earlier codes of the same purpose and person end.
    /// - Parameter person: nil for `setUp`, and only for it.
    public func makeOneTimeCode(_ purpose: OneTimePurpose, person: OwnerID?, validForSeconds: Int64, by doer: Doer) async throws -> Secret {
        let code = OneTimeCode.new()
        try await keepOneTimeCode(hash: code.hash, purpose, person: person, validForSeconds: validForSeconds, by: doer)
        return code.text
    }
}
