import Foundation
import HTTPTypes
import People
import Testing
import TradingEngine

@testable import TradingAPI

/// The documents list what the code knows, no more and no less.
@Suite struct DocumentTests {
    private func document(_ name: String) throws -> String {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        for _ in 0..<8 {
            let file = folder.appending(path: "docs/\(name)")
            if FileManager.default.fileExists(atPath: file.path) { return try String(contentsOf: file, encoding: .utf8) }
            folder.deleteLastPathComponent()
        }
        // The sources may be linked into another package.
        return try String(
            contentsOf: URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "../../docs/\(name)"), encoding: .utf8)
    }

    @Test func openAPIListsEveryRoute() throws { try expectRoutes(Route.all, in: "openapi.yaml") }
    @Test func openAPIOfThePreviousSystemListsEveryRoute() throws { try expectRoutes(Route.previous, in: "openapi-previous.yaml") }

    private func expectRoutes(_ routes: [Route], in name: String) throws {
        var listed: [String] = [], scopes: [String: String] = [:], path = "", isInPaths = false
        for line in try document(name).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.first != " ", line.first != "#", !line.isEmpty { isInPaths = line.hasPrefix("paths:") }
            guard isInPaths else { continue }
            if line.hasPrefix("  /") { path = line.trimmingCharacters(in: .whitespaces.union([":"])) }
            if let method = line.wholeMatch(of: /\ {4}(get|put|post|delete|patch):/) { listed.append("\(method.1.uppercased()) \(path)") }
            if let scope = line.wholeMatch(of: /\ {6}x-scope: "([a-z:]+)"/), let last = listed.last { scopes[last] = String(scope.1) }
        }
        #expect(listed.sorted() == routes.map { "\($0.method) \($0.path)" }.sorted())
        #expect(Set(listed).count == listed.count)
        for route in routes {
            let scope: String? =
                switch route.access {
                case .open: nil
                case .known: "known"
                case .scope(let scope): scope.rawValue
                }
            #expect(scopes["\(route.method) \(route.path)"] == scope, "\(route.method) \(route.path)")
        }
    }

    @Test func refusalsListsEveryCode() throws {
        var listed: [String: Set<String>] = [:], part = ""
        for line in try document("refusals.md").split(separator: "\n") {
            if line.hasPrefix("## ") { part = String(line.dropFirst(3)) }
            if let row = line.firstMatch(of: /^\| `([a-z_]+)` \|/) { listed[part, default: []].insert(String(row.1)) }
        }
        #expect(listed["Refusals"] == Set(Refusal.Code.allCases.map(\.rawValue)))
        #expect(listed["Declines"] == Set(Decline.allCases.map(\.rawValue)))
        #expect(listed["Problems"] == Set(Problem.Code.allCases.map(\.rawValue)))
    }

    @Test func problemsAndDeclinesShareNoCode() {
        #expect(Set(Decline.allCases.map(\.rawValue)).isDisjoint(with: Problem.Code.allCases.map(\.rawValue)))
    }

    @Test func refusalsListsEveryStatus() throws {
        let text = try document("refusals.md")
        for decline in Decline.allCases { #expect(text.contains("| `\(decline.rawValue)` | \(decline.status.code) |"), "\(decline)") }
        for code in Problem.Code.allCases { #expect(text.contains("| `\(code.rawValue)` | \(code.status.code) |"), "\(code)") }
    }
}
