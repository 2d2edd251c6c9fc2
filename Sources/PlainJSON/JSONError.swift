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
}
