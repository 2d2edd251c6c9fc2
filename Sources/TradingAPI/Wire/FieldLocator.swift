// Where in a body that cannot be read the fault lies, so that the answer can name the field.

import PlainJSON

/// Walks a text until it breaks and remembers the way there: `limits.drawdown`, `strategies[1].name`.
enum FieldLocator {
    static func path(ofFaultIn bytes: [UInt8]) -> String? {
        var way: [Step] = []
        bytes.withUnsafeBytes { buffer in
            var reader = JSONReader(buffer)
            // The walk is for the way it takes, which a fault leaves as it was.
            try? walk(&reader, &way)
        }
        return way.isEmpty
            ? nil
            : way.reduce(into: "") { path, step in
                switch step {
                case .member(let key): path += path.isEmpty ? key : ".\(key)"
                case .element(let index): path += "[\(index)]"
                }
            }
    }

    private enum Step { case member(String), element(Int) }

    /// Deeper than this the way says nothing that a person would read.
    private static let deepest = 6

    private static func walk(_ reader: inout JSONReader, _ way: inout [Step]) throws(JSONError) {
        guard way.count < deepest else { return try reader.skip() }
        switch try reader.peek() {
        case 0x7b:
            let walked = way
            try reader.object { (reader, text) throws(JSONError) in
                let key = try reader.string(text)
                way = walked
                way.append(.member(String(key.prefix(64))))
                try walk(&reader, &way)
                way = walked
            }
        case 0x5b:
            let walked = way
            var index = 0
            try reader.array { (reader) throws(JSONError) in
                way = walked
                way.append(.element(index))
                index += 1
                try walk(&reader, &way)
                way = walked
            }
        case 0x22: _ = try reader.string()
        default: try reader.skip()
        }
    }
}
