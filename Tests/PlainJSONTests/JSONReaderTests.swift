import PlainJSON
import Testing

/// Hands a reader over `text` to `body`.
func reading<Result>(_ text: String, _ body: (inout JSONReader) throws -> Result) throws -> Result {
    try Array(text.utf8).withUnsafeBytes { buffer in
        var reader = JSONReader(buffer)
        return try body(&reader)
    }
}

@Suite struct JSONReaderTests {
    @Test func whatNobodyAskedForIsSkipped() throws {
        let text = #"{"echo_req":{"ticks":"R_100","deep":[[1,2],{"x":null}]},"msg_type":"tick","tick":{"quote":682.23,"symbol":"R_100"},"n":-1.5e3}"#
        try reading(text) { reader in
            var quote: Int64?, symbol = "", seen: [String] = []
            try reader.object { (reader, key) throws(JSONError) in
                seen.append(try reader.string(key))
                guard reader.isText(key, "tick") else { return try reader.skip() }
                try reader.object { (reader, key) throws(JSONError) in
                    if reader.isText(key, "quote") { quote = try reader.number().units(digits: 2) } else { symbol = try reader.string() }
                }
            }
            try reader.end()
            #expect(quote == 68_223 && symbol == "R_100")
            #expect(seen == ["echo_req", "msg_type", "tick", "n"])
        }
    }

    @Test func aWordIsComparedWhole() throws {
        try reading(#"["tick","ticks","tic","tiCk",""]"#) { reader in
            var same: [Bool] = []
            try reader.array { (reader) throws(JSONError) in
                let text = try reader.text()
                same.append(reader.isText(text, "tick"))
            }
            #expect(same == [true, false, false, false, false])
        }
    }

    @Test func literalsAndKinds() throws {
        try reading(" [true , false,null, 7]") { reader in
            var kinds: [Character] = []
            try reader.array { (reader) throws(JSONError) in
                kinds.append(Character(Unicode.Scalar(try reader.peek())))
                if try !reader.null() { try reader.skip() }
            }
            try reader.end()
            #expect(kinds == ["t", "f", "n", "7"])
        }
        #expect(throws: JSONError.malformed(at: 0)) { try reading("1") { try $0.bool() } }
        #expect(throws: JSONError.malformed(at: 0)) { try reading("nil") { try $0.null() } }
    }

    @Test func anEmptyBufferHasNothing() {
        var reader = JSONReader(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(throws: JSONError.malformed(at: 0)) { try reader.peek() }
        #expect(throws: Never.self) { try reader.end() }
    }

    @Test func skippingRefusesWhatReadingRefuses() {
        for text in ["[1,]", "{\"a\" 1}", "[01]", "tru", "\"a", "\"\n\"", "[1e]", String(repeating: "[", count: 33) + String(repeating: "]", count: 33)] {
            #expect(throws: JSONError.self, "\(text)") { try reading(text) { try $0.skip() } }
        }
    }
}
