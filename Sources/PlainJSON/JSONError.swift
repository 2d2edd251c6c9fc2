/// Why a text is not the JSON that was expected.
public enum JSONError: Error, Hashable, Sendable {
    /// Not JSON, with the byte where it stops being it.
    case malformed(at: Int)
    /// A number with more digits than an Int64 and 18 places hold.
    case numberTooLong(at: Int)
    /// Nested deeper than `JSONReader.deepest`.
    case tooDeep(at: Int)
    case duplicateKey(String)
    case invalidUTF8(at: Int)

    /// Where it breaks and how, without a word of the text, which may be secret.
    public var reason: String {
        switch self {
        case .malformed(let byte): "it breaks at byte \(byte)"
        case .numberTooLong(let byte): "the number at byte \(byte) is too long"
        case .tooDeep(let byte): "it is nested too deep at byte \(byte)"
        case .duplicateKey: "a key stands twice in one object"
        case .invalidUTF8(let byte): "the text at byte \(byte) is no UTF-8"
        }
    }
}
