import Foundation
import PlainJSON
import PreviousImport
import TradingModel

/// The report of an import, for people and as JSON.
enum ImportText {
    /// More lines than these are counted only; JSON has them all.
    private static let mostShown = 50

    /// `stored`: how many of each collection were new; nil when nothing was to be stored.
    static func text(_ report: ImportReport, _ stored: [PreviousCollection: Int]?) -> String {
        var lines: [String] = []
        for one in report.collections {
            let taken = new(one, stored).map { "\(one.imported) taken (\($0) new, \(one.imported - $0) there already)" } ?? "\(one.imported) to be taken"
            lines.append("\(one.name), from \(one.file): \(one.read) read, \(taken), \(one.refused) refused")
            for field in one.defaulted.keys.sorted() { lines.append("  absent, has its default: \(field) \(one.defaulted[field]!)") }
            for flag in ImportFlag.allCases { if let count = one.flagged[flag] { lines.append("  to be looked at: \(flag.rawValue) \(count)") } }
        }
        if !report.notTaken.isEmpty { lines.append("not read: \(report.notTaken.joined(separator: ", "))") }
        lines += some(report.refused.map { "refused: \($0.file):\($0.place): \($0.reason)" }, "refused")
        lines += some(report.flagged.map { "look at: \($0.collection) \($0.id): \($0.flag.rawValue)" }, "to be looked at")
        for one in report.realizedProfit { lines.append("realised profit of \(one.user): \(amount(one.units, one.digits))") }
        return lines.joined(separator: "\n")
    }

    private static func some(_ lines: [String], _ what: String) -> [String] {
        lines.prefix(mostShown) + (lines.count > mostShown ? ["and \(lines.count - mostShown) more \(what); --json lists them"] : [])
    }

    private static func new(_ one: ImportReport.Collection, _ stored: [PreviousCollection: Int]?) -> Int? {
        stored.flatMap { stored in PreviousCollection(rawValue: one.name).map { stored[$0] ?? 0 } }
    }

    static func amount(_ units: Int64, _ digits: Int) -> String { Decimals.text(units, decimals: digits) }

    static func json(_ report: ImportReport, _ stored: [PreviousCollection: Int]?) -> String {
        var json = JSONWriter(capacity: 1 << 16)
        json.object { json in
            json.member("dryRun", stored == nil)
            json.memberArray("collections") { json in
                for one in report.collections {
                    json.object { json in
                        json.member("name", one.name)
                        json.member("file", one.file)
                        json.member("read", one.read)
                        json.member("imported", one.imported)
                        if let new = new(one, stored) {
                            json.member("new", new)
                            json.member("already", one.imported - new)
                        }
                        json.member("refused", one.refused)
                        json.memberObject("defaulted") { json in
                            for field in one.defaulted.keys.sorted() {
                                json.key(text: field)
                                json.value(one.defaulted[field]!)
                            }
                        }
                        json.memberObject("flagged") { json in
                            for flag in ImportFlag.allCases {
                                guard let count = one.flagged[flag] else { continue }
                                json.key(text: flag.rawValue)
                                json.value(count)
                            }
                        }
                    }
                }
            }
            json.memberArray("refused") { json in
                for one in report.refused {
                    json.object { json in
                        json.member("file", one.file)
                        json.member("place", one.place)
                        json.member("reason", one.reason)
                    }
                }
            }
            json.memberArray("flagged") { json in
                for one in report.flagged {
                    json.object { json in
                        json.member("collection", one.collection)
                        json.member("id", one.id)
                        json.member("flag", one.flag.rawValue)
                    }
                }
            }
            json.memberArray("notRead") { json in for name in report.notTaken { json.value(name) } }
            json.memberObject("realizedProfit") { json in
                for one in report.realizedProfit {
                    json.key(text: one.user)
                    json.value(amount(one.units, one.digits))
                }
            }
        }
        return json.text
    }
}
