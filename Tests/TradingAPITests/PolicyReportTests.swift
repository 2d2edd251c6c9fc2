import HTTPTypes
import Hummingbird
import PlainJSON
import Testing

@testable import TradingAPI

/// What browsers report of the content security policy: taken from anybody, counted, never repeated.
@Suite struct PolicyReportTests {
    static let modern = #"""
        [{"type":"csp-violation","age":3,"url":"https://trade.example.org/api","user_agent":"x","body":{"effectiveDirective":"script-src-elem",
        "blockedURL":"https://user:secret@evil.example:8443/path?token=secret","documentURL":"https://trade.example.org/hooks/0123/secret","disposition":"enforce"}},
        {"type":"deprecation","body":{"id":"x"}}]
        """#
    static let old = #"{"csp-report":{"violated-directive":"img-src 'self'","blocked-uri":"inline","document-uri":"https://trade.example.org/secret-page"}}"#

    func send(_ client: Client, _ body: String, _ type: String = "application/reports+json", from peer: String = "192.0.2.1") async -> Client.Answer {
        await client.send(.post, PolicyReports.path, bytes: Array(body.utf8), headers: [.contentType: type], from: peer)
    }

    private func nobody(_ client: Client = Client()) -> Client {
        var client = client
        client.key = nil
        return client
    }

    @Test func everyAnswerSaysWhereReportsGo() async {
        let headers = await nobody().get("/api/v1/health/live").headers
        #expect(headers[HTTPField.Name("Reporting-Endpoints")!] == #"csp="/api/v1/csp-reports""#)
        let policy = headers[.contentSecurityPolicy]?.split(separator: ";").map { $0.drop { $0 == " " } } ?? []
        #expect(policy.contains("report-to csp") && policy.contains("report-uri /api/v1/csp-reports"))
    }

    @Test func bothFormsAreTakenFromAnybodyAndCounted() async {
        let client = nobody()
        for (body, type) in [
            (PolicyReportTests.modern, "application/reports+json"), (PolicyReportTests.old, "application/csp-report"),
            (PolicyReportTests.old, "application/json"),
            (PolicyReportTests.modern, "application/reports+json; charset=utf-8"), ("[]", "application/reports+json"),
        ] {
            let answer = await send(client, body, type)
            #expect(answer.status == 204 && answer.text.isEmpty, "\(type): \(answer.line)")
        }
        var known = client
        known.key = "key-of-1"
        #expect(await known.get("/api/v1/health").json["policyViolations"]?.integer == 4)
        #expect(client.desk.asked == [])
    }

    @Test func whatIsToldIsInWordsOfOurOwn() throws {
        let found = try #require(PolicyReportRoute.violations(try JSONValue.parse(Array(PolicyReportTests.modern.utf8))))
        #expect(found == [PolicyViolation(directive: "script-src-elem", blocked: "https://evil.example:8443/", page: "https://x/hooks/1")])
        #expect(found.first?.blocked == "https://evil.example:8443" && found.first?.page == "hooks")
        let old = try #require(PolicyReportRoute.violations(try JSONValue.parse(Array(PolicyReportTests.old.utf8)))?.first)
        #expect(old.directive == "img-src" && old.blocked == "inline" && old.page == "other")
        let strange = PolicyViolation(directive: "x\n2026 error", blocked: "ha://a\nb c\u{1b}[0m\(String(repeating: "z", count: 999))/x", page: "\n")
        #expect(strange.directive == "other" && strange.page == "other")
        #expect(strange.blocked.utf8.count < 130 && strange.blocked.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f })
        #expect(PolicyViolation(directive: nil, blocked: "secret", page: nil).blocked == "other")
    }

    @Test(
        arguments: [
            ("{", "application/reports+json", "400 malformed_json"), ("", "application/reports+json", "400 malformed_json"),
            ("7", "application/reports+json", "400 invalid_field body"), (#"{"csp-report":7}"#, "application/csp-report", "400 invalid_field body"),
            (#"[{"type":"csp-violation"}]"#, "application/reports+json", "400 invalid_field body"),
            (#"[{"type":7,"body":{}}]"#, "application/reports+json", "400 invalid_field body"),
            ("[]", "text/plain", "415 unsupported_content_type Content-Type"),
            ("[" + Array(repeating: #"{"type":"x","body":{}}"#, count: 51).joined(separator: ",") + "]", "application/reports+json", "400 invalid_field body"),
            (#"{"planted\u0000<b>":1,"planted\u0000<b>":1}"#, "application/json", "400 malformed_json"),
            ("[" + String(repeating: " ", count: 16_384) + "]", "application/reports+json", "413 body_too_large"),
        ])
    func whatIsNoReportIsRefusedAndNotRepeated(_ body: String, _ type: String, _ line: String) async {
        let client = nobody(), answer = await send(client, body, type)
        #expect(answer.line == line)
        #expect(!answer.text.contains("planted"))
        #expect(client.api.policyReports.violations == 0)
    }

    @Test func anAddressReportsSoOftenAndAnotherSiteNever() async {
        let client = nobody()
        for _ in 0..<20 { #expect(await send(client, "[]").status == 204) }
        let more = await send(client, "[]")
        #expect(more.line == "429 rate_limited" && more.headers[.retryAfter] != nil)
        #expect(await send(client, "[]", from: "192.0.2.2").status == 204)
        let foreign: HTTPFields = [.contentType: "application/reports+json", .site: "cross-site"]
        #expect(await client.send(.post, PolicyReports.path, bytes: Array("[]".utf8), headers: foreign, from: "192.0.2.3").status == 403)
        var known = client
        known.key = "key-of-1"
        #expect(await known.get(PolicyReports.path).line == "405 method_not_allowed")
    }
}
