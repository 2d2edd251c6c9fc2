import PlainJSON
import TradingModel

/// What a field of a collection must be, and what holds when it is absent. Absent and null are alike there.
struct FieldRule: Sendable {
    enum Kind: Sendable {
        case text
        /// Text of these words only.
        case words([String])
        /// 24 hexadecimal digits, as text or as an object id.
        case id
        case number(least: Int64?)
        /// A whole number from 0.
        case count
        /// 0 to 100; decimals after the second are cut off.
        case percent
        /// Kept with the decimals of the account's currency; more are rounded, half away from zero, and counted.
        case money(least: Int64?)
        /// The same from 0, with more decimals cut off: that system bought the whole part of what it stored.
        case stake
        /// A name as the broker has them.
        case symbol
        case symbols
        /// Names of sources or strategies.
        case labels
        case currency
        case flag
        /// A date of 2000 to 2099. One that is further off is a mistake, and figures go day by day.
        case moment
        /// When something ends: until the year 9999, which stands for never.
        case end
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
    /// Texts whose control characters became blanks.
    private(set) var cleaned: [String] = []
    /// Secrets in the clear that stood in it; they are not among the values.
    private(set) var plainSecrets: [String] = []
    /// Fields that no rule names.
    private(set) var unknown: [String] = []
    /// Lists that are there and empty.
    private(set) var empty: [String] = []
    /// Decimals of its amounts.
    let digits: Int

    /// Why it is refused: the field and what was expected, never its value.
    struct Refusal: Error, Hashable, CustomStringConvertible {
        let field: String
        let expected: String
        var description: String { "\(field): expected \(expected)" }
    }

