import AuditLog
import Foundation
import HTTPTypes
import People
import SQLiteStore
import Synchronization
import TradingModel
import TradingPorts

@testable import TradingAPI

/// People in the production store, the API in front of it, and a clock that a test turns. Its passwords cost little.
final class PeopleWorld: Sendable {
    static let password = "correct horse battery"

    let store: SQLiteStore
    let book: PeopleBook
    let client: Client
    private let folder: String
    private let clock = Clock()

    private final class Clock: Sendable { let time = Mutex(Timestamp(seconds: 1_800_000_000)) }

    init(
        isSecure: Bool = false, limits: RequestLimits = RequestLimits(), allowsReal: Bool = false, desk: FakeDesk = FakeDesk(),
        _ set: (inout PeopleSettings) -> Void = { _ in }
    ) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("signalist-people-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let clock = clock
        store = try SQLiteStore.open(folder + "/signalist.sqlite", now: { clock.time.withLock(\.self) })
        var settings = PeopleSettings()
        settings.hash = PasswordHash(memory: 64, passes: 1)
        settings.logInsPerMinute = 1_000
        set(&settings)
        book = PeopleBook(
            store: store, everybody: try store.everybody(), keys: try store.everyAccessKey(), instance: store.instanceID, settings: settings,
            box: PeopleWorld.box("factor"), passwordBox: PeopleWorld.box("password"), now: { clock.time.withLock(\.self) })
        var configuration = APIConfiguration()
        (configuration.isSecure, configuration.limits, configuration.allowsRealTrading) = (isSecure, limits, allowsReal)
        var client = Client(desk, people: book, configuration: configuration)
        client.key = nil
        self.client = client
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var now: Timestamp { clock.time.withLock(\.self) }
    /// Turns bytes around and binds them to a purpose and a person, so that what is stored is not what was sealed.
    private static func box(_ purpose: String) -> SecretBox {
        SecretBox(
            seal: { secret, person in secret.reveal { Array("\(purpose) of \(person):\($0)".utf8.reversed()) } },
            open: { sealed, person in
                let text = String(decoding: sealed.reversed(), as: UTF8.self), prefix = "\(purpose) of \(person):"
                guard text.hasPrefix(prefix) else { throw NotAdded() }
                return Secret(String(text.dropFirst(prefix.count)))
            })
    }

    func turn(bySeconds seconds: Int64) { clock.time.withLock { $0 = $0.adding(seconds: seconds) } }

    /// What is on the audit log, an entry a line, oldest first.
    func audit() throws -> [String] {
        try AuditReader(store.path).entries(after: 0, limit: 1_000).map { "\($0.actor) | \($0.action) | \($0.object) | \($0.outcome)" }
    }

    /// Somebody with a password.
    @discardableResult
    func person(_ name: String, _ role: Role = .trader, password: String? = PeopleWorld.password) async throws -> Person {
        let text = try password.map { try PasswordHash(memory: 64, passes: 1).text(of: Secret($0)) }
        guard
            case .added(let person) = try await book.add(
                NewPerson(email: Email("\(name)@example.org")!, name: "Somebody", role: role, password: text), by: .host)
        else { throw NotAdded() }
        return person
    }
    struct NotAdded: Error {}

    /// Who is logged in as this person.
    func browser(_ name: String, password: String = PeopleWorld.password) async throws -> Browser {
        let answer = await client.post("/api/v1/log-in", #"{"email":"\#(name)@example.org","password":"\#(password)"}"#)
        guard let cookie = Browser.cookie(answer) else { throw NotLoggedIn(line: answer.line) }
        return Browser(client: client, cookie: cookie)
    }
    struct NotLoggedIn: Error { let line: String }
}

/// Sends what the dashboard's page would.
struct Browser {
    let client: Client
    /// `sid=…`
    var cookie: String

    static func cookie(_ answer: Client.Answer) -> String? { answer.headers[.setCookie]?.split(separator: ";").first.map(String.init) }

    var headers: HTTPFields { [.cookie: cookie, .requestedBy: "dashboard", .site: "same-origin"] }

    func send(_ method: HTTPRequest.Method, _ target: String, _ body: String? = nil) async -> Client.Answer {
        await client.send(method, target, body, headers: headers)
    }
    func get(_ target: String) async -> Client.Answer { await send(.get, target) }
}

extension HTTPField.Name {
    static let requestedBy = HTTPField.Name("X-Requested-By")!
    static let site = HTTPField.Name("Sec-Fetch-Site")!
}
