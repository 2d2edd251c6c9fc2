import PlainJSON
import Testing

/// The string that a text is, given without its quotes, or why it is none.
func string(_ inside: some Sequence<UInt8>) -> Result<String, JSONError> {
    do throws(JSONError) {
        guard let string = try JSONValue.parse([0x22] + Array(inside) + [0x22]).string else { return .failure(.malformed(at: -1)) }
        return .success(string)
    } catch { return .failure(error) }
}

@Suite struct JSONTextTests {
    @Test(arguments: [
        ("", ""), ("plain", "plain"), (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"), (#"\u0041\u00e9\u20AC"#, "Aé€"), (#"\u0000"#, "\0"),
        (#"\ud83d\ude00"#, "😀"), (#"x\uD834\uDD1Ey"#, "x𝄞y"), (#"\udbff\udfff"#, "\u{10ffff}"), (#"\ud800\udc00"#, "\u{10000}"),
        (#"\ud7ff\ue000"#, "\u{d7ff}\u{e000}"), ("é😀", "é😀"), (#"é\n😀"#, "é\n😀"), ("\u{7f}\u{2028}", "\u{7f}\u{2028}"),
    ])
    func escapesAreResolved(inside: String, text: String) { #expect(string(inside.utf8) == .success(text)) }

    @Test(arguments: [#"\ud800"#, #"\ud800x"#, #"\ud800\n"#, #"\ud800\ud800"#, #"\ud800\u0041"#, #"\udc00"#, #"\udc00\ud800"#, #"\udfffabc"#])
    func aSurrogateAloneIsRefused(inside: String) {
        guard case .failure(.invalidUTF8) = string(inside.utf8) else {
            Issue.record("\(inside) gave \(string(inside.utf8))")
            return
        }
    }

    @Test(arguments: [#"\x41"#, #"\u"#, #"\u12"#, #"\u12g4"#, #"\u+123"#, #"\U0041"#, #"\'"#, #"\0"#, #"\ud800\u12"#, "\\\u{1}", "a\\\nb"])
    func aWrongEscapeIsRefused(inside: String) { #expect(throws: JSONError.self) { try string(inside.utf8).get() } }

    @Test(arguments: 0..<32 as Range<UInt8>)
    func aControlCharacterAsItselfIsRefused(byte: UInt8) { #expect(string([0x61, byte]) == .failure(.malformed(at: 2))) }

    @Test(
        arguments: [
            [0x80], [0xbf], [0xc3], [0xc3, 0x28], [0xc0, 0xaf], [0xc1, 0x81], [0xe2, 0x82], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf],
            [0xf0, 0x80, 0x80, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xfe], [0xff],
        ] as [[UInt8]])
    func badUTF8IsRefused(bytes: [UInt8]) {
        #expect(string(bytes) == .failure(.invalidUTF8(at: 1)))
        #expect(string(bytes + Array(#"\n"#.utf8)) == .failure(.invalidUTF8(at: 1)), "beside an escape, too")
        #expect(throws: JSONError.self, "in a key, too") { try JSONValue.parse([0x7b, 0x22] + bytes + Array(#"":1}"#.utf8)) }
    }

    /// Texts are walked in steps of eight bytes: what ends or breaks one is found wherever it stands.
    @Test func aTextEndsWhereItEndsAtAnyLength() throws {
        for length in 0...40 {
            let plain = String(repeating: "ab~ é", count: 8).prefix(length)
            #expect(try JSONValue.parse(Array("[\"\(plain)\",1]".utf8)) == .array([.string(String(plain)), .number(JSONNumber(mantissa: 1, scale: 0))]))
            #expect(try JSONValue.parse(Array("\"\(plain)\\\"\(plain)\"".utf8)) == .string("\(plain)\"\(plain)"))
            for bad in ["\u{1f}", "\n", "\0"] { #expect(throws: JSONError.self) { try JSONValue.parse(Array("\"\(plain)\(bad)\(plain)\"".utf8)) } }
            #expect(throws: JSONError.self) { try JSONValue.parse(Array("\"\(plain)".utf8)) }
        }
        for byte in 0x20...0xff as ClosedRange<UInt8> where byte != 0x22 && byte != 0x5c {
            let bytes = [0x22] + [UInt8](repeating: byte, count: 9) + [0x22]
            #expect((try? JSONValue.parse(bytes).string) == String(validating: bytes[1..<10], as: UTF8.self))
        }
    }
}