    init(_ document: ImportValue, _ rules: [FieldRule], digits: Int, prefix: String = "") throws(Refusal) {
        self.digits = digits
        guard case .document(let members) = document else { throw Refusal(field: prefix.isEmpty ? "document" : prefix, expected: "an object") }
        for rule in rules {
            let name = prefix + rule.name
            guard let value = document[rule.name]?.ifAny else {
                switch rule.absent {
                case .refused: throw Refusal(field: name, expected: "\(rule.kind.expected(digits)), and it is absent")
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
    /// In minor units.
    func units(_ name: String) -> Int64? { number(name)?.units(digits: digits) }
    func basisPoints(_ name: String) -> Int64? { number(name).map { FieldRule.cut($0, digits: 2) } }
    func flag(_ name: String) -> Bool { self[name] == .bool(true) }
    func texts(_ name: String) -> [String] {
        guard case .list(let list)? = self[name] else { return [] }
        return list.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    private mutating func take(_ value: ImportValue, _ rule: FieldRule, _ name: String) throws(Refusal) {
        let refusal = Refusal(field: name, expected: rule.kind.expected(digits) + ", found " + value.kindName)
        func refused() -> Refusal { Refusal(field: name, expected: rule.kind.expected(digits)) }
        func list(_ isOne: (String) -> Bool) throws(Refusal) {
            guard case .list(let elements) = value else { throw refusal }
            guard elements.count <= SignalCriteria.listLongest else { throw refused() }
            for element in elements {
                guard case .text(let text) = element, isOne(text) else { throw refused() }
            }
            if elements.isEmpty { empty.append(name) }
            values.append(ImportMember(name, value))
        }
        switch (rule.kind, value) {
        case (.text, .text(let text)):
            let clean = FieldRule.clean(text)
            if clean != text { cleaned.append(name) }
            values.append(ImportMember(name, .text(clean)))
        case (.moment, .moment(let moment)):
            guard FieldRule.moments.contains(moment) else { throw refused() }
            values.append(ImportMember(name, value))
        case (.end, .moment(let moment)):
            guard FieldRule.ends.contains(moment) else { throw refused() }
            values.append(ImportMember(name, value))
        case (.flag, .bool), (.sealed, .text), (.sealed, .document): values.append(ImportMember(name, value))
        case (.anything, _): break
        case (.words(let words), .text(let text)):
            guard words.contains(text) else { throw refusal }
            values.append(ImportMember(name, value))
        case (.id, .objectID(let id)): values.append(ImportMember(name, .text(id)))
        case (.id, .text(let id)):
            guard id.utf8.count == 24, id.allSatisfy(\.isHexDigit) else { throw refusal }
            values.append(ImportMember(name, .text(id.lowercased())))
        case (.number(let least), .number(let number)):
            if let least, number.mantissa < 0, least >= 0 { throw refused() }
            values.append(ImportMember(name, value))
        case (.money(let least), .number(let number)):
            guard let (units, isExact) = FieldRule.units(number, digits: digits), units.magnitude <= Money.most, units >= (least ?? .min) else {
                throw refused()
            }
            if !isExact { rounded.append(name) }
            values.append(ImportMember(name, .number(JSONNumber(mantissa: units, scale: digits))))
        case (.stake, .number(let number)):
            guard number.mantissa >= 0, FieldRule.units(number, digits: digits) != nil else { throw refused() }
            let units = FieldRule.cut(number, digits: digits)
            guard units <= Money.most else { throw refused() }
            values.append(ImportMember(name, .number(JSONNumber(mantissa: units, scale: digits))))
        case (.count, .number(let number)):
            guard let whole = number.integer, (0...1_000_000_000).contains(whole) else { throw refused() }
            values.append(ImportMember(name, .number(JSONNumber(mantissa: whole, scale: 0))))
        case (.percent, .number(let number)):
            guard number.mantissa >= 0, FieldRule.units(number, digits: 2) != nil, FieldRule.cut(number, digits: 2) <= 10_000 else { throw refused() }
            values.append(ImportMember(name, value))
        case (.symbol, .text(let text)):
            guard Symbol(text) != nil else { throw refused() }
            values.append(ImportMember(name, value))
        case (.currency, .text(let text)):
            guard Currency.named(text) != nil else { throw refused() }
            values.append(ImportMember(name, value))
        case (.symbols, .list): try list { Symbol($0) != nil }
        case (.labels, .list): try list { Label($0) != nil }
        case (.texts, .list(let list)):
            for case let element in list {
                guard case .text(let text) = element else { throw refusal }
                guard FieldRule.clean(text) == text else { throw refused() }
            }
            values.append(ImportMember(name, value))
        case (.object(let rules), .document):
            let inner = try CheckedDocument(value, rules, digits: digits, prefix: name + ".")
            values += inner.values
            defaulted += inner.defaulted
            rounded += inner.rounded
            cleaned += inner.cleaned
            plainSecrets += inner.plainSecrets
            unknown += inner.unknown
            empty += inner.empty
        case (.plainSecret, _): plainSecrets.append(name)
        default: throw refusal
        }
    }
}

extension FieldRule {
    /// Milliseconds since 1970.
    static let moments: Range<Int64> = 946_684_800_000..<4_102_444_800_000
    static let ends: ClosedRange<Int64> = 946_684_800_000...253_402_300_799_999

    /// With a blank for each control character: they would end a line of a log, and U+0000 a text of the database.
    static func clean(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }

    /// The whole number of units of `10^-digits` towards zero. The number is one that `units` takes.
    static func cut(_ number: JSONNumber, digits: Int) -> Int64 {
        number.units(digits: digits) ?? number.mantissa / JSONNumber.powerOfTen(number.scale - digits)
    }

    /// The nearest whole number of units of `10^-digits`, half away from zero, and whether nothing was lost.
    static func units(_ number: JSONNumber, digits: Int) -> (Int64, Bool)? {
        if let exact = number.units(digits: digits) { return (exact, true) }
        guard number.scale > digits else { return nil }
        let divisor = JSONNumber.powerOfTen(number.scale - digits), (whole, rest) = number.mantissa.quotientAndRemainder(dividingBy: divisor)
        return (rest.magnitude >= (divisor / 2).magnitude ? whole + rest.signum() : whole, false)
    }
}

extension FieldRule.Kind {
    /// `digits`: decimals of amounts.
    func expected(_ digits: Int) -> String {
        switch self {
        case .text: "text"
        case .words(let words): words.joined(separator: ", ")
        case .id: "an id of 24 hexadecimal digits"
        case .number(let least): least == 0 ? "a number from 0" : "a number"
        case .count: "a whole number from 0 to 10^9"
        case .percent: "a percentage from 0 to 100"
        case .money(let least): least == 0 ? "an amount from 0 to 10^\(12 - digits)" : "an amount within 10^\(12 - digits)"
        case .stake: "an amount from 0 to 10^\(12 - digits)"
        case .symbol: "a symbol of 2 to 16 letters, digits and underscores"
        case .symbols: "a list of at most 64 symbols of 2 to 16 letters, digits and underscores"
        case .labels: "a list of at most 64 names of 1 to 32 bytes"
        case .currency: "a currency of 2 to 7 capital letters"
        case .flag: "true or false"
        case .moment: "a date of the years 2000 to 2099"
        case .end: "a date of the years 2000 to 9999"
        case .texts: "a list of texts without control characters"
        case .object: "an object"
        case .sealed: "a sealed token"
        case .plainSecret: "a secret"
        case .anything: "anything"
        }
    }
}
