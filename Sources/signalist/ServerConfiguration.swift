import DerivBroker
import Foundation
import KeyRing
import Logging
import People
import TradingAPI
import TradingEngine
import TradingModel

/// Every setting of the server, documented in one place and read once: from a file, then from the environment, which
/// wins. A wrong value, or a name that is none, is refused with name, value and what was expected.
struct ServerConfiguration: Sendable {
    var host = "127.0.0.1"
    var port = 8080
    var dataDirectory = "var/server/data"
    var keyRing = "var/server/keys/key-ring.json"
    /// A file was named, not only left to be the default.
    var isKeyRingNamed = false
    var keyRingCommand: [String] = []
    var keyRingText: Secret?
    /// Where systemd puts credentials, `$CREDENTIALS_DIRECTORY`.
    var credentialsDirectory: String?
    var apiKeyFile = "var/server/api-key"
    var auditCheckpoints = "var/server/audit-checkpoints"
    /// Empty: no list beside ours.
    var blockedPasswords = ""
    var setUpFile = "var/server/set-up-code"
    private var people = PeopleSettings()
    /// What is asked of people, as far as it hangs on whether real money trades here.
    var peopleSettings: PeopleSettings {
        var settings = people
        settings.secondFactorOf = secondFactor.roles(allowsRealMoney: engine.allowsRealTrading)
        return settings
    }
    var secondFactor = SecondFactorRule.realMoney
    var brokerURL = "wss://ws.derivws.com/websockets/v3"
    var brokerAppID = 1089
    var brokerSpeed = 1
    var inboxCapacity = 4_096
    var logLevel = Logger.Level.info
    var proxies: [Network] = []
    var hosts: [String] = []
    var limits = RequestLimits()
    var streamsPerOwner = 50
    var headerSeconds = 5
    var connectionsPerAddress = 256
    /// Who speaks TLS with browsers.
    enum TLS: String, Sendable { case none, server, proxy }
    var tls = TLS.none
    var certificateFile = "", certificateKeyFile = "", sendersFile = ""
    var certificate: TLSFiles? {
        tls == .server ? TLSFiles(certificate: certificateFile, key: certificateKeyFile, senders: sendersFile.isEmpty ? nil : sendersFile) : nil
    }
    var engine = EngineSettings()

    var brokerAddress: BrokerAddress {
        guard let address = BrokerAddress(brokerURL, appID: brokerAppID) else { preconditionFailure("the broker's URL was checked: \(brokerURL)") }
        return address
    }

    init() {}

