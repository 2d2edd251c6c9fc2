import CArgon2
public import TradingModel

/// How a password becomes what is stored: Argon2id as PHC text, which names its own parameters. Each costs about a tenth of a second
/// and 46 MiB by intention, so nothing that trades waits for one.
public struct PasswordHash: Sendable, Hashable {
    /// KiB of memory.
    public let memory: UInt32
    public let passes: UInt32

    /// OWASP's for one pass. One lane: the server has few cores and other things to do.
    public static let standard = PasswordHash(memory: 47_104, passes: 1)
    private static let lanes: UInt32 = 1
    private static let saltLength = 16, length = 32

    /// - Parameter memory: 8 KiB or more. Anything below `standard` is for tests.
    package init(memory: UInt32, passes: UInt32) { (self.memory, self.passes) = (memory, passes) }

    /// - Throws: `PasswordHashError` when there is no memory for it.
    public func text(of password: Secret) throws(PasswordHashError) -> String {
        var salt = [UInt8](repeating: 0, count: PasswordHash.saltLength), chance = SystemRandomNumberGenerator()
        for index in salt.indices { salt[index] = UInt8.random(in: 0...255, using: &chance) }
        let room = argon2_encodedlen(passes, memory, PasswordHash.lanes, UInt32(PasswordHash.saltLength), UInt32(PasswordHash.length), Argon2_id)
        var text = [CChar](repeating: 0, count: Int(room))
        let result = password.reveal { password in
            let bytes = Array(password.utf8)
            return argon2id_hash_encoded(
                passes, memory, PasswordHash.lanes, bytes, bytes.count, salt, salt.count, PasswordHash.length, &text, text.count)
        }
        guard result == ARGON2_OK.rawValue else { throw PasswordHashError(code: result) }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Is this the password that the text was made of? Compared in constant time.
    /// - Throws: `PasswordHashError` when the text is none of ours, asks for absurd amounts, or there is no memory.
    public static func isRight(_ password: Secret, for text: String) throws(PasswordHashError) -> Bool {
        guard let parameters = Parameters(text) else { throw PasswordHashError(code: ARGON2_DECODING_FAIL.rawValue) }
        // Who can write into the database must not be able to take the memory of the machine.
        guard parameters.memory <= 1_048_576, parameters.passes <= 16, parameters.lanes <= 16 else {
            throw PasswordHashError(code: ARGON2_MEMORY_TOO_MUCH.rawValue)
        }
        let result = password.reveal { password in
            let bytes = Array(password.utf8)
            return argon2id_verify(text, bytes, bytes.count)
        }
        switch result {
        case ARGON2_OK.rawValue: return true
        case ARGON2_VERIFY_MISMATCH.rawValue: return false
        default: throw PasswordHashError(code: result)
        }
    }

    /// Was the text made with other parameters than these?
    public func isOutdated(_ text: String) -> Bool {
        guard let parameters = Parameters(text) else { return true }
        return (parameters.memory, parameters.passes, parameters.lanes) != (memory, passes, PasswordHash.lanes)
    }

    /// Of `$argon2id$v=19$m=47104,t=1,p=1$…$…`.
    private struct Parameters {
        var memory: UInt32 = 0, passes: UInt32 = 0, lanes: UInt32 = 0

        init?(_ text: String) {
            let parts = text.split(separator: "$", omittingEmptySubsequences: false)
            guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19" else { return nil }
            let numbers = parts[3].split(separator: ",", omittingEmptySubsequences: false)
            guard numbers.count == 3 else { return nil }
            func number(_ index: Int, _ name: String) -> UInt32? { numbers[index].hasPrefix(name) ? UInt32(numbers[index].dropFirst(name.count)) : nil }
            guard let memory = number(0, "m="), let passes = number(1, "t="), let lanes = number(2, "p=") else { return nil }
            (self.memory, self.passes, self.lanes) = (memory, passes, lanes)
        }
    }
}

/// What libargon2 says; never about the password itself.
public struct PasswordHashError: Error, Hashable, CustomStringConvertible {
    public let code: Int32
    public var description: String { "Argon2: \(String(cString: argon2_error_message(code)))" }
}
