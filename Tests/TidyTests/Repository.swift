import Foundation

/// The package as it lies on the disk: its sources, read once, each line with its number.
struct Repository {
    let root: URL

    /// The package that this file belongs to: `Tests/TidyTests` is two folders below it.
    static let this = Repository(root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent())

    func text(_ path: String) throws -> String { try String(contentsOf: root.appending(path: path), encoding: .utf8) }

    /// The Swift files under `folder`, in order of path.
    func swiftFiles(in folder: String) throws -> [SourceFile] {
        try files(in: folder).filter { $0.hasSuffix(".swift") }.map { SourceFile(path: $0, text: try text($0)) }
    }

    /// Every file of the package by its path from the root, without what a build, a run or git leaves there.
    func files(in folder: String = "") throws -> [String] {
        let ignored: Set = [".git", ".venv", "var", "__pycache__", ".pytest_cache", ".swiftpm", "node_modules", "Package.resolved"]
        var paths: [String] = [], folders = [folder]
        while let folder = folders.popLast() {
            for name in try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
            where !ignored.contains(name) && !name.hasPrefix(".build") && !name.hasSuffix(".pyc") {
                let path = folder.isEmpty ? name : "\(folder)/\(name)"
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: root.appending(path: path).path, isDirectory: &isFolder) else { continue }  // a link to nowhere
                if isFolder.boolValue { folders.append(path) } else { paths.append(path) }
            }
        }
        return paths.sorted()
    }
}

/// One file and what can be found in it.
struct SourceFile {
    let path: String
    /// Without their ends.
    let lines: [Substring]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The target a path belongs to: `Sources/KeyRing/Base64.swift` to `KeyRing`.
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// The lines as code: comments removed, the text of a string kept.
    var code: [Substring] {
        var isInside = false  // of a /* comment */
        return lines.map { line in
            var line = line
            if isInside {
                guard let end = line.range(of: "*/") else { return "" }
                line = line[end.upperBound...]
                isInside = false
            }
            guard line.contains("/") else { return line }
            if let start = line.firstMatch(of: /(?:^|[^:])(\/\/)/) { line = line[..<start.1.startIndex] }  // but not in ws://
            if let start = line.range(of: "/*") {
                isInside = line.range(of: "*/", range: start.upperBound..<line.endIndex) == nil
                line = line[..<start.lowerBound]
            }
            return line
        }
    }

    /// `path:line: text` for each line of code that `pattern` matches.
    func findings(_ pattern: Regex<some Any>) -> [String] { findings(in: code, pattern) }

    /// The same for each line, comments included.
    func findingsAnywhere(_ pattern: Regex<some Any>) -> [String] { findings(in: lines, pattern) }

    private func findings(in lines: [Substring], _ pattern: Regex<some Any>) -> [String] {
        zip(1..., lines).filter { $1.contains(pattern) }.map { "\(path):\($0): \($1.trimmingCharacters(in: .whitespaces))" }
    }

    /// What it imports, with the number of the line.
    var imports: [(line: Int, module: String)] {
        zip(1..., code).filter { $1.contains("import") }.compactMap { number, line in
            line.firstMatch(
                of:
                    /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
            )
            .map { (number, String($0.1)) }
        }
    }
}
