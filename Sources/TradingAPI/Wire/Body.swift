// From the bytes of a body to its fields.

import Hummingbird
import PlainJSON
import TradingModel

enum Body {
    /// The tree of a body, or a `Problem` that says where it breaks.
    static func parse(_ bytes: [UInt8]) throws(Problem) -> JSONValue {
        do {
            return try JSONValue.parse(bytes)
        } catch {
            let field = FieldLocator.path(ofFaultIn: bytes)
            let place = field.map { " in \($0)" } ?? ""
            switch error {
            case .malformed(let at): throw Problem(.malformedJSON, "it breaks at byte \(at)\(place)", field: field)
            case .numberTooLong(let at):
                throw Problem(.invalidField, "the number at byte \(at)\(place) has more digits than any value here", field: field)
            case .tooDeep(let at): throw Problem(.malformedJSON, "at byte \(at)\(place) it is nested deeper than \(JSONReader.deepest) levels", field: field)
            case .duplicateKey(let key): throw Problem(.duplicateField, "\(key.prefix(64)) stands twice in one object", field: String(key.prefix(64)))
            case .invalidUTF8(let at): throw Problem(.malformedJSON, "the text at byte \(at)\(place) is not UTF-8", field: field)
            }
        }
    }

    static func checkType(_ headers: HTTPFields) throws(Problem) {
        let parts = (headers[.contentType] ?? "").split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
        guard parts.first == "application/json", parts.dropFirst().allSatisfy({ $0 == "charset=utf-8" || $0 == "charset=\"utf-8\"" }) else {
            throw Problem(.unsupportedContentType, "expected Content-Type: application/json", field: "Content-Type")
        }
    }
}

enum Query {
    /// The parameters of a query string, each once.
    static func parse(_ text: String) throws(Problem) -> [JSONMember] {
        var members: [JSONMember] = []
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(pair[0]) else { throw Problem(.invalidField, "a parameter's name is not UTF-8", field: "query") }
            guard let value = decoded(pair.count > 1 ? pair[1] : "") else {
                throw Problem(.invalidField, "\(name.prefix(64)) is not percent-encoded UTF-8", field: String(name.prefix(64)))
            }
            guard !members.contains(where: { $0.key == name }) else {
                throw Problem(.duplicateField, "\(name.prefix(64)) stands twice", field: String(name.prefix(64)))
            }
            members.append(JSONMember(name, .string(value)))
        }
        return members
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = [], rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case 0x2b: bytes.append(0x20)
            case 0x25:
                guard rest.count >= 2, let high = rest.removeFirst().hexValue, let low = rest.removeFirst().hexValue else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