    /// `file` is the text of a settings file, `NAME = value` a line, `#` begins a comment.
    init(environment: [String: String], file: String?) throws(ConfigurationError) {
        for (number, line) in (file ?? "").split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let text = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            if text.isEmpty { continue }
            let parts = text.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2 else { throw ConfigurationError(name: "line \(number + 1)", value: text, expected: "NAME = value") }
            try set(parts[0], to: parts[1])
        }
        for name in environment.keys.sorted() where name.hasPrefix("SIGNALIST_") && name != ServerConfiguration.fileVariable {
            try set(name, to: environment[name]!)
        }
        try checkTogether()
    }

    /// What only two settings together tell.
    private func checkTogether() throws(ConfigurationError) {
        func whole(_ path: String) -> String { URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path + "/" }
        guard !whole(keyRing).hasPrefix(whole(dataDirectory)) else {
            throw ConfigurationError(
                name: "SIGNALIST_KEY_RING", value: keyRing, expected: "a file outside SIGNALIST_DATA_DIR, \(dataDirectory): one copy of both opens everything")
        }
        guard !whole(auditCheckpoints).hasPrefix(whole(dataDirectory)) else {
            throw ConfigurationError(
                name: "SIGNALIST_AUDIT_CHECKPOINTS", value: auditCheckpoints,
                expected: "a file outside SIGNALIST_DATA_DIR, \(dataDirectory): it has to outlive a change of the data")
        }
        if tls == .server, certificateFile.isEmpty || certificateKeyFile.isEmpty {
            throw ConfigurationError(name: "SIGNALIST_TLS", value: "server", expected: "SIGNALIST_TLS_CERTIFICATE and SIGNALIST_TLS_KEY beside it")
        }
        if tls != .server, !sendersFile.isEmpty {
            throw ConfigurationError(
                name: "SIGNALIST_TLS_SENDERS", value: sendersFile, expected: "SIGNALIST_TLS=server beside it: a proxy asks for certificates itself")
        }
        if tls == .proxy, proxies.isEmpty {
            throw ConfigurationError(name: "SIGNALIST_TLS", value: "proxy", expected: "SIGNALIST_PROXIES beside it, naming the proxy")
        }
        if tls == .none, !["127.0.0.1", "::1", "localhost"].contains(host) {
            throw ConfigurationError(name: "SIGNALIST_HOST", value: host, expected: "127.0.0.1, ::1 or localhost, or SIGNALIST_TLS beside it")
        }
        guard brokerSpeed == 1 || brokerURL.lowercased().hasPrefix("ws://") else {
            throw ConfigurationError(
                name: "SIGNALIST_BROKER_SPEED", value: "\(brokerSpeed)", expected: "1 with \(brokerURL): only a simulated broker on this machine runs faster")
        }
    }

    /// Names the settings file.
    static let fileVariable = "SIGNALIST_CONFIG"

    /// From the process's environment and the file that it or `--config` names.
    static func load(file: String?) throws -> ServerConfiguration {
        let environment = ProcessInfo.processInfo.environment
        var text: String?
        if let path = file ?? environment[fileVariable] {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ConfigurationError(name: fileVariable, value: path, expected: "a file that can be read")
            }
            text = String(decoding: data, as: UTF8.self)
        }
        var configuration = try ServerConfiguration(environment: environment, file: text)
        configuration.credentialsDirectory = environment["CREDENTIALS_DIRECTORY"]
        return configuration
    }

    // MARK: The key ring

    /// The first that is configured: a credential of systemd, a file that was named, a command, the environment; else the default file.
    var keyRingSource: KeyRingSource {
        if let credentialsDirectory {
            let path = credentialsDirectory + "/" + KeyRingSource.credentialName
            if FileManager.default.fileExists(atPath: path) { return .credential(path) }
        }
        if isKeyRingNamed { return .file(keyRing) }
        if !keyRingCommand.isEmpty { return .command(keyRingCommand) }
        if keyRingText != nil { return .environment(ServerConfiguration.keyRingVariable) }
        return .file(keyRing)
    }

    static let keyRingVariable = "SIGNALIST_KEY_RING_JSON"

    /// What the source `environment` reads.
    var keyRingEnvironment: [String: String] {
        keyRingText.map { text in text.reveal { [ServerConfiguration.keyRingVariable: $0] } } ?? [:]
    }

    private mutating func set(_ name: String, to value: String) throws(ConfigurationError) {
        guard let setting = ServerConfiguration.settings.first(where: { $0.name == name }) else {
            throw ConfigurationError(name: name, value: value, expected: "one of the settings that 'signalist settings' lists")
        }
        guard setting.take(&self, value) else { throw ConfigurationError(name: name, value: value, expected: setting.expected) }
    }
}

struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    let name: String
    let value: String
    let expected: String
    var description: String { "\(name)=\(value): expected \(expected)" }
}

extension ServerConfiguration {
    struct Setting: Sendable {
        let name: String
        let purpose: String
        let expected: String
        let preset: String
        /// False when the value is not one that was expected.
        let take: @Sendable (inout ServerConfiguration, String) -> Bool
    }

    private static func number(_ name: String, _ purpose: String, _ range: ClosedRange<Int>, _ path: any WritableKeyPath<ServerConfiguration, Int> & Sendable)
        -> Setting
    {
        Setting(name: name, purpose: purpose, expected: "\(range.lowerBound) to \(range.upperBound)", preset: "\(ServerConfiguration()[keyPath: path])") {
            configuration, text in
            guard let value = Int(text), range.contains(value) else { return false }
            configuration[keyPath: path] = value
            return true
        }
    }

    private static func seconds(_ name: String, _ purpose: String, _ range: ClosedRange<Int64>, _ path: any WritableKeyPath<EngineSettings, Int64> & Sendable)
        -> Setting
    {
        Setting(name: name, purpose: purpose, expected: "\(range.lowerBound) to \(range.upperBound) seconds", preset: "\(EngineSettings()[keyPath: path])") {
            configuration, text in
            guard let value = Int64(text), range.contains(value) else { return false }
            configuration.engine[keyPath: path] = value
            return true
        }
    }

    private static func path(_ name: String, _ purpose: String, _ path: any WritableKeyPath<ServerConfiguration, String> & Sendable) -> Setting {
        Setting(name: name, purpose: purpose, expected: "a path", preset: ServerConfiguration()[keyPath: path]) { configuration, text in
            if text.isEmpty || text.contains("\0") { return false }
            configuration[keyPath: path] = text
            return true
        }
    }

