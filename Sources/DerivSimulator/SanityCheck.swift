import PlainJSON

/// What Deriv's framework looks at before it looks for a call: names are short words, texts are printable ASCII of at
/// most 300 characters. What a client attached for itself, under `passthrough`, is not looked at.
enum SanityCheck {
    /// The first member that fails, or nil.
    static func failure(in request: JSONValue) -> String? {
        for member in request.members ?? [] {
            guard isName(member.key) else { return String(member.key.prefix(50)) }
            if member.key != "passthrough", !isSane(member.value) { return member.key }
        }
        return nil
    }

    private static func isSane(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool, .number: true
        case .string(let text): text.utf8.count <= 300 && text.utf8.allSatisfy { (0x20...0x7e).contains($0) || (0x09...0x0d).contains($0) }
        case .array(let values): values.allSatisfy(isSane)
        case .object(let members): members.allSatisfy { isName($0.key) && isSane($0.value) }
        }
    }

    private static func isName(_ key: String) -> Bool {
        (1...50).contains(key.utf8.count)
            && key.utf8.allSatisfy { $0 == 0x5f || $0 == 0x2d || $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }
    }
}
