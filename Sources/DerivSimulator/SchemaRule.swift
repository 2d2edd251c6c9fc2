import PlainJSON

/// What one value of a request must look like: the part of JSON schema that Deriv's send schemas use.
indirect enum SchemaRule: Sendable {
    case integer(ClosedRange<Int64>)
    case integers([Int64])
    case number(ClosedRange<Int64>)
    case words([String])
    case text(TextShape)
    case list(SchemaRule, most: Int = .max)
    case null
    case either(SchemaRule, SchemaRule)
    case object([String: SchemaRule], required: [String])
    case anyObject

    static let one = SchemaRule.integer(1...1)
    static let flag = SchemaRule.integer(0...1)
    static let anyInteger = SchemaRule.integer(.min ... .max)
    static let anyNumber = SchemaRule.number(.min ... .max)
    static let epoch = SchemaRule.integer(0...9_999_999_999)

    /// Why `value` breaks the rule, or nil when it keeps it.
    func complaint(about value: JSONValue) -> String? {
        switch self {
        case .integer(let range):
            guard let number = value.integer else { return "Expected integer - got \(value.kindName)." }
            return range.contains(number) ? nil : "\(number) is not in \(range.lowerBound)...\(range.upperBound)."
        case .integers(let allowed):
            guard let number = value.integer else { return "Expected integer - got \(value.kindName)." }
            return allowed.contains(number) ? nil : "Not in enum list."
        case .number(let range):
            guard let number = value.number else { return "Expected number - got \(value.kindName)." }
            let unit = JSONNumber.powerOfTen(number.scale), whole = number.mantissa / unit, rest = number.mantissa % unit
            let below = whole < range.lowerBound || (whole == range.lowerBound && rest < 0)
            let above = whole > range.upperBound || (whole == range.upperBound && rest > 0)
            return below ? "Less than minimum(\(range.lowerBound))." : above ? "More than maximum(\(range.upperBound))." : nil
        case .words(let allowed):
            guard let text = value.string else { return "Expected string - got \(value.kindName)." }
            return allowed.contains(text) ? nil : "Not in enum list."
        case .text(let shape):
            guard let text = value.string else { return "Expected string - got \(value.kindName)." }
            return shape.matches(text) ? nil : "String does not match."
        case .null: return value == .null ? nil : "Expected null - got \(value.kindName)."
        case .list(let rule, let most):
            guard let elements = value.array else { return "Expected array - got \(value.kindName)." }
            guard elements.count <= most else { return "Too many items (\(elements.count)/\(most))." }
            return elements.lazy.compactMap(rule.complaint).first
        case .either(let first, let second):
            guard let complaint = first.complaint(about: value) else { return nil }
            return second.complaint(about: value) == nil ? nil : complaint
        case .object(let rules, let required):
            return SchemaRule.complaints(about: value, rules, required: required).first.map { "\($0.field): \($0.reason)" }
        case .anyObject:
            return value.members == nil ? "Expected object - got \(value.kindName)." : nil
        }
    }

    /// Everything wrong with a closed object, by field, in the order of its members.
    static func complaints(about value: JSONValue, _ rules: [String: SchemaRule], required: [String]) -> [(field: String, reason: String)] {
        guard let members = value.members else { return [("", "Expected object - got \(value.kindName).")] }
        var complaints: [(field: String, reason: String)] = members.compactMap { member in
            guard let rule = rules[member.key] else { return (member.key, "Properties not allowed.") }
            return rule.complaint(about: member.value).map { (member.key, $0) }
        }
        for key in required where value[key] == nil { complaints.append((key, "Missing property.")) }
        return complaints
    }
}

/// The patterns of the send schemas.
enum TextShape: Sendable {
    /// `^\w{2,30}$`
    case symbol
    /// `^[\w\-]{1,128}$`
    case token
    /// `^[\w-]{32,128}$`
    case identifier
    /// the same, or `1`
    case identifierOrOne
    /// `^[A-Za-z]+[0-9]+$`
    case login
    /// `^(current|all|[A-Z]{2,4}[0-9]{1,10})$`
    case balanceAccount
    /// `^[a-zA-Z0-9]{2,20}$`
    case currency
    /// `^[+-]?[0-9]+\.?[0-9]*$`, 1 to 20 characters
    case barrier
    /// `^(latest|[0-9]{1,10})$`
    case end
    /// an epoch or `yyyy-mm-dd`
    case date
    /// `^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|today)$`
    case tradingDay
    /// `^\w+$`
    case word

    func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        func all(_ range: ClosedRange<Int>, _ test: (UInt8) -> Bool) -> Bool { range.contains(bytes.count) && bytes.allSatisfy(test) }
        func digit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
        func letter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
        func word(_ byte: UInt8) -> Bool { digit(byte) || letter(byte) || byte == 0x5f }
        switch self {
        case .symbol: return all(2...30, word)
        case .token: return all(1...128) { word($0) || $0 == 0x2d }
        case .identifier: return all(32...128) { word($0) || $0 == 0x2d }
        case .identifierOrOne: return text == "1" || all(32...128) { word($0) || $0 == 0x2d }
        case .login:
            let letters = bytes.prefix(while: letter).count
            return letters > 0 && letters < bytes.count && bytes[letters...].allSatisfy(digit)
        case .balanceAccount:
            return text == "current" || text == "all" || (TextShape.login.matches(text) && text.uppercased() == text && bytes.count <= 14)
        case .currency: return all(2...20) { digit($0) || letter($0) }
        case .barrier:
            let unsigned = bytes.first == 0x2b || bytes.first == 0x2d ? bytes.dropFirst() : bytes[...]
            let parts = unsigned.split(separator: 0x2e, maxSplits: 1, omittingEmptySubsequences: false)
            return (1...20).contains(bytes.count) && !parts[0].isEmpty && parts.allSatisfy { $0.allSatisfy(digit) }
        case .end: return text == "latest" || all(1...10, digit)
        case .date:
            let parts = text.split(separator: "-", omittingEmptySubsequences: false).compactMap { Int($0) }
            return all(1...10, digit)
                || (all(8...10) { digit($0) || $0 == 0x2d } && parts.count == 3 && (1...12).contains(parts[1]) && (1...31).contains(parts[2]))
        case .tradingDay:
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            return text == "today"
                || (parts.count == 3 && parts[0].count == 4 && parts.dropFirst().allSatisfy { (1...2).contains($0.count) }
                    && parts.allSatisfy { $0.utf8.allSatisfy(digit) })
        case .word: return all(1...1_000, word)
        }
    }
}
