import PlainJSON

/// What every answer and every stream message repeats of the request it belongs to, written once.
struct Origin: Sendable {
    /// The request as received, secrets masked.
    let echo: [UInt8]
    private let requestID: [UInt8]?
    private let passthrough: [UInt8]?

    /// The origin of a text that was no JSON object.
    static let nothing = Origin(.object([]))

    /// `opaque` is the text of the member `passthrough` where the tree of the request could not hold it.
    init(_ request: JSONValue, opaque: [UInt8]? = nil) {
        func bytes(_ value: JSONValue) -> [UInt8] {
            var json = JSONWriter()
            json.value(value)
            return json.bytes
        }
        echo = Origin.echo(Origin.masked(request), opaque)
        requestID = request["req_id"].flatMap { $0.integer == nil ? nil : bytes($0) }
        passthrough = opaque ?? request["passthrough"].flatMap { $0.members == nil ? nil : bytes($0) }
    }

    private static func echo(_ masked: JSONValue, _ opaque: [UInt8]?) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            for member in masked.members ?? [] {
                json.key(text: member.key)
                if member.key == "passthrough", let opaque { json.raw(opaque) } else { json.value(member.value) }
            }
        }
        return json.bytes
    }

    /// Tokens never leave, neither in an echo nor into a log.
    private static func masked(_ request: JSONValue) -> JSONValue {
        guard let members = request.members else { return .object([]) }
        return .object(
            members.map { member in
                switch (secrets.contains(member.key), member.value) {
                case (false, _): member
                case (true, .array(let values)): JSONMember(member.key, .array(values.map { _ in hidden }))
                case (true, _): JSONMember(member.key, hidden)
                }
            })
    }
    private static let hidden = JSONValue.string("<not shown>")
    /// The members in which Deriv's calls carry tokens, those of calls that are not answered here among them.
    private static let secrets: Set<String> = [
        "authorize", "tokens", "token", "copy_start", "copy_stop", "connect_copy", "delete_token", "oauth_token", "access_token", "refresh_token",
    ]

    /// A message about this request. `payload` writes the value under the key `type`, `also` further root members.
    func message(_ type: String, subscription: String? = nil, also: (inout JSONWriter) -> Void = { _ in }, payload: (inout JSONWriter) -> Void) -> [UInt8] {
        envelope(type, subscription: subscription) { json in
            json.key(text: type)
            payload(&json)
            also(&json)
        }
    }

    func message(_ type: String, refusing error: V3Error) -> [UInt8] {
        envelope(type, subscription: nil) { json in
            json.memberObject("error") { json in
                json.member("code", error.code)
                json.member("message", error.message)
                guard !error.details.isEmpty else { return }
                json.memberObject("details") { json in
                    for detail in error.details { json.key(text: detail.key); json.value(detail.value) }
                }
            }
        }
    }

    private func envelope(_ type: String, subscription: String?, _ content: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(capacity: 256 + echo.count)
        json.object { json in
            json.key("echo_req")
            json.raw(echo)
            content(&json)
            json.member("msg_type", type)
            if let requestID { json.key("req_id"); json.raw(requestID) }
            if let passthrough { json.key("passthrough"); json.raw(passthrough) }
            if let subscription { json.memberObject("subscription") { $0.member("id", subscription) } }
        }
        return json.bytes
    }
}

/// The `error` of an answer. Clients decide on the code; the message is our own wording.
struct V3Error: Error {
    let code: String
    let message: String
    var details: [(key: String, value: String)] = []

    init(_ code: String, _ message: String, details: [(key: String, value: String)] = []) {
        (self.code, self.message, self.details) = (code, message, details)
    }
    init(_ code: String, _ message: String, field: String) { self.init(code, message, details: [("field", field)]) }
}

/// One request that keeps to its schema.
struct Request {
    let call: Call
    let value: JSONValue
    let origin: Origin

    var wantsStream: Bool { value["subscribe"]?.integer == 1 }

    /// A request is repeated in its answer, up to twice, and on every message of its stream: past this it is refused
    /// without an echo, so that answers stay below a mebibyte.
    static let longestText = 64 << 10

    /// Reads a frame's text. On failure the answer's `msg_type` comes with the error.
    static func parse(_ text: [UInt8]) -> Result<Request, Unreadable> {
        guard text.count <= longestText else {
            return .failure(
                Unreadable(origin: .nothing, type: "sanity_check", error: V3Error("SanityCheckFailed", "The request is longer than \(longestText) bytes.")))
        }
        let value: JSONValue, origin: Origin
        if let whole = try? JSONValue.parse(text), whole.members != nil {
            (value, origin) = (whole, Origin(whole))
        } else if let raw = RawMembers(text), let opaque = raw["passthrough"].map(Array.init), opaque.first == 0x7b,
            let rest = raw.emptying("passthrough").flatMap({ try? JSONValue.parse($0) })
        {
            // What a client attached for itself comes back as it came; nothing here need understand it.
            (value, origin) = (rest, Origin(rest, opaque: opaque))
        } else {
            return .failure(Unreadable(origin: unread(text), type: "error", error: V3Error("BadRequest", "The request is not a JSON object.")))
        }
        if let field = SanityCheck.failure(in: value) {
            return .failure(
                Unreadable(
                    origin: origin, type: "sanity_check", error: V3Error("SanityCheckFailed", "Parameters have characters that are refused.", field: field)))
        }
        guard let call = Call.allCases.first(where: { value[$0.rawValue] != nil }) else {
            return .failure(Unreadable(origin: origin, type: "error", error: V3Error("UnrecognisedRequest", "No call of this name is known here.")))
        }
        let complaints = SchemaRule.complaints(about: value, call.rules, required: call.required)
        guard complaints.isEmpty else {
            let fields = complaints.map(\.field).joined(separator: ", ")
            let error = V3Error("InputValidationFailed", "Input validation failed: \(fields)", details: complaints.map { (key: $0.field, value: $0.reason) })
            return .failure(Unreadable(origin: origin, type: call.messageType, error: error))
        }
        return .success(Request(call: call, value: value, origin: origin))
    }

    /// What can be told of a text that is not read: its number and what was attached to it, so that whoever waits for the
    /// answer finds it.
    private static func unread(_ text: [UInt8]) -> Origin {
        guard let raw = RawMembers(text) else { return .nothing }
        let number = raw["req_id"].flatMap { try? JSONValue.parse($0) }, opaque = raw["passthrough"].map(Array.init)
        let isObject = opaque?.first == 0x7b
        return Origin(
            .object((number?.integer == nil ? [] : [JSONMember("req_id", number!)]) + (isObject ? [JSONMember("passthrough", .object([]))] : [])),
            opaque: isObject ? opaque : nil)
    }

    struct Unreadable: Error {
        let origin: Origin
        let type: String
        let error: V3Error
    }
}
