import PlainJSON
import TradingModel

/// A `tick` message read in one pass: the one kind that comes all the time.
struct TickMessage {
    var tick: Tick
    var subscription: String?
    var requestID: Int64?

    /// Nil when the message is no tick or not a sane one; the caller then reads it the long way.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = JSONReader(bytes)
        var quote: JSONNumber?, epoch: Int64?, pip: Int64?, symbol: Symbol?, isTick = false, subscription: String?, request: Int64?
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
                            symbol = Symbol(try reader.string())
                        } else if reader.isText(key, "id"), try reader.peek() == 0x22 {
                            subscription = try reader.string()
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
        guard (0...8).contains(decimals), let pips = quote.units(digits: Int(decimals)), pips > 0, pips < 1_000_000_000_000 else { return nil }
        self.init(pips: pips)
    }
}
