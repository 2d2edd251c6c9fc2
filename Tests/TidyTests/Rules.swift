// The rules, each from a file to its findings, so that they can be tried on texts that break them.

import Foundation

enum Rules {
    /// What a pure target must not import: anything with a clock, chance, threads, files or a network in it.
    static func impurities(_ file: SourceFile) -> [String] {
        let modules = file.imports.filter {
            $0.module.wholeMatch(of: /Foundation\w*|Dispatch|Glibc|Musl|Darwin|NIO\w*|GRDB|Logging|Crypto\w*|Synchronization|Hummingbird\w*|System\w*/) != nil
        }
        let words = file.findings(
            /\bDate\s*\(|\b(?:Continuous|Suspending)Clock\b|\bSystemRandomNumberGenerator\b|\.random\s*\(|\.randomElement\s*\(|\.shuffled?\s*\(\s*\)|\bTask\.sleep\b|\bDispatchQueue\b/
        )
        return modules.map { "\(file.path):\($0.line): import \($0.module)" } + words
    }

    static func floatingPoint(_ file: SourceFile) -> [String] { file.findings(/\b(?:Double|Float|Float16|Float80|CGFloat|Decimal)\b/) }

    /// Imports of our own targets that the manifest's arrows do not lead to.
    static func strayImports(_ file: SourceFile, _ manifest: Manifest) -> [String] {
        let allowed = manifest.reachable(from: file.target).union([file.target])
        return file.imports
            .filter { manifest.dependencies.keys.contains($0.module) && !allowed.contains($0.module) }
            .map { "\(file.path):\($0.line): \(file.target) imports \($0.module), to which no arrow of Package.swift leads" }
    }

    /// A file opens with a comment, before or right after its imports.
    static func missingOpening(_ file: SourceFile) -> String? {
        let rest = zip(1..., file.lines).first { _, line in
            let text = line.trimmingCharacters(in: .whitespaces)
            return !text.isEmpty && !text.hasPrefix("#") && text.firstMatch(of: /^(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+\s+)?import\s/) == nil
        }
        guard let (number, line) = rest else { return "\(file.path):1: an empty file" }
        let text = line.trimmingCharacters(in: .whitespaces)
        return text.hasPrefix("//") || text.hasPrefix("/*") ? nil : "\(file.path):\(number): no comment says what the file is for: \(text)"
    }

    /// Folders of one machine: a home, the compiler's, the one this was written in. Written apart, so that it does not find itself.
    static func machinePaths(_ file: SourceFile) -> [String] {
        let folders = ["/ho" + "me/", "/ro" + "ot/", "/opt/" + "swift", "/wo" + "rk/", "/Us" + "ers/"]
        return zip(1..., file.lines).compactMap { number, line in
            let isNamed = folders.contains { folder in
                line.ranges(of: folder).contains { range in
                    // With a word before its slash it is part of an address or of another folder.
                    guard range.lowerBound > line.startIndex else { return true }
                    let before = line[line.index(before: range.lowerBound)]
                    return !(before.isLetter || before.isNumber || "._-}~)".contains(before))
                }
            }
            return isNamed ? "\(file.path):\(number): \(line.trimmingCharacters(in: .whitespaces))" : nil
        }
    }

    static func sleeps(_ file: SourceFile) -> [String] {
        file.findings(/\bThread\.sleep\b|\bTask\s*(?:<[^>]*>)?\.sleep\b|(?:^|[^.\w])(?:u|nano)?sleep\s*\(|\bClock\(\)\.sleep\b/)
    }
}
