import TradingModel

/// The hash of a password as it is stored: sealed, so that a copy of the database alone is nothing to try passwords against. What was stored before
/// there was a key to seal with is the hash itself.
public enum SealedPassword {
    /// The place that it is sealed for, where a hook's secret names the hook: no hook has this id.
    public static let place = "password"
    /// What the text of a sealed one begins with; no hash does.
    public static let prefix = "sealed:"

    public static func text(_ sealed: [UInt8]) -> String { prefix + sealed.hexText }

    /// Nil when the text is the hash itself, or none of ours.
    public static func bytes(_ text: String) -> [UInt8]? {
        guard text.hasPrefix(prefix) else { return nil }
        let digits = text.utf8.dropFirst(prefix.utf8.count).map(\.hexValue)
        guard !digits.isEmpty, digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0]! << 4 | digits[$0 + 1]! }
    }
}
