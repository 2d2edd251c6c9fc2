// The arrows between our targets, read from the text of Package.swift.

/// Which of our targets each of them names as dependencies.
struct Manifest {
    let dependencies: [String: Set<String>]

    init(_ text: String) {
        let text = SourceFile(path: "Package.swift", text: text).code.joined(separator: "\n")
        var named: [String: Set<String>] = [:]
        for start in text.matches(of: /\.(?:target|executableTarget|testTarget)\(\s*name:\s*"([\w-]+)"/) {
            let declaration = Manifest.balanced(text[start.range.upperBound...])
            var strings: Set<String> = []
            if let list = declaration.firstMatch(of: /dependencies:\s*\[/) {
                // Products of other packages are `.product(…)` or a function's argument; ours are bare strings.
                var own = String(Manifest.balanced(declaration[list.range.upperBound...]))
                own.replace(/\.target\(\s*name:\s*("\w+")[^)]*\)/) { $0.1 }
                own.replace(/\w*\([^()]*\)/, with: "")
                strings = Set(own.matches(of: /"(\w+)"/).map { String($0.1) })
            }
            // A union, for `.target(name:)` also stands in lists of dependencies.
            named[String(start.1), default: []].formUnion(strings)
        }
        dependencies = named.mapValues { $0.intersection(named.keys) }
    }

    /// Everything that can be reached from a target by its arrows: what it may import.
    func reachable(from target: String) -> Set<String> {
        var reached: Set<String> = [], waiting = [target]
        while let next = waiting.popLast() {
            for dependency in dependencies[next] ?? [] where reached.insert(dependency).inserted { waiting.append(dependency) }
        }
        return reached
    }

    /// The text up to the bracket that closes the one before it.
    private static func balanced(_ text: Substring) -> Substring {
        var depth = 1, isQuoted = false
        for index in text.indices {
            switch text[index] {
            case "\"": isQuoted.toggle()
            case "(", "[": if !isQuoted { depth += 1 }
            case ")", "]":
                if !isQuoted { depth -= 1 }
                if depth == 0 { return text[..<index] }
            default: break
            }
        }
        return text
    }
}
