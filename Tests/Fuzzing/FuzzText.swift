import PlainJSON
import TradingModel

// JSON, numbers, words: the parsers under all others.
@testable import DerivWire

func fuzzJSON(_ bytes: UnsafeRawBufferPointer) {
    guard let value = try? JSONValue.parse(bytes) else { return }
    var json = JSONWriter()
    json.value(value)
    guard let again = try? JSONValue.parse(json.bytes) else { fatalError("what was written cannot be read: \(text(bytes))") }
    var twice = JSONWriter()
    twice.value(again)
    same(json.bytes, twice.bytes, "JSON")
    walk(value)
}

/// Every question that the readers of messages ask.
private func walk(_ value: JSONValue) {
    _ = (value.integer, value.string, value.number, value["amount"]?.integer)
    for currency in [Currency.usd, Currency("BTC", exponent: 8)!] {
        if let money = value.money("amount", currency), money.minorUnits.magnitude > UInt64(Money.most) { fatalError("money \(money)") }
    }
    if let array = value.array { for element in array { walk(element) } }
}

func fuzzNumbers(_ bytes: UnsafeRawBufferPointer) {
    let word = text(bytes)
    for decimals in 0...8 {
        guard let units = Decimals.units(word, decimals: decimals) else { continue }
        same(Decimals.units(Decimals.text(units, decimals: decimals), decimals: decimals), units, "decimals \(decimals) of \(word)")
    }
    var reader = JSONReader(bytes)
    guard let number = try? reader.number(), (try? reader.end()) != nil else { return }
    for digits in 0...8 { _ = (number.units(digits: digits), Price(number, decimals: Int64(digits))) }
}

func fuzzShortcode(_ bytes: UnsafeRawBufferPointer) {
    let word = text(bytes)
    guard let code = Shortcode(word) else { return }
    for duration in ["1t", "5t", "15s", "1m", "2h", "1d", "365d"] {
        _ = code.matches(ContractTerms(symbol: code.symbol, kind: code.kind, duration: ContractDuration(text: duration)!))
    }
}

func fuzzWords(_ bytes: UnsafeRawBufferPointer) {
    let word = text(bytes)
    if let symbol = Symbol(word) { same(Symbol(symbol.text), symbol, "symbol") }
    if let symbol = Symbol(utf8: bytes) { same(Symbol(symbol.text), symbol, "symbol") }
    if let label = Label(word) { same(Label(label.text), label, "label") }
    if let duration = ContractDuration(text: word) { same(ContractDuration(text: duration.text), duration, "duration") }
    if let moment = Timestamp(iso8601: word) { same(Timestamp(iso8601: moment.description), moment, "moment") }
    if let id = SignalID(word) { same(SignalID(id.text), id, "signal id") }
    if let id = IntentID(word) { same(IntentID(id.text), id, "intent id") }
    _ = (ContractKind(name: word), Currency(word, exponent: 2))
}
