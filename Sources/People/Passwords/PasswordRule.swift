import Crypto
public import TradingModel

/// What a password must be: long enough and not one that is tried first. No rule about kinds of characters; it is taken byte for byte.
public enum PasswordRule {
    /// Bytes.
    public static let lengths = 12...128

    public enum Refusal: String, Sendable, Hashable, CaseIterable {
        case tooShort, tooLong
        /// On the list of those that many people have, or such a word with little around it.
        case common
        /// Few different characters, or the same few again and again, or a run of neighbours.
        case simple
        /// The person's name or address, or the name of this program, with little around it.
        case aboutYou

        public var text: String {
            switch self {
            case .tooShort: "expected \(lengths.lowerBound) bytes or more"
            case .tooLong: "expected \(lengths.upperBound) bytes at most"
            case .common: "expected one that is not among those that many people use"
            case .simple: "expected one that is no simple pattern"
            case .aboutYou: "expected one that is not made of your name, your address or the name of this program"
            }
        }
    }

    /// Nil when it may be used. `about` is what is known of the person: names, the address. `hasLeaked`: is it on a longer list than ours?
    public static func refusal(_ password: Secret, about: [String], hasLeaked: (String) -> Bool = { _ in false }) -> Refusal? {
        password.reveal { password in
            let length = password.utf8.count
            if length < lengths.lowerBound { return .tooShort }
            if length > lengths.upperBound { return .tooLong }
            let small = password.lowercased()
            if isSimple(Array(small.unicodeScalars)) { return .simple }
            if isCommon(small) { return .common }
            let whole = (about + ["signalist", "deriv"]).map { $0.lowercased() }
            let words = whole + whole.flatMap { $0.split { !$0.isLetter && !$0.isNumber }.map(String.init) }
            for word in words where word.count >= 4 && small.contains(word) && small.count - word.count < 8 { return .aboutYou }
            return hasLeaked(password) ? .common : nil
        }
    }

    private static func isSimple(_ letters: [Unicode.Scalar]) -> Bool {
        if Set(letters).count < 5 { return true }
        for period in 1...(letters.count / 2) where zip(letters, letters.dropFirst(period)).allSatisfy(==) { return true }
        // abcdefghijkl, 987654321098: each next to the one before it.
        let steps = zip(letters, letters.dropFirst()).count { abs(Int($0.value) - Int($1.value)) == 1 }
        return steps * 4 >= (letters.count - 1) * 3
    }

    private static func isCommon(_ small: String) -> Bool {
        if known.contains(hash(small)) { return true }
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) }
        let bytes = Array(small.utf8)
        guard let first = bytes.firstIndex(where: isLetter), let last = bytes.lastIndex(where: isLetter) else { return false }
        // password2024!, 123liverpool456
        return bytes.count - (last - first + 1) < 8 && known.contains(hash(String(decoding: bytes[first...last], as: UTF8.self)))
    }

    private static func hash(_ text: String) -> UInt64 { SHA256.hash(data: Array(text.utf8)).prefix(5).reduce(0) { $0 << 8 | UInt64($1) } }

    private static let known: Set<UInt64> = {
        let digits = Array(CommonPasswords.hashes.utf8)
        return Set(stride(from: 0, to: digits.count, by: 10).map { start in digits[start..<start + 10].reduce(0) { $0 << 4 | UInt64($1.hexValue!) } })
    }()
}
