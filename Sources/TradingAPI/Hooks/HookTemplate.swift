// How an alert's members become a signal's: the sender's names and words on one side, ours on the other.

import PlainJSON
import TradingModel

/// For each of our names where its value comes from. Without a template an alert has our names itself, and no others.
struct HookTemplate: Sendable, Hashable {
    /// What an alert may say. `id` or `barTime` tell one alert from the next; `sentAt` tells how old it is.
    enum Name: String, CaseIterable, Sendable { case symbol, kind, duration, strategy, id, barTime, sentAt }

    enum Rule: Sendable, Hashable {
        /// The same for every alert.
        case constant(String)
        /// The member at this path, and the word of ours for each of the sender's, unless they are ours already.
        case member(path: [String], words: [String: String])
    }

    /// Nil: the alert has our names.
    let rules: [Name: Rule]?

    static let plain = HookTemplate(rules: nil)

    init(rules: [Name: Rule]?) { self.rules = rules }

    /// An object with a text or `{"from": "a.b", "map": {"theirs": "ours"}}` for each name.
    init(_ field: Field) throws(Problem) {
        let names = try field.object(Set(Name.allCases.map(\.rawValue)))
        var rules: [Name: Rule] = [:]
        for name in Name.allCases {
            guard let rule = names[name.rawValue].ifGiven else { continue }
            if case .string(let text)? = rule.value {
                rules[name] = .constant(try HookTemplate.constant(text, for: name, rule))
                continue
            }
            let parts = try rule.object(["from", "map"]), from = parts["from"]
            let path = try from.text("the name of a member, points between levels").split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard (1...8).contains(path.count), path.allSatisfy({ (1...64).contains($0.utf8.count) }) else {
                throw from.wrong("1 to 8 names of 1 to 64 bytes with points between")
            }
            var words: [String: String] = [:]
            if let map = parts["map"].ifGiven {
                for (theirs, ours) in try map.members(atMost: 200) { words[theirs] = try HookTemplate.constant(try ours.text(), for: name, ours) }
                if words.isEmpty { throw map.wrong("at least one word") }
            }
            rules[name] = .member(path: path, words: words)
        }
        for name in [Name.symbol, .kind] where rules[name] == nil { throw names[name.rawValue].wrong("a text, or where it is found in an alert") }
        self.rules = rules
    }

    /// A value of ours that stands in a template must be one.
    private static func constant(_ text: String, for name: Name, _ field: Field) throws(Problem) -> String {
        switch name {
        case .symbol: _ = try field.symbol()
        case .kind: _ = try field.kind()
        case .duration: _ = try field.duration()
        case .strategy: _ = try field.label()
        case .id, .barTime, .sentAt: throw field.wrong("where it is found in an alert: it differs from alert to alert")
        }
        return text
    }

    func finds(_ name: Name) -> Bool { rules.map { $0[name] != nil } ?? true }

    /// The value of a name in an alert, under the path at which the sender wrote it.
    func field(_ name: Name, in alert: JSONValue) throws(Problem) -> Field {
        guard let rules else { return Field(path: name.rawValue, value: alert[name.rawValue]) }
        switch rules[name] {
        case nil: return Field(path: name.rawValue, value: nil)
        case .constant(let text)?: return Field(path: name.rawValue, value: .string(text))
        case .member(let path, let words)?:
            var value: JSONValue? = alert
            for key in path { value = value?[key] }
            let field = Field(path: path.joined(separator: "."), value: value)
            guard !words.isEmpty, let given = field.ifGiven else { return field }
            let expected = "one of " + words.keys.sorted().prefix(20).joined(separator: ", ")
            guard let word = given.value?.string ?? given.value?.integer.map(String.init), let ours = words[word] else { throw field.wrong(expected) }
            return Field(path: field.path, value: .string(ours))
        }
    }
}

extension JSONWriter {
    mutating func value(_ template: HookTemplate) {
        guard let rules = template.rules else { return null() }
        object { json in
            for name in HookTemplate.Name.allCases {
                guard let rule = rules[name] else { continue }
                json.key(text: name.rawValue)
                switch rule {
                case .constant(let text): json.value(text)
                case .member(let path, let words):
                    json.object { json in
                        json.member("from", path.joined(separator: "."))
                        guard !words.isEmpty else { return }
                        json.key("map")
                        json.object { json in for theirs in words.keys.sorted() { json.key(text: theirs); json.value(words[theirs]!) } }
                    }
                }
            }
        }
    }
}
