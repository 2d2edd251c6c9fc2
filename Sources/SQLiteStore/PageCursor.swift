import TradingPorts

/// Where a page ends: the number of its last row, in a text that tells the caller nothing and belongs to one list.
enum PageCursor {
    enum List: String { case signals = "g", sessions = "s", trades = "t", audit = "a", unclear = "u" }

    static func text(_ list: List, after number: Int64) -> String { list.rawValue + String(number, radix: 36) }

    /// The number that the page's rows stay below.
    static func number(_ text: String?, _ list: List) throws(InvalidCursor) -> Int64 {
        guard let text else { return .max }
        guard text.hasPrefix(list.rawValue), let number = Int64(text.dropFirst(), radix: 36), number > 0,
            text == self.text(list, after: number)
        else { throw InvalidCursor() }
        return number
    }
}

extension Page {
    /// The length within its bounds.
    var length: Int { min(max(limit, 1), 500) }
}
