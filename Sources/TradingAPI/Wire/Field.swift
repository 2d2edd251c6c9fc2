// One value of a request with its name: every "no" about it can say which field it was, what stood there and what was
// expected.

import PlainJSON
import TradingModel

/// A member of the body or a parameter of the query. Reading it as something it is not throws a `Problem` that names it.
struct Field: Sendable {
    /// `limits.drawdown`
    let path: String
    /// Nil when it is absent.
    let value: JSONValue?
    /// Query parameters are text: a number is read from its digits there.
    var isText = false

    /// Nil when it is absent or null.
    var ifGiven: Field? {
        switch value {
        case nil, .null?: nil
        case .bool?, .number?, .string?, .array?, .object?: self
        }
    }

    func wrong(_ expected: String) -> Problem {
        guard let value else { return Problem(.missingField, "\(path) is missing; expected \(expected)", field: path) }
        return Problem(.invalidField, "\(path) is \(Field.shown(value)); expected \(expected)", field: path)
    }

    private static func shown(_ value: JSONValue) -> String {
        switch value {
        case .number(let number): Decimals.text(number.mantissa, decimals: number.scale)
        case .string(let text): text.utf8.count <= 64 ? "\"\(text)\"" : "a text of \(text.utf8.count) bytes"
        case .bool(let flag): "\(flag)"
        case .null, .array, .object: value.kindName
        }
    }

    // MARK: Plain values

    func text(_ expected: String = "text") throws(Problem) -> String {
        guard let text = value?.string else { throw wrong(expected) }
        return text
    }

    func flag() throws(Problem) -> Bool {
        guard let flag = value?.bool else { throw wrong("true or false") }
        return flag
    }

    func integer(_ range: ClosedRange<Int64>) throws(Problem) -> Int64 {
        let integer = isText ? value?.string.flatMap { Decimals.units($0, decimals: 0) } : value?.integer
        guard let integer, range.contains(integer) else { throw wrong("a whole number from \(range.lowerBound) to \(range.upperBound)") }
        return integer
    }

    func word<Word>(_ words: [(String, Word)]) throws(Problem) -> Word {
        guard let text = value?.string, let found = words.first(where: { $0.0 == text }) else {
            throw wrong("one of \(words.map(\.0).joined(separator: ", "))")
        }
        return found.1
    }

    // MARK: Nouns

    func label() throws(Problem) -> Label {
        guard let label = value?.string.flatMap({ Label($0) }) else { throw wrong("a text of 1 to 32 bytes without control characters or outer spaces") }
        return label
    }

    func symbol() throws(Problem) -> Symbol {
        guard let symbol = value?.string.flatMap({ Symbol($0) }) else { throw wrong("a symbol of 2 to 16 letters, digits and _") }
        return symbol
    }

    func kind() throws(Problem) -> ContractKind { try word(ContractKind.allCases.map { ($0.name, $0) }) }

    func duration() throws(Problem) -> ContractDuration {
        guard let text = value?.string, let first = text.utf8.first, (0x31...0x39).contains(first), text.utf8.count <= 8,
            let duration = ContractDuration(text: text)
        else {
            throw wrong("a duration such as 5t, 15s, 2m, 1h or 1d")
        }
        return duration
    }

    func moment() throws(Problem) -> Timestamp {
        guard let moment = value?.string.flatMap({ Timestamp(iso8601: $0) }) else { throw wrong("a moment such as 2026-11-22T10:15:30Z") }
        return moment
    }

    func signal() throws(Problem) -> SignalID {
        guard let id = value?.string.flatMap({ SignalID($0) }) else { throw wrong("32 hexadecimal digits") }
        return id
    }

    /// An amount as text or as a number, of a currency that is known from elsewhere.
    func money(_ currency: Currency, atLeast least: Int64) throws(Problem) -> Money {
        let units: Int64? =
            switch value {
            case .string(let text): Decimals.units(text, decimals: currency.exponent)
            case .number(let number): number.units(digits: currency.exponent)
            case .null, .bool, .array, .object, nil: nil
            }
        guard let units, (least...Money.most).contains(units) else {
            let bounds = (Decimals.text(least, decimals: currency.exponent), Decimals.text(Money.most, decimals: currency.exponent))
            throw wrong("an amount from \(bounds.0) to \(bounds.1) \(currency.code) with at most \(currency.exponent) decimals")
        }
        return Money(minorUnits: units, currency: currency)
    }

    /// Percent with at most two decimals, as basis points.
    func percent(atLeast least: Int64) throws(Problem) -> Int64 { try percent(least...10_000) }

    /// Percent within these bounds, as basis points.
    func percent(_ range: ClosedRange<Int64>) throws(Problem) -> Int64 {
        guard let units = value?.number?.units(digits: 2), range.contains(units) else {
            let most = Decimals.text(range.upperBound, decimals: 2)
            throw wrong(
                "percent from \(Decimals.text(range.lowerBound, decimals: 2)) to \(most.hasSuffix(".00") ? String(most.dropLast(3)) : most) with at most two decimals"
            )
        }
        return units
    }

    // MARK: Structure

    /// The members of an object, none but these.
    func object(_ names: Set<String>) throws(Problem) -> Fields {
        guard let members = value?.members else { throw wrong("an object") }
        return try Fields(members, path: path, only: names)
    }

    /// The members of an object with names that the caller chooses.
    func members(atMost most: Int) throws(Problem) -> [(name: String, field: Field)] {
        guard let members = value?.members, members.count <= most else { throw wrong("an object of at most \(most) members") }
        return members.map { ($0.key, Field(path: "\(path).\($0.key)", value: $0.value)) }
    }

    func elements(atMost most: Int) throws(Problem) -> [Field] {
        guard let elements = value?.array, elements.count <= most else { throw wrong("a list of at most \(most)") }
        return elements.enumerated().map { Field(path: "\(path)[\($0)]", value: $1) }
    }

    /// A list in which each value stands once.
    func list<Element: Hashable>(atMost most: Int, _ read: (Field) throws(Problem) -> Element) throws(Problem) -> [Element] {
        var seen: Set<Element> = [], list: [Element] = []
        for field in try elements(atMost: most) {
            let element = try read(field)
            guard seen.insert(element).inserted else { throw field.wrong("each value once") }
            list.append(element)
        }
        return list
    }
}

/// The members of an object or the parameters of a query, all of them known by name.
struct Fields: Sendable {
    private let path: String
    private let members: [JSONMember]
    private let isText: Bool

    init(_ members: [JSONMember], path: String = "", only names: Set<String>, isText: Bool = false) throws(Problem) {
        (self.path, self.members, self.isText) = (path, members, isText)
        for member in members where !names.contains(member.key) {
            let field = self[member.key].path
            throw Problem(
                .unknownField, "\(field.prefix(128)) is not known; expected \(names.isEmpty ? "nothing" : names.sorted().joined(separator: ", "))",
                field: String(field.prefix(128)))
        }
    }

    subscript(_ name: String) -> Field {
        Field(path: path.isEmpty ? name : "\(path).\(name)", value: members.first { $0.key == name }?.value, isText: isText)
    }
}
