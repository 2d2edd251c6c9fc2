import PlainJSON
public import TradingEngine

/// Facts as the journal keeps them: a stable word for the kind and a JSON object with its version. A journal is read for
/// as long as it exists, so a word or a member that was written once keeps its meaning; another shape is another version.
///
///     FactCoding.encode(.lookUpEnded(walkedTo: booking))     // ("look_up_ended", {"v":1,"walked_to":81})
///
/// Members are left out when there is no value. Money is minor units with code and exponent of its currency, moments are
/// milliseconds since 1970 in broker time, a whole number too long for the reader of JSON is text.
public enum FactCoding {
    /// The version that is written; every one that was ever written is read.
    public static let version: Int64 = 1

    public static func encode(_ event: Fact.Event) -> (kind: String, body: [UInt8]) {
        var json = JSONWriter(capacity: 320)
        json.object { json in
            json.member("v", version)
            write(event, to: &json)
        }
        return (kind(of: event).rawValue, json.bytes)
    }

    /// `sequence` is the fact's place in the journal, for the error's sake.
    public static func decode(kind: String, body: some Sequence<UInt8>, sequence: Int64) throws(FactCodingError) -> Fact.Event {
        guard let known = FactKind(rawValue: kind) else { throw FactCodingError(sequence: sequence, kind: kind, reason: .unknownKind) }
        let json: JSONValue
        do { json = try JSONValue.parse(body) } catch { throw FactCodingError(sequence: sequence, kind: kind, reason: .notJSON("\(error)")) }
        guard json["v"]?.integer == version else {
            throw FactCodingError(sequence: sequence, kind: kind, reason: .unknownVersion(json["v"]?.integer))
        }
        do { return try read(known, FactFields(json)) } catch {
            throw FactCodingError(sequence: sequence, kind: kind, reason: .member(error.path, expected: error.expected))
        }
    }
}

/// A row of the journal that this program cannot read: written by a newer one, or damaged. Nothing is skipped over it.
public struct FactCodingError: Error, Hashable, Sendable {
    public var sequence: Int64
    public var kind: String
    public var reason: Reason
    public init(sequence: Int64, kind: String, reason: Reason) { (self.sequence, self.kind, self.reason) = (sequence, kind, reason) }

    public enum Reason: Hashable, Sendable {
        case unknownKind
        /// Nil: the body names none.
        case unknownVersion(Int64?)
        case notJSON(String)
        /// A member is missing or no such value.
        case member(String, expected: String)
    }
}

extension FactCodingError: CustomStringConvertible {
    public var description: String {
        let fact = "fact \(sequence) of the journal (\(kind))"
        return switch reason {
        case .unknownKind: "\(fact): this program does not know the kind; was the journal written by a newer one?"
        case .unknownVersion(let version?): "\(fact): version \(version), expected \(FactCoding.version); was the journal written by a newer program?"
        case .unknownVersion(nil): "\(fact): no version, expected \(FactCoding.version)"
        case .notJSON(let error): "\(fact): not the JSON that was expected: \(error)"
        case .member(let path, let expected): "\(fact): \(path): expected \(expected)"
        }
    }
}
