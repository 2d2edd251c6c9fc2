/// Text that does not print itself: a broker token on its way. The one way to it is `reveal`.
public struct Secret: Sendable {
    private let text: String
    public init(_ text: String) { self.text = text }
    /// Hands the text to `body` and to nobody else.
    public func reveal<Result>(_ body: (String) throws -> Result) rethrows -> Result { try body(text) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "‹secret›" }
    public var debugDescription: String { "‹secret›" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
