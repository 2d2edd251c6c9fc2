// Settings: what holds without any, what wins, and how a wrong one is refused.
import Foundation
import People
import Testing
import TradingAPI

@testable import signalist

struct ServerConfigurationTests {
    @Test func withoutAnythingTheDefaultsHold() throws {
        let configuration = try ServerConfiguration(environment: ["PATH": "/bin"], file: nil)
        #expect(configuration.port == 8080 && configuration.host == "127.0.0.1" && configuration.inboxCapacity == 4_096)
    }

    @Test func theEnvironmentWinsOverTheFile() throws {
        let file = "# a comment\nSIGNALIST_PORT = 9000   # another\n\nSIGNALIST_INBOX_CAPACITY = 10\n"
        let configuration = try ServerConfiguration(environment: ["SIGNALIST_PORT": "9001"], file: file)
        #expect(configuration.port == 9001 && configuration.inboxCapacity == 10)
    }

    @Test(arguments: [
        ("SIGNALIST_PORT", "x", "0 to 65535"), ("SIGNALIST_PORT", "70000", "0 to 65535"), ("SIGNALIST_PORT", "-1", "0 to 65535"),
        ("SIGNALIST_INBOX_CAPACITY", "0", "1 to 1000000"), ("SIGNALIST_HOST", "0.0.0.0", "127.0.0.1, ::1 or localhost, or SIGNALIST_TLS beside it"),
        ("SIGNALIST_HOST", "10.0.0.0/8", "an address, or localhost"),
        ("SIGNALIST_TLS", "server", "SIGNALIST_TLS_CERTIFICATE and SIGNALIST_TLS_KEY beside it"),
        ("SIGNALIST_TLS", "proxy", "SIGNALIST_PROXIES beside it, naming the proxy"), ("SIGNALIST_TLS", "yes", "none, server or proxy"),
        ("SIGNALIST_HOSTS", "a b", "names with commas between, or none"),
        ("SIGNALIST_BROKER_URL", "ws://broker.example/", "a wss:// URL, or ws:// on 127.0.0.1 or localhost"),
        ("SIGNALIST_SECOND_FACTOR", "perhaps", "offered, real-money, required, or roles with commas between, such as admin,operator"),
        ("SIGNALIST_KEEP_DAYS", "1", "7 to 3650"),
        ("SIGNALIST_LOG_LEVEL", "loud", "debug, info, warning or error"),
        ("SIGNALIST_DATA_DIR", "", "a path"), ("SIGNALIST_PROT", "8080", "one of the settings that 'signalist settings' lists"),
    ]) func aWrongValueIsRefusedWithNameValueAndWhatWasExpected(name: String, value: String, expected: String) {
        #expect(throws: ConfigurationError(name: name, value: value, expected: expected)) { try ServerConfiguration(environment: [name: value], file: nil) }
        if !value.isEmpty {
            #expect(throws: ConfigurationError(name: name, value: value, expected: expected)) {
                try ServerConfiguration(environment: [:], file: "\(name)=\(value)")
            }
        }
    }

    @Test func withTLSItMayBeReachedFromElsewhere() throws {
        let own = try ServerConfiguration(
            environment: ["SIGNALIST_HOST": "0.0.0.0", "SIGNALIST_TLS": "server", "SIGNALIST_TLS_CERTIFICATE": "c.pem", "SIGNALIST_TLS_KEY": "k.pem"], file: nil
        )
        #expect(own.host == "0.0.0.0" && own.certificate?.key == "k.pem")
        let proxied = try ServerConfiguration(environment: ["SIGNALIST_HOST": "::", "SIGNALIST_TLS": "proxy", "SIGNALIST_PROXIES": "10.0.0.1"], file: nil)
        #expect(proxied.host == "::" && proxied.certificate == nil && proxied.tls == .proxy)
    }

    /// Where real money may trade, everybody has to have a second factor unless it is said otherwise.
    @Test(
        arguments: [
            ([:], 0), (["SIGNALIST_REAL_ACCOUNTS": "allowed"], 5), (["SIGNALIST_REAL_ACCOUNTS": "allowed", "SIGNALIST_SECOND_FACTOR": "offered"], 0),
            (["SIGNALIST_SECOND_FACTOR": "required"], 5), (["SIGNALIST_SECOND_FACTOR": "admin"], 1),
        ] as [([String: String], Int)])
    func whoHasToHaveASecondFactor(environment: [String: String], roles: Int) throws {
        #expect(try ServerConfiguration(environment: environment, file: nil).peopleSettings.secondFactorOf.count == roles)
    }

    @Test func aLineThatIsNoneIsNamed() {
        #expect(throws: ConfigurationError(name: "line 2", value: "nonsense", expected: "NAME = value")) {
            try ServerConfiguration(environment: [:], file: "\nnonsense")
        }
    }

    @Test func theDocumentedSettingsAreTheSettings() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let document = try String(contentsOf: root.appending(path: "docs/settings.md"), encoding: .utf8)
        #expect(document == SettingsCommand.markdownText, "write it anew: signalist settings --markdown > docs/settings.md")
    }

    @Test(
        arguments: [("60s", 60), ("5m", 300), ("1h", 3_600), ("90", 90), ("", nil), ("s", nil), ("0s", nil), ("-5s", nil), ("5d", nil), ("1.5m", nil)]
            as [(String, Int?)])
    func timesOnTheCommandLine(text: String, seconds: Int?) { #expect(Demo.seconds(text) == seconds) }
}
