import PlainJSON
package import TradingModel

/// A `tick` message read in one pass: the one kind that comes all the time.
package struct TickMessage {
    package var tick: Tick
    var requestID: Int64?
    /// Where the stream's id stands in the message: it is needed once, and a text made of it each time would cost more
    /// than all the rest.
    private var subscription: Range<Int>?

    /// Nil when the message is no tick or not a sane one; the caller then reads it the long way.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = JSONReader(bytes)
        var quote: JSONNumber?, epoch: Int64?, pip: Int64?, symbol: Symbol?, isTick = false, subscription: Range<Int>?, request: Int64?
        do throws(JSONError) {
            try reader.object { (reader, key) throws(JSONError) in
                if reader.isText(key, "msg_type") {
                    isTick = reader.isText(try reader.text(), "tick")
                } else if reader.isText(key, "req_id") {
                    request = try reader.number().integer
                } else if reader.isText(key, "tick"), try reader.peek() == 0x7b {
                    try reader.object { (reader, key) throws(JSONError) in
                        if reader.isText(key, "quote") {
                            quote = try TickMessage.number(&reader)
                        } else if reader.isText(key, "epoch") {
                            epoch = try TickMessage.number(&reader)?.integer
                        } else if reader.isText(key, "pip_size") {
                            pip = try TickMessage.number(&reader)?.integer
                        } else if reader.isText(key, "symbol"), try reader.peek() == 0x22 {
                            // A name with escapes in it has a character that no symbol has.
                            symbol = Symbol(utf8: bytes[try TickMessage.text(&reader)])
                        } else if reader.isText(key, "id"), try reader.peek() == 0x22 {
                            subscription = try TickMessage.text(&reader)
                        } else {
                            try reader.skip()
                        }
                    }
                } else {
                    try reader.skip()
                }
            }
            try reader.end()
        } catch { return nil }
        guard isTick, let quote, let epoch, let pip, let symbol, let price = Price(quote, decimals: pip), (0...253_402_300_799).contains(epoch)
        else { return nil }
        tick = Tick(symbol: symbol, time: Timestamp(seconds: epoch), price: price)
        (self.subscription, requestID) = (subscription, request)
    }

    /// The stream's id, of the same bytes; nil when there is none that is plain text.
    func subscription(in bytes: UnsafeRawBufferPointer) -> String? {
        subscription.flatMap { range in bytes[range].contains(0x5c) ? nil : String(validating: bytes[range], as: UTF8.self) }
    }

    /// Where a text stands without its quotes. The reader is at the first of them.
    private static func text(_ reader: inout JSONReader) throws(JSONError) -> Range<Int> {
        let start = reader.position + 1
        _ = try reader.text()
        return start..<reader.position - 1
    }

    private static func number(_ reader: inout JSONReader) throws(JSONError) -> JSONNumber? {
        switch try reader.peek() {
        case 0x2d, 0x30...0x39: return try reader.number()
        default:
            try reader.skip()
            return nil
        }
    }
}

extension Price {
    /// Whole pips of a quote, or nil when it is not positive, not a whole number of pips, or absurd.
    init?(_ quote: JSONNumber, decimals: Int64) {
        #if SeededBugs
        if SeededBug.believesAnyTick.isPlanted, let pips = quote.units(digits: Int(decimals)) { self.init(pips: pips); return }
        #endif
        guard (0...8).contains(decimals), let pips = quote.units(digits: Int(decimals)), pips > 0, pips < 1_000_000_000_000 else { return nil }
        self.init(pips: pips)
    }
}
