import PlainJSON
import Testing

@testable import PreviousImport

/// Values in their three forms: BSON, canonical and relaxed JSON.
@Suite struct ValueTests {
    static func whole(_ value: Int64) -> ImportValue { .number(JSONNumber(mantissa: value, scale: 0)) }

    static let typed: [(String, ImportValue)] = [
        ("{\"$numberInt\": \"-7\"}", whole(-7)), ("{\"$numberLong\": \"9007199254740993\"}", whole(9_007_199_254_740_993)),
        ("{\"$numberDouble\": \"9876.54\"}", .number(JSONNumber(mantissa: 987_654, scale: 2))),
        ("{\"$numberDouble\": \"1.0E+2\"}", .number(JSONNumber(mantissa: 100, scale: 0))), ("{\"$numberDouble\": \"NaN\"}", .noNumber("not a number")),
        ("{\"$numberDouble\": \"-Infinity\"}", .noNumber("infinity")), ("{\"$oid\": \"07BCBEE841f745c55d4e9f74\"}", .objectID("07bcbee841f745c55d4e9f74")),
        ("{\"$date\": \"2025-12-24T10:00:00Z\"}", .moment(1_766_570_400_000)),
        ("{\"$date\": {\"$numberLong\": \"1766570400000\"}}", .moment(1_766_570_400_000)),
        ("{\"$undefined\": true}", .null), ("{\"$binary\": {\"base64\": \"\", \"subType\": \"00\"}}", .other("$binary")),
    ]

    @Test(arguments: typed) func aTypedValueIsRead(text: String, value: ImportValue) throws {
        #expect(try ExtendedJSON.document(Array("{\"a\": \(text)}".utf8)) == .document([ImportMember("a", value)]))
    }

    @Test(arguments: [
        "", "7", "[]", "{", "{\"a\": {\"$oid\": \"xyz\"}}", "{\"a\": {\"$date\": \"yesterday\"}}", "{\"a\": {\"$numberInt\": \"1.5\"}}", "{\"a\":1,\"a\":2}",
    ])
    func whatIsNoDocumentIsRefused(text: String) { #expect(throws: ExtendedJSON.Failure.self) { try ExtendedJSON.document(Array(text.utf8)) } }

    // MARK: BSON

    static func int32(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    static func word(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    static func document(_ members: [UInt8]) -> [UInt8] { int32(members.count + 5) + members + [0] }
    static func member(_ type: UInt8, _ name: String, _ value: [UInt8]) -> [UInt8] { [type] + Array(name.utf8) + [0] + value }
    static func text(_ text: String) -> [UInt8] { int32(text.utf8.count + 1) + Array(text.utf8) + [0] }

    /// Every type that has a meaning here and every one that has none.
    static let all: [UInt8] = {
        var members: [[UInt8]] = []
        members.append(member(0x01, "double", word((-0.76 as Double).bitPattern)))
        members.append(member(0x01, "nan", word(Double.nan.bitPattern)))
        members.append(member(0x02, "text", text("é")))
        members.append(member(0x03, "object", document(member(0x10, "a", int32(1)))))
        members.append(member(0x04, "list", document(member(0x10, "0", int32(2)) + member(0x0a, "1", []))))
        members.append(member(0x05, "binary", int32(3) + [0, 1, 2, 3]))
        members.append(member(0x07, "id", Array(1...12)))
        members.append(member(0x08, "yes", [1]))
        members.append(member(0x09, "at", word(1_766_570_400_000)))
        members.append(member(0x0b, "pattern", [0x61, 0, 0]))
        members.append(member(0x10, "int", int32(-1)))
        members.append(member(0x11, "stamp", word(1)))
        members.append(member(0x12, "long", word(1_099_511_627_776)))
        members.append(member(0x13, "decimal", Array(repeating: 0, count: 16)))
        members.append(member(0xff, "least", []))
        return document(members.flatMap { $0 })
    }()

    @Test func everyTypeIsReadOrNamed() throws {
        var reader = BSONReader(Self.all + Self.document([]))
        let read = try #require(try reader.next())
        #expect(read["double"] == .number(JSONNumber(mantissa: -76, scale: 2)))
        let expected: [(String, ImportValue)] = [
            ("nan", .noNumber("not a number")), ("text", .text("é")), ("list", .list([Self.whole(2), .null])), ("binary", .other("binary data")),
            ("id", .objectID("0102030405060708090a0b0c")), ("yes", .bool(true)), ("at", .moment(1_766_570_400_000)), ("int", Self.whole(-1)),
            ("long", Self.whole(1_099_511_627_776)), ("decimal", .other("a decimal of 128 bits")),
        ]
        for (name, value) in expected { #expect(read[name] == value) }
        #expect(read["object"]?["a"] == Self.whole(1))
        #expect(try reader.next() == .document([]))
        #expect(try reader.next() == nil)
    }

    @Test func everyTruncationIsRefused() {
        for length in 1..<Self.all.count {
            var reader = BSONReader(Array(Self.all.prefix(length)))
            #expect(throws: BSONReader.Failure.self, "\(length) bytes") { try reader.next() }
        }
    }

    /// No changed byte leads out of bounds: a trap would end the test.
    @Test func everyChangedByteIsReadOrRefused() {
        var refused = 0
        for place in Self.all.indices {
            for byte in [0x00, 0x01, 0x7f, 0x80, 0xff] as [UInt8] {
                var bytes = Self.all
                bytes[place] = byte
                var reader = BSONReader(bytes)
                do throws(BSONReader.Failure) { while try reader.next() != nil {} } catch { refused += 1 }
            }
        }
        #expect(refused > 200, "\(refused)")
    }

    @Test func aDocumentThatIsNestedTooDeepIsRefused() {
        var bytes = Self.document([])
        for _ in 0..<200 { bytes = Self.document(Self.member(0x03, "a", bytes)) }
        var reader = BSONReader(bytes)
        #expect(throws: BSONReader.Failure.self) { try reader.next() }
    }

    @Test func moneyIsRoundedHalfAwayFromZero() {
        func cents(_ mantissa: Int64, _ scale: Int) -> Int64? { FieldRule.units(JSONNumber(mantissa: mantissa, scale: scale), digits: 2)?.0 }
        let known: [(mantissa: Int64, scale: Int, cents: Int64)] = [
            (742, 2, 742), (7, 0, 700), (-76, 2, -76), (12_345, 4, 123), (1_235, 3, 124), (-1_235, 3, -124), (-12_349, 4, -123),
        ]
        for one in known { #expect(cents(one.mantissa, one.scale) == one.cents) }
        #expect(FieldRule.units(JSONNumber(mantissa: .max, scale: 0), digits: 2) == nil)
    }
}
