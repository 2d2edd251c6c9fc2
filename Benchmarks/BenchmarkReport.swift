// What a benchmark found, as text for people and as JSON.

import PlainJSON

struct Figure: Sendable {
    enum Value: Sendable {
        case nanoseconds(Int)
        case perSecond(Int)
        case count(Int)
        /// In thousandths: 1300 is 1.3.
        case ratio(thousandths: Int)
    }
    let name: String
    let value: Value
    /// What we want it to be, in the same unit.
    let aim: String?

    init(_ name: String, _ value: Value, aim: String? = nil) { (self.name, self.value, self.aim) = (name, value, aim) }

    static func ratio(_ name: String, _ part: Int, to whole: Int, aim: String? = nil) -> Figure {
        Figure(name, .ratio(thousandths: part * 1_000 / max(1, whole)), aim: aim)
    }
}

struct BenchmarkReport: Sendable {
    let name: String
    /// What was done and came out: nothing of it was optimised away.
    let computed: String
    let figures: [Figure]

    var text: String {
        let width = figures.map(\.name.count).max() ?? 0
        let lines = figures.map { figure in
            let padding = String(repeating: " ", count: width - figure.name.count + 2)
            return "  \(figure.name)\(padding)\(figure.value.text)\(figure.aim.map { "  (aim \($0))" } ?? "")"
        }
        return (["\(name): \(computed)"] + lines).joined(separator: "\n")
    }

    static func json(_ reports: [BenchmarkReport], size: BenchmarkSize) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("size", size.rawValue)
            json.memberArray("benchmarks") { json in
                for report in reports {
                    json.object { json in
                        json.member("name", report.name)
                        json.member("computed", report.computed)
                        json.memberObject("figures") { json in
                            for figure in report.figures { json.key(text: figure.name + figure.value.unit); figure.value.write(to: &json) }
                        }
                    }
                }
            }
        }
        return json.text
    }
}

extension Figure.Value {
    var text: String {
        switch self {
        case .nanoseconds(let time): "\(Figure.Value.decimal(time / 100, decimals: 1)) µs"
        case .perSecond(let count): "\(Figure.Value.grouped(count))/s"
        case .count(let count): Figure.Value.grouped(count)
        case .ratio(let thousandths): Figure.Value.decimal(thousandths / 10, decimals: 2)
        }
    }

    /// Behind the name in JSON, where a value is a bare number.
    var unit: String {
        switch self {
        case .nanoseconds: " ns"
        case .perSecond: " per second"
        case .count, .ratio: ""
        }
    }

    func write(to json: inout JSONWriter) {
        switch self {
        case .nanoseconds(let whole), .perSecond(let whole), .count(let whole): json.value(whole)
        case .ratio(let thousandths): json.value(units: Int64(thousandths), scale: 3)
        }
    }

    private static func decimal(_ units: Int, decimals: Int) -> String {
        var json = JSONWriter()
        json.value(units: Int64(units), scale: decimals)
        return json.text
    }

    private static func grouped(_ count: Int) -> String {
        var groups: [String] = [], rest = count
        while rest >= 1_000 {
            groups.append(String(String(rest % 1_000 + 1_000).dropFirst()))
            rest /= 1_000
        }
        return ([String(rest)] + groups.reversed()).joined(separator: " ")
    }
}
