// What browsers report of our content security policy: that a page of ours was made to load or run what it may not. Anybody can send such a
// report, so it is counted and told in the log in words of our own; it is kept nowhere and never answered with.

import HTTPTypes
import Hummingbird
import Logging
import People
import PlainJSON
import Synchronization
import TradingModel

/// The count of reports, and how many are taken and told.
final class PolicyReports: Sendable {
    static let path = "/api/v1/csp-reports"
    static let bodyBytesMost = 16_384
    /// In one body.
    static let reportsMost = 50
    /// Of one address.
    static let perMinute: Int32 = 20
    /// Lines in the log; the rest of a flood is counted in the next one.
    static let linesPerMinute: Int32 = 20

    private let addresses = Rates()
    private let lines = Rates(most: 1)
    private let counts = Mutex((violations: Int64(0), leftOut: 0))

    /// Since the start.
    var violations: Int64 { counts.withLock { $0.violations } }

    /// Seconds until this address may report again, nil when it may.
    func take(from household: String, at now: Timestamp) -> Int64? { addresses.take(household, perMinute: PolicyReports.perMinute, at: now) }

    func note(_ violation: PolicyViolation, from household: String, at now: Timestamp, in logger: Logger) {
        let isTold = lines.take("all", perMinute: PolicyReports.linesPerMinute, at: now) == nil
        let before = counts.withLock { counts in
            counts.violations += 1
            if !isTold { counts.leftOut += 1 }
            defer { if isTold { counts.leftOut = 0 } }
            return counts.leftOut
        }
        guard isTold else { return }
        var metadata: Logger.Metadata = [
            "directive": "\(violation.directive)", "blocked": "\(violation.blocked)", "page": "\(violation.page)", "address": "\(household)",
        ]
        if before > 0 { metadata["leftOut"] = "\(before)" }
        logger.warning("content policy violated", metadata: metadata)
    }
}

/// What a report says, as far as it may be repeated: known words, and an origin. Paths and queries may hold secrets.
struct PolicyViolation: Equatable {
    var directive: String
    /// `inline`, `eval` … or an origin.
    var blocked: String
    /// The first part of the page's path, where that is one of ours.
    var page: String

    private static let directives: Set<String> = [
        "default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr", "img-src", "connect-src",
        "font-src", "base-uri", "form-action", "frame-ancestors", "object-src", "require-trusted-types-for", "trusted-types", "media-src", "frame-src",
        "child-src", "worker-src", "manifest-src",
    ]
    private static let keywords: Set<String> = ["inline", "eval", "wasm-eval", "self", "data", "blob", "trusted-types-policy", "trusted-types-sink"]
    private static let pages = Set((Route.all + Route.previous).compactMap { $0.parts.dropFirst().first.map(String.init) })
    private static let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789.-:[]".utf8)

    init(directive: String?, blocked: String?, page: String?) {
        // Older browsers name the directive with its sources.
        let word = directive.map { String($0.prefix { $0 != " " }) } ?? ""
        self.directive = PolicyViolation.directives.contains(word) ? word : "other"
        let parts = PolicyViolation.parts(blocked)
        if let parts {
            self.blocked = parts.origin
        } else {
            self.blocked = blocked.flatMap { PolicyViolation.keywords.contains($0) ? $0 : nil } ?? "other"
        }
        let first = PolicyViolation.parts(page)?.first ?? ""
        self.page = PolicyViolation.pages.contains(first) ? first : "other"
    }

    /// Of an address: scheme and host, without a name or a password, and the first part of the path.
    private static func parts(_ address: String?) -> (origin: String, first: String)? {
        guard let parts = address?.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false), parts.count >= 3, parts[1].isEmpty else {
            return nil
        }
        let host = parts[2].split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let first = parts.count > 3 ? parts[3].prefix { $0 != "/" && $0 != "?" && $0 != "#" } : ""
        return (plain(parts[0], 16) + "//" + plain(host, 100), plain(first, 20))
    }

    private static func plain(_ text: Substring, _ most: Int) -> String {
        String(decoding: text.lowercased().utf8.filter(letters.contains).prefix(most), as: UTF8.self)
    }
}

enum PolicyReportRoute {
    static func take(_ call: Call) async throws -> Reply {
        let now = call.people.now()
        if let seconds = call.policyReports.take(from: call.household, at: now) { throw Problem.wait(seconds) }
        _ = try call.parameters([])
        let type = (call.headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard ["application/reports+json", "application/csp-report", "application/json"].contains(type) else {
            throw Problem(.unsupportedContentType, "expected application/reports+json or application/csp-report", field: "Content-Type")
        }
        // What is wrong with it is not said: nothing of a report comes back.
        guard let value = try? JSONValue.parse(call.body) else { throw Problem(.malformedJSON) }
        guard let violations = violations(value) else { throw Problem(.invalidField, "expected reports as browsers send them", field: "body") }
        for violation in violations { call.policyReports.note(violation, from: call.household, at: now, in: call.logger) }
        return .noContent
    }

    /// Nil when they are no reports; those about other things are left out.
    static func violations(_ value: JSONValue) -> [PolicyViolation]? {
        if let list = value.array {
            guard list.count <= PolicyReports.reportsMost else { return nil }
            var found: [PolicyViolation] = []
            for report in list {
                guard let type = report["type"]?.string, let body = report["body"], case .object = body else { return nil }
                guard type == "csp-violation" else { continue }
                found.append(
                    PolicyViolation(directive: body["effectiveDirective"]?.string, blocked: body["blockedURL"]?.string, page: body["documentURL"]?.string))
            }
            return found
        }
        guard case .object = value, let report = value["csp-report"], case .object = report else { return nil }
        let directive = report["effective-directive"]?.string ?? report["violated-directive"]?.string
        return [PolicyViolation(directive: directive, blocked: report["blocked-uri"]?.string, page: report["document-uri"]?.string)]
    }
}
