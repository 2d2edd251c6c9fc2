/// What stands in a column of sealed secrets: an envelope of ours, or one that came from the previous system and waits
/// to be sealed anew. The first bytes tell which; nothing is tried.
public enum StoredSecret: Hashable, Sendable {
    case sealed(SealedSecret)
    case previous(PreviousEnvelope)

    /// - Throws: `malformed`, `unsupported`.
    public init(bytes: [UInt8]) throws(KeyRingError) {
        // The byte after SGE is a number of ours and no letter of base64.
        if bytes.starts(with: SealedSecret.magic), bytes.count > 3, bytes[3] < 0x20 {
            self = .sealed(try SealedSecret(bytes: bytes))
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed("it does not begin as an envelope does") }
        self = .previous(try PreviousEnvelope(stored: text))
    }
}
