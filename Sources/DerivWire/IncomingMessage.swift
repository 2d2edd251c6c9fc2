import PlainJSON
import TradingModel

/// One message of the broker, read as far as its kind asks for. What is missing, of another type, or without meaning is
/// `unreadable`: a guess about money is worse than none.
struct IncomingMessage {
    var requestID: Int64?
    var type: String
    var error: BrokerError?
    /// The whole message, for everything but ticks.
    var root: JSONValue

    struct BrokerError {
        var code: String
        var message: String
    }

    init(_ root: JSONValue) throws(Unreadable) {
        guard let type = root["msg_type"]?.string else { throw Unreadable("msg_type") }
        self.root = root
        self.type = type
        requestID = root["req_id"]?.integer
        if let error = root["error"] {
            guard let code = error["code"]?.string else { throw Unreadable("error.code") }
            self.error = BrokerError(code: code, message: error["message"]?.string ?? "")
        }
    }

    /// The payload, which stands under the message's own type.
    var payload: JSONValue? { root[type] }
}

/// A field that was needed and is missing or makes no sense.
struct Unreadable: Error {
    let field: String
    init(_ field: String) { self.field = field }
}

extension JSONValue {
    func needInteger(_ key: String) throws(Unreadable) -> Int64 {
        guard let value = self[key]?.integer else { throw Unreadable(key) }
        return value
    }
    func needString(_ key: String) throws(Unreadable) -> String {
        guard let value = self[key]?.string else { throw Unreadable(key) }
        return value
    }
    /// Money from its digits; more decimals than the currency has, or more than we believe, is unreadable.
    func needMoney(_ key: String, _ currency: Currency) throws(Unreadable) -> Money {
        guard let value = money(key, currency) else { throw Unreadable(key) }
        return value
    }
    func money(_ key: String, _ currency: Currency) -> Money? {
        let units: Int64?
        #if SeededBugs
        // What a binary fraction makes of cents, with fewer bits so that it shows soon.
        if SeededBug.moneyIsABinaryFraction.isPlanted, case .number(let number) = self[key], number.scale == 2 {
            return Money(minorUnits: number.mantissa * 65_536 / 100 * 100 / 65_536, currency: currency)
        }
        #endif
        switch self[key] {
        case .number(let number): units = number.units(digits: currency.exponent)
        // The newer API writes some amounts as text.
        case .string(let text): units = Decimals.units(text, decimals: currency.exponent)
        default: units = nil
        }
        guard let units, units.magnitude <= UInt64(Money.most) else { return nil }
        return Money(minorUnits: units, currency: currency)
    }
    func needTime(_ key: String) throws(Unreadable) -> Timestamp {
        let seconds = try needInteger(key)
        guard (0...253_402_300_799).contains(seconds) else { throw Unreadable(key) }
        return Timestamp(seconds: seconds)
    }
}
