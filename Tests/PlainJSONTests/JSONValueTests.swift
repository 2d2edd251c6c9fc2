import PlainJSON
import Testing

@Suite struct JSONValueTests {
    @Test func aMessageBecomesATree() throws {
        let json = try JSONValue.parse(#" { "id" : 7, "tick":{"quote":682.23,"ok":true}, "list":[1,"two",null,false,[],{}] } "#.utf8)
        #expect(json["id"]?.integer == 7)
        #expect(json["tick"]?["quote"]?.number?.units(digits: 2) == 68_223)
        #expect(json["tick"]?["ok"]?.bool == true)
        #expect(json["list"] == .array([.number(JSONNumber(mantissa: 1, scale: 0)), .string("two"), .null, .bool(false), .array([]), .object([])]))
        #expect(json.members?.map(\.key) == ["id", "tick", "list"])
    }

    @Test func askingForTheWrongKindIsNil() throws {
        let json = try JSONValue.parse(#"{"text":"7","number":7.5}"#.utf8)
        #expect(json["text"]?.integer == nil && json["number"]?.string == nil && json["number"]?.integer == nil)
        #expect(json["missing"] == nil && json["text"]?["inside"] == nil && json["text"]?.array == nil && json["text"]?.members == nil)
        #expect(
            try ["null", "true", "1", "\"\"", "[]", "{}"].map { try JSONValue.parse($0.utf8).kindName }
                == ["null", "true or false", "a number", "text", "a list", "an object"])
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{1:2}",
        "tru", "truex", "True", "nul", "nulll", "1 2", "[]]", "{}{}", "\"", "\"a", "\"\\\"", "\u{feff}1", "// 1", "[1]//", "[1\u{0}]",
    ])
    func whatIsNotJSONIsRefused(text: String) {
        #expect(throws: JSONError.self) { try JSONValue.parse(text.utf8) }
    }

    @Test func theErrorSaysWhere() {
        #expect(throws: JSONError.malformed(at: 4)) { try JSONValue.parse("[1, x]".utf8) }
        #expect(throws: JSONError.malformed(at: 3)) { try JSONValue.parse("[1 2]".utf8) }
    }

    @Test func aKeyThatStandsTwiceIsRefused() throws {
        #expect(throws: JSONError.duplicateKey("a")) { try JSONValue.parse(#"{"a":1,"b":2,"a":3}"#.utf8) }
        #expect(throws: JSONError.duplicateKey("a")) { try JSONValue.parse(#"{"a":1,"\u0061":3}"#.utf8) }
        #expect(throws: JSONError.duplicateKey("x")) { try JSONValue.parse(#"[{"a":{"x":1,"x":1}}]"#.utf8) }
        let many = (0..<60).map { #""k\#($0)":0"# }
        #expect(throws: Never.self) { try JSONValue.parse("{\(many.joined(separator: ","))}".utf8) }
        for twice in [0, 23, 24, 25, 59] {
            #expect(throws: JSONError.duplicateKey("k\(twice)")) { try JSONValue.parse("{\((many + [many[twice]]).joined(separator: ","))}".utf8) }
        }
        #expect(try JSONValue.parse(#"{"a":{"a":1},"A":2}"#.utf8)["a"]?["a"]?.integer == 1)
    }

    @Test func nestingHasAnEnd() throws {
        func nested(_ levels: Int) -> String { String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
        _ = try JSONValue.parse(nested(32).utf8)
        #expect(throws: JSONError.tooDeep(at: 32)) { try JSONValue.parse(nested(33).utf8) }
        #expect(throws: JSONError.self) { try JSONValue.parse(nested(100_000).utf8) }
        #expect(throws: JSONError.self) { try JSONValue.parse(String(repeating: "{\"a\":", count: 100_000).utf8) }
        #expect(throws: JSONError.self) { try JSONValue.parse(String(repeating: "[", count: 1_000_000).utf8) }
    }

    @Test func everyPrefixOfAMessageIsRefused() throws {
        let text = Array(#"{"echo":{"a":[1,2.5e3,"\u00e9\ud83d\ude00"],"b":null},"ok":true}"#.utf8)
        _ = try JSONValue.parse(text)
        for length in 0..<text.count { #expect(throws: JSONError.self, "\(length)") { try JSONValue.parse(text.prefix(length)) } }
    }

    @Test func anyBytesEndInAnAnswer() {
        // A hostile or broken feed: whatever comes, parsing returns.
        var state: UInt64 = 7
        func random(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
        let alphabet = Array(#"{}[]",:\u0123456789eE+-.truefalsn "#.utf8) + [0x00, 0x80, 0xc3, 0xff]
        var parsed = 0
        for _ in 0..<20_000 {
            let bytes = (0..<random(24)).map { _ in alphabet[random(alphabet.count)] }
            if let value = try? JSONValue.parse(bytes) {
                parsed += 1
                var json = JSONWriter()
                json.value(value)
                #expect((try? JSONValue.parse(json.bytes)) == value, "\(bytes)")
            }
        }
        #expect(parsed > 100)
    }
}
