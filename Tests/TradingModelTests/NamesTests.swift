import Testing
import TradingModel

@Suite struct LabelTests {
    @Test(arguments: ["a", "UTC", "America/New_York", "two words", "é", "😀😀😀😀😀😀😀😀", "12345678", "123456789", "abcdefghijklmnopqrstuvwxyz012345"])
    func theTextComesBack(text: String) { #expect(Label(text)?.text == text) }

    @Test(arguments: ["", " ", " a", "a ", "abcdefghijklmnopqrstuvwxyz0123456", "😀😀😀😀😀😀😀😀a"])
    func whatIsNoNameIsRefused(text: String) { #expect(Label(text) == nil) }

    @Test func controlCharactersAreRefused() {
        for scalar in Array(0..<32) + [0x7f] {
            let character = Character(Unicode.Scalar(UInt8(scalar)))
            for text in ["\(character)", "a\(character)", "a\(character)b"] { #expect(Label(text) == nil, "character \(scalar)") }
        }
    }

    @Test func theOrderIsThatOfTheBytes() {
        let texts = ["B", "a", "aa", "ab", "abcdefgh", "abcdefghi", "b", "é"]
        #expect(texts.reversed().map { Label($0)! }.sorted().map(\.text) == texts)
    }
}

@Suite struct SymbolTests {
    @Test(arguments: ["R_100", "1HZ100V", "frxEURUSD", "ab", "abcdefgh", "abcdefghi", "abcdefghijklmnop"])
    func theTextComesBack(text: String) { #expect(Symbol(text)?.text == text) }

    @Test(arguments: ["", "a", "abcdefghijklmnopq", "R 100", "R-100", "é1", "../x", "a\"b"])
    func whatIsNoSymbolIsRefused(text: String) { #expect(Symbol(text) == nil) }

    @Test func aZeroByteIsNoLetter() {
        for bytes in ["R_100\0", "R_\0" + "100", "\0\0", "\0R_100"].map({ Array($0.utf8) }) {
            #expect(Symbol(String(decoding: bytes, as: UTF8.self)) == nil, "\(bytes)")
        }
    }

    @Test func theOrderIsThatOfTheBytes() {
        let texts = ["1HZ100V", "R_10", "R_100", "R_25", "frxEURUSD"]
        #expect(texts.reversed().map { Symbol($0)! }.sorted().map(\.text) == texts)
    }
}

@Suite struct CurrencyTests {
    @Test(arguments: [("USD", 2), ("BTC", 8), ("JPY", 0), ("EUSDT1", 2), ("ABCDEFG", 8), ("AB", 0)])
    func codeAndExponentComeBack(code: String, exponent: Int) {
        let currency = Currency(code, exponent: exponent)
        #expect(currency?.code == code && currency?.exponent == exponent)
    }

    @Test(arguments: [("", 2), ("A", 2), ("ABCDEFGH", 2), ("usd", 2), ("US D", 2), ("USD", -1), ("USD", 9), ("ÜSD", 2)])
    func whatIsNoCurrencyIsRefused(code: String, exponent: Int) { #expect(Currency(code, exponent: exponent) == nil) }

    @Test func aZeroByteIsNoLetter() {
        for bytes in ["USD\0", "US\0D", "\0\0"].map({ Array($0.utf8) }) {
            #expect(Currency(String(decoding: bytes, as: UTF8.self), exponent: 2) == nil, "\(bytes)")
        }
    }

    @Test func theBrokersCurrenciesHaveTheirDecimals() {
        #expect(["USD", "EUR", "USDC", "BTC", "ETH", "LTC"].map { Currency.named($0)?.exponent } == [2, 2, 2, 8, 8, 8])
        #expect(Currency.named("usd") == nil)
        #expect(Currency.usd == Currency.named("USD"))
    }
}

@Suite struct IdentifierTests {
    @Test(arguments: [(0, 0), (1, 2), (.max, .max), (0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210), (0, .max)] as [(UInt64, UInt64)])
    func aSignalsTextComesBack(high: UInt64, low: UInt64) {
        let id = SignalID(high: high, low: low)
        #expect(id.text.utf8.count == 32)
        #expect(SignalID(id.text) == id)
        for session in [0, 7, -1, Int64.max, .min] {
            let intent = IntentID(session: SessionID(rawValue: session), signal: id)
            #expect(intent.text == "\(session).\(id.text)")
            #expect(IntentID(intent.text) == intent)
        }
    }

    @Test func theTextIsHexadecimal() {
        #expect(SignalID(high: 0x0123_4567_89ab_cdef, low: 1).text == "0123456789abcdef0000000000000001")
    }

    @Test(arguments: [
        "", "0", "0123456789abcdef000000000000000", "0123456789abcdef00000000000000001", "0123456789ABCDEF0000000000000001",
        "0123456789abcdeg0000000000000001", "+123456789abcdef0000000000000001", " 123456789abcdef0000000000000001",
    ])
    func whatIsNoSignalIsRefused(text: String) { #expect(SignalID(text) == nil) }

    @Test(arguments: [
        "", ".", "7", "7.", ".0123456789abcdef0000000000000001", "7.0123", "x.0123456789abcdef0000000000000001",
        "7.0123456789abcdef0000000000000001.", "7 .0123456789abcdef0000000000000001", "9223372036854775808.0123456789abcdef0000000000000001",
    ])
    func whatIsNoIntentIsRefused(text: String) { #expect(IntentID(text) == nil) }

    @Test(arguments: ["+7.0123456789abcdef0000000000000001", "007.0123456789abcdef0000000000000001", "-0.0123456789abcdef0000000000000001"])
    func anIntentHasOneText(text: String) { #expect(IntentID(text) == nil) }

    @Test func intentsAreOrderedBySessionThenSignal() {
        func id(_ session: Int64, _ low: UInt64) -> IntentID { IntentID(session: SessionID(rawValue: session), signal: SignalID(high: 0, low: low)) }
        #expect([id(2, 1), id(1, 9), id(1, 2)].sorted() == [id(1, 2), id(1, 9), id(2, 1)])
    }
}
