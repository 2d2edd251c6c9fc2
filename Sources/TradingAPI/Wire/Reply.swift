// What a handler gives back, before it meets HTTP.

import Hummingbird
import PlainJSON
import TradingModel

struct Reply: Sendable {
    enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Written for as long as the client listens.
        case stream(@Sendable (inout any ResponseBodyWriter) async throws -> Void)
    }

    var status: HTTPResponse.Status
    var headers: HTTPFields = [:]
    var body: Body

    static func json(_ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], _ write: (inout JSONWriter) -> Void) -> Reply {
        var json = JSONWriter(capacity: 1_024)
        write(&json)
        return .json(status, headers: headers, bytes: json.bytes)
    }

    static func json(_ status: HTTPResponse.Status, headers: HTTPFields = [:], bytes: [UInt8]) -> Reply {
        var headers = headers
        headers[.contentType] = "application/json"
        return Reply(status: status, headers: headers, body: .bytes(bytes))
    }

    /// A page of rows, as every list answers.
    static func page<Row>(_ rows: [Row], next: String?, _ write: (inout JSONWriter, Row) -> Void) -> Reply {
        json { json in
            json.object { json in
                json.memberArray("items") { json in for row in rows { write(&json, row) } }
                json.member("next", ifAny: next)
            }
        }
    }

    static let noContent = Reply(status: .noContent, body: .none)

    var bytes: [UInt8] { if case .bytes(let bytes) = body { bytes } else { [] } }
}

// How the nouns look on the wire: amounts as decimal text with the currency beside them, percent as numbers with two
// decimals, moments in ISO 8601.
extension JSONWriter {
    mutating func member(_ name: StaticString, ifAny text: String?) {
        if let text { member(name, text) } else { nullMember(name) }
    }
    mutating func member(_ name: StaticString, _ amount: Money) { member(name, textOfUnits: amount.minorUnits, scale: amount.currency.exponent) }
    mutating func member(_ name: StaticString, ifAny amount: Money?) {
        if let amount { member(name, amount) } else { nullMember(name) }
    }
    mutating func member(_ name: StaticString, _ moment: Timestamp) { member(name, moment.description) }
    mutating func member(_ name: StaticString, ifAny integer: (some BinaryInteger)?) {
        if let integer { member(name, integer) } else { nullMember(name) }
    }
    mutating func member(_ name: StaticString, percentOf basisPoints: Int64?) {
        if let basisPoints { member(name, units: basisPoints, scale: 2) } else { nullMember(name) }
    }
    mutating func memberTexts(_ name: StaticString, _ texts: some Sequence<String>) {
        memberArray(name) { json in for text in texts { json.value(text) } }
    }
}
