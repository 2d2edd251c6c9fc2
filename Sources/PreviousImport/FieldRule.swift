import PlainJSON

/// What a field of a collection must be, and what holds when it is absent. Absent and null are alike there.
struct FieldRule: Sendable {
    enum Kind: Sendable {
        case text
        /// Text of these words only.
        case words([String])
        /// 24 hexadecimal digits, as text or as an object id.
        case id
        case number(least: Int64?)
        /// Kept in hundredths; more decimals are rounded, half away from zero, and counted.
        case money(least: Int64?)
        case flag
        case moment
        case texts
        case object([FieldRule])
        /// A sealed token: text, or an object with `data`.
        case sealed
        /// A secret in the clear: it is never read on.
        case plainSecret
        case anything
    }

    /// What follows when it is absent.
    enum Absent: Sendable {
        /// The document is refused.
        case refused
        /// It stays absent: that says something by itself.
        case left
        /// It counts as this value, which is counted as defaulted.
        case preset(ImportValue)
    }

    let name: String
    let kind: Kind
    let absent: Absent

    static func required(_ name: String, _ kind: Kind) -> FieldRule { FieldRule(name: name, kind: kind, absent: .refused) }
    static func optional(_ name: String, _ kind: Kind) -> FieldRule { FieldRule(name: name, kind: kind, absent: .left) }
    static func zero(_ name: String, _ kind: Kind) -> FieldRule {
        FieldRule(name: name, kind: kind, absent: .preset(.number(JSONNumber(mantissa: 0, scale: 0))))
    }
    static func preset(_ name: String, _ kind: Kind, _ value: ImportValue) -> FieldRule { FieldRule(name: name, kind: kind, absent: .preset(value)) }
}

/// A document that went through its collection's rules: every field is of its kind or absent.
struct CheckedDocument {
    private(set) var values: [ImportMember] = []
    /// Full names, `riskSettings.riskPerTrade`.
    private(set) var defaulted: [String] = []
    private(set) var rounded: [String] = []
    /// Secrets in the clear that stood in it; they are not among the values.
    private(set) var plainSecrets: [String] = []
    /// Fields that no rule names.
    private(set) var unknown: [String] = []

    /// Why it is refused: the field and what was expected, never its value.
    struct Refusal: Error, Hashable, CustomStringConvertible {
        let field: String
        let expected: String
        var description: String { "\(field): expected \(expected)" }
    }

    init(_ document: ImportValue, _ rules: [FieldRule], prefix: String = "") throws(Refusal) {
        guard case .document(let members) = document else { throw Refusal(field: prefix.isEmpty ? "document" : prefix, expected: "an object") }
        for rule in rules {
            let name = prefix + rule.name
            guard let value = document[rule.name]?.ifAny else {
                switch rule.absent {
                case .refused: throw Refusal(field: name, expected: "\(rule.kind.expected), and it is absent")
                case .left:
                    // The fields of an object that is absent have their defaults all the same.
                    if case .object = rule.kind { try take(.document([]), rule, name) }
                case .preset(let preset):
                    values.append(ImportMember(name, preset))
                    defaulted.append(name)
                }
                continue
            }
            try take(value, rule, name)
        }
        let known = Set(rules.map(\.name))
        unknown += members.filter { !known.contains($0.name) }.map { prefix + $0.name }
    }

    subscript(name: String) -> ImportValue? { values.first { $0.name == name }?.value }
    func text(_ name: String) -> String? { if case .text(let text)? = self[name] { text } else { nil } }
    func moment(_ name: String) -> Int64? { if case .moment(let moment)? = self[name] { moment } else { nil } }
    func number(_ name: String) -> JSONNumber? { if case .number(let number)? = self[name] { number } else { nil } }
    /// In hundredths.
    func cents(_ name: String) -> Int64? { number(name)?.units(digits: 2) }

    private mutating func take(_ value: ImportValue, _ rule: FieldRule, _ name: String) throws(Refusal) {
        let refusal = Refusal(field: name, expected: rule.kind.expected + ", found " + value.kindName)
        switch (rule.kind, value) {
        case (.text, .text), (.flag, .bool), (.moment, .moment), (.sealed, .text), (.sealed, .document): values.append(ImportMember(name, value))
        case (.anything, _): break
        case (.words(let words), .text(let text)):
            guard words.contains(text) else { throw refusal }
            values.append(ImportMember(name, value))
        case (.id, .objectID(let id)): values.append(ImportMember(name, .text(id)))
        case (.id, .text(let id)):
            guard id.utf8.count == 24, id.allSatisfy(\.isHexDigit) else { throw refusal }
            values.append(ImportMember(name, .text(id.lowercased())))
        case (.number(let least), .number(let number)):
            if let least, number.mantissa < 0, least >= 0 { throw Refusal(field: name, expected: rule.kind.expected) }
            values.append(ImportMember(name, value))
        case (.money(let least), .number(let number)):
            guard let (cents, isExact) = FieldRule.cents(number), cents.magnitude <= 1_000_000_000_000, cents >= (least ?? .min) else {
                throw Refusal(field: name, expected: rule.kind.expected)
            }
            if !isExact { rounded.append(name) }
            values.append(ImportMember(name, .number(JSONNumber(mantissa: cents, scale: 2))))
        case (.texts, .list(let list)):
            for case let element in list {
                guard case .text = element else { throw refusal }
            }
            values.append(ImportMember(name, value))
        case (.object(let rules), .document):
            let inner = try CheckedDocument(value, rules, prefix: name + ".")
            values += inner.values
            defaulted += inner.defaulted
            rounded += inner.rounded
            plainSecrets += inner.plainSecrets
            unknown += inner.unknown
        case (.plainSecret, _): plainSecrets.append(name)
        default: throw refusal
        }
    }
}

extension FieldRule {
    /// The nearest whole number of hundredths, half away from zero, and whether nothing was lost.
    static func cents(_ number: JSONNumber) -> (Int64, Bool)? {
        if let exact = number.units(digits: 2) { return (exact, true) }
        guard number.scale > 2 else { return nil }
        let divisor = JSONNumber.powerOfTen(number.scale - 2), (whole, rest) = number.mantissa.quotientAndRemainder(dividingBy: divisor)
        return (rest.magnitude >= (divisor / 2).magnitude ? whole + rest.signum() : whole, false)
    }
}

extension FieldRule.Kind {
    var expected: String {
        switch self {
        case .text: "text"
        case .words(let words): words.joined(separator: ", ")
        case .id: "an id of 24 hexadecimal digits"
        case .number(let least): least == 0 ? "a number from 0" : "a number"
        case .money(let least): least == 0 ? "an amount from 0 to 10^10" : "an amount within 10^10"
        case .flag: "true or false"
        case .moment: "a date"
        case .texts: "a list of texts"
        case .object: "an object"
        case .sealed: "a sealed token"
        case .plainSecret: "a secret"
        case .anything: "anything"
        }
    }
}