    static let settings: [Setting] = [
        Setting(
            name: "SIGNALIST_HOST", purpose: "Address the API listens on. Any other than this machine's own needs SIGNALIST_TLS.",
            expected: "an address, or localhost", preset: "127.0.0.1"
        ) {
            guard $1 == "localhost" || (Network($1) != nil && !$1.contains("/")) else { return false }
            $0.host = $1
            return true
        },
        Setting(
            name: "SIGNALIST_HOSTS", purpose: "Names by which the API may be asked, beside its address and those of this machine.",
            expected: "names with commas between, or none", preset: "none"
        ) {
            let names = $1 == "none" ? [] : $1.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
            let letters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
            guard names.allSatisfy({ !$0.isEmpty && $0.allSatisfy(letters.contains) }) else { return false }
            $0.hosts = names
            return true
        },
        Setting(
            name: "SIGNALIST_TLS", purpose: "Who speaks TLS: this server with its own certificate, a proxy of SIGNALIST_PROXIES, or nobody.",
            expected: "none, server or proxy", preset: "none"
        ) {
            guard let tls = TLS(rawValue: $1) else { return false }
            $0.tls = tls
            return true
        },
        path("SIGNALIST_TLS_CERTIFICATE", "PEM file of the certificate and those above it, read at the start.", \.certificateFile),
        path("SIGNALIST_TLS_KEY", "PEM file of its key.", \.certificateKeyFile),
        path("SIGNALIST_TLS_SENDERS", "PEM file of those who vouch for the certificates of senders of alerts. docs/webhooks.md.", \.sendersFile),
        number("SIGNALIST_PORT", "Port the API listens on; 0 lets the system choose.", 0...65_535, \.port),
        path("SIGNALIST_DATA_DIR", "Folder of the database.", \.dataDirectory),
        Setting(
            name: "SIGNALIST_KEY_RING", purpose: "File of the keys that broker tokens are sealed with; outside the data folder. Made when it is missing.",
            expected: "a path", preset: ServerConfiguration().keyRing
        ) {
            if $1.isEmpty || $1.contains("\0") { return false }
            ($0.keyRing, $0.isKeyRingNamed) = ($1, true)
            return true
        },
        Setting(
            name: "SIGNALIST_KEY_RING_COMMAND", purpose: "A program that prints the key ring, when no file is named: the way to a vault. docs/keys.md.",
            expected: "a program's whole path and its arguments, separated by spaces", preset: ""
        ) {
            let words = $1.split(separator: " ").map(String.init)
            guard words.first?.hasPrefix("/") == true, !$1.contains("\0") else { return false }
            $0.keyRingCommand = words
            return true
        },
        Setting(
            name: keyRingVariable, purpose: "The key ring itself, when neither a file nor a command is named. Others of this user can see it.",
            expected: "the JSON of a key ring", preset: ""
        ) {
            if $1.isEmpty { return false }
            $0.keyRingText = Secret($1)
            return true
        },
        path("SIGNALIST_API_KEY_FILE", "Where the first API key is written, readable by its owner only.", \.apiKeyFile),
        path(
            "SIGNALIST_AUDIT_CHECKPOINTS", "Where it is kept how far the audit log was, signed; outside the data folder, best on another disk. docs/audit.md.",
            \.auditCheckpoints),
        number("SIGNALIST_WRITES_PER_MINUTE", "Requests that change something, of one person or key.", 1...100_000, \.limits.writesPerMinute),
        number("SIGNALIST_READS_PER_MINUTE", "Requests that ask, of one person or key.", 1...100_000, \.limits.readsPerMinute),
        number("SIGNALIST_SIGNALS_PER_MINUTE", "Signals of one person or key.", 1...100_000, \.limits.signalsPerMinute),
        number("SIGNALIST_UNKNOWN_PER_MINUTE", "Requests from one address without a key or visit that is known.", 1...100_000, \.limits.unknownPerMinute),
        number(
            "SIGNALIST_HEADER_SECONDS", "The head of a request is there so long after its first byte, and TLS so long after the connection's beginning.",
            1...60, \.headerSeconds),
        number(
            "SIGNALIST_CONNECTIONS_PER_ADDRESS", "Connections of one address; this machine's own and those of declared proxies apart. 0 is no bound.",
            0...4_096, \.connectionsPerAddress),
        number("SIGNALIST_STREAMS_PER_OWNER", "Live streams that one owner may have open, whatever it asks with.", 1...2_000, \.streamsPerOwner),
        Setting(
            name: "SIGNALIST_REAL_ACCOUNTS", purpose: "Whether accounts with real money may trade; each has to be enabled by its owner as well.",
            expected: "refused or allowed", preset: "refused"
        ) {
            guard ["refused", "allowed"].contains($1) else { return false }
            $0.engine.allowsRealTrading = $1 == "allowed"
            return true
        },
        path(
            "SIGNALIST_BLOCKED_PASSWORDS", "File of passwords that nobody may choose, beside those that the server knows. docs/people.md.", \.blockedPasswords),
        path("SIGNALIST_SET_UP_FILE", "Where the code for making the first admin is written at a start without one, readable by its owner only.", \.setUpFile),
        number("SIGNALIST_LOG_INS_PER_MINUTE", "Tries to log in that one address has a minute.", 1...1_000, \.people.logInsPerMinute),
        Setting(
            name: "SIGNALIST_VISIT_IDLE_MINUTES", purpose: "Whoever is logged in and asks nothing for so long is logged out.", expected: "1 to 720",
            preset: "30"
        ) {
            guard let minutes = Int64($1), (1...720).contains(minutes) else { return false }
            $0.people.idleSeconds = minutes * 60
            return true
        },
        Setting(
            name: "SIGNALIST_SECOND_FACTOR",
            purpose: "Who has to have a second factor: nobody, everybody where real accounts may trade, everybody, or who has one of these roles.",
            expected: "offered, real-money, required, or roles with commas between, such as admin,operator", preset: "real-money"
        ) {
            guard let rule = SecondFactorRule($1) else { return false }
            $0.secondFactor = rule
            return true
        },
        number(
            "SIGNALIST_KEEP_DAYS", "Days that notices, keys that have ended and networks from which nobody logs in any more are kept.", 7...3_650,
            \.people.keepDays),
        Setting(
            name: "SIGNALIST_BROKER_URL", purpose: "The broker's WebSocket. Plain ws is taken for this machine only.",
            expected: "a wss:// URL, or ws:// on 127.0.0.1 or localhost",
            preset: ServerConfiguration().brokerURL
        ) {
            guard BrokerAddress($1, appID: 1) != nil else { return false }
            $0.brokerURL = $1
            return true
        },
        number("SIGNALIST_BROKER_APP_ID", "The app id that Deriv gave you.", 1...Int(Int32.max), \.brokerAppID),
        number("SIGNALIST_BROKER_SPEED", "Broker seconds per second; more than 1 only with a simulated broker that runs as fast.", 1...1_000, \.brokerSpeed),
        number(
            "SIGNALIST_INBOX_CAPACITY", "Inputs that may wait for the trading loop. Past this the API answers 503 instead of falling behind.", 1...1_000_000,
            \.inboxCapacity),
        Setting(
            name: "SIGNALIST_PROXIES", purpose: "Proxies whose X-Forwarded-For is believed when a webhook asks where an alert comes from.",
            expected: "addresses or networks with commas between, such as 127.0.0.1,10.0.0.0/8, or none", preset: "none"
        ) {
            var proxies: [Network] = []
            for text in $1.split(separator: ",", omittingEmptySubsequences: false) where $1 != "none" {
                guard let network = Network(text.trimmingCharacters(in: .whitespaces)) else { return false }
                proxies.append(network)
            }
            $0.proxies = proxies
            return true
        },
        Setting(name: "SIGNALIST_LOG_LEVEL", purpose: "The least that is logged.", expected: "debug, info, warning or error", preset: "info") {
            guard ["debug", "info", "warning", "error"].contains($1), let level = Logger.Level(rawValue: $1) else { return false }
            $0.logLevel = level
            return true
        },
        seconds("SIGNALIST_ANSWER_SECONDS", "A buy without an answer for so long is in doubt.", 1...60, \.answerWithinSeconds),
        seconds(
            "SIGNALIST_QUARANTINE_SECONDS", "After a connection closed cleanly, a request written on it may still be executed for so long.", 5...3_600,
            \.quarantineSeconds),
        seconds("SIGNALIST_QUARANTINE_UNCLEAN_SECONDS", "The same after a crash or a broken network.", 5...3_600, \.quarantineUncleanSeconds),
        seconds("SIGNALIST_STATEMENT_LAG_SECONDS", "What the broker executed may stay out of its statement for so long.", 1...3_600, \.statementLagSeconds),
        seconds(
            "SIGNALIST_TOMBSTONE_SECONDS", "After it is proven that a buy did not happen its stake is held for so long all the same.", 0...86_400,
            \.tombstoneSeconds),
        seconds("SIGNALIST_SETTLEMENT_SECONDS", "A contract that should have settled is asked for after so long.", 5...3_600, \.settlementWithinSeconds),
        seconds("SIGNALIST_SWEEP_SECONDS", "The statement of an account in use is walked this often.", 30...86_400, \.sweepSeconds),
        seconds("SIGNALIST_TICK_SECONDS", "A strategy makes no signal of a tick that is older than this.", 1...60, \.tickOldestSeconds),
    ]
}
