import PlainJSON
import Testing

func written(_ body: (inout JSONWriter) -> Void) -> String {
    var json = JSONWriter()
    body(&json)
    return json.text
}

@Suite struct JSONWriterTests {
    @Test func commasStandBetweenAndNowhereElse() {
        #expect(written { $0.object { _ in } } == "{}")
        #expect(written { $0.array { _ in } } == "[]")
        #expect(
            written { json in
                json.object { json in
                    json.member("id", 7)
                    json.memberObject("empty") { _ in }
                    json.memberArray("list") { json in
                        json.value(1)
                        json.array { _ in }
                        json.object { $0.nullMember("n") }
                        json.null()
                        json.value(true)
                    }
                    json.member("name", "R_100")
                    json.member("last", false)
                }
            } == #"{"id":7,"empty":{},"list":[1,[],{"n":null},null,true],"name":"R_100","last":false}"#)
    }

    @Test(
        arguments: [
            (1_950, 2, "19.50"), (-1_950, 2, "-19.50"), (5, 2, "0.05"), (-5, 2, "-0.05"), (0, 2, "0.00"), (0, 0, "0"), (100, 0, "100"),
            (1, 18, "0.000000000000000001"),
            (.max, 0, "9223372036854775807"), (.min, 0, "-9223372036854775808"), (.min, 18, "-9.223372036854775808"),
        ] as [(Int64, Int, String)])
    func unitsAreWrittenWithAllTheirDecimals(units: Int64, scale: Int, text: String) {
        #expect(written { $0.value(units: units, scale: scale) } == text)
        #expect(written { $0.value(textOfUnits: units, scale: scale) } == "\"\(text)\"")
    }

    @Test func textIsEscaped() {
        #expect(written { $0.value("a\"b\\c\n\r\t\u{0}\u{8}\u{1f}\u{7f}é😀/") } == #""a\"b\\c\n\r\t\u0000\u0008\u001f\#u{7f}é😀/""#)
        #expect(
            written {
                $0.object {
                    $0.key(text: "\"\n"); $0.value("")
                }
            } == #"{"\"\n":""}"#)
    }

    @Test func anyTextComesBack() throws {
        let texts = (0..<0x3000).compactMap { Unicode.Scalar(UInt32($0)) }.map { "x\($0)y" } + ["😀", "\u{10ffff}", "e\u{301}", ""]
        let json = JSONValue.array(texts.map { .string($0) })
        #expect(try JSONValue.parse(written { $0.value(json) }.utf8) == json)
    }

    @Test func aTreeComesBackAsItself() throws {
        for text in [#"{"a":[1,-2.50,"x",null,true,{"b":{}}],"z":[]}"#, "[]", "0.000", "\"\\u0001\"", "null"] {
            #expect(written { json in try? json.value(JSONValue.parse(text.utf8)) } == text)
        }
    }

    @Test func whatIsJSONAlreadyGoesInAsItIs() {
        #expect(
            written { json in
                json.array {
                    $0.raw("{\"a\":1}"); $0.raw(Array("[2]".utf8))
                }
            } == #"[{"a":1},[2]]"#)
    }
}
