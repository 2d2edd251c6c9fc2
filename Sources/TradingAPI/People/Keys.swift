// One's keys for programs: make one, see them, take one away.

import Hummingbird
import Logging
import People
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

enum Keys {
    static func list(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let operators = try await call.people.ownerKeys(call.owner), own = try await call.people.keys(call.owner)
        let rows = operators.map(Row.operators) + own.map(Row.own)
        return .page(rows, next: nil) { json, row in
            switch row {
            case .own(let key): json.value(key)
            case .operators(let key): json.value(key)
            }
        }
    }

    private enum Row: Sendable { case own(AccessKey), operators(OwnerKey) }

    /// Answers with the key, this once.
    static func create(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        guard let visit = call.caller.visit else { throw Problem(.forbidden) }
        let fields = try call.fields(["name", "scopes", "sessions", "addresses", "validDays"])
        let name = try fields["name"].label()
        let words = Scope.allCases.filter(\.isForKeys).map { ($0.rawValue, $0) }
        let scopes = try fields["scopes"].list(atMost: words.count) { field throws(Problem) in try field.word(words) }
        if scopes.isEmpty { throw fields["scopes"].wrong("at least one scope") }
        for scope in scopes where !call.caller.scopes.contains(scope) {
            throw Problem(.forbidden, "expected scopes of your own; \(scope.rawValue) is none", field: "scopes")
        }
        let sessions = try fields["sessions"].ifGiven?.list(atMost: 20) { field throws(Problem) in SessionID(rawValue: try field.integer(1...Int64.max)) }
        for id in sessions ?? [] {
            guard try await call.reads.session(id, owner: call.owner) != nil else { throw Problem(Decline.sessionNotFound, field: "sessions") }
        }
        let addresses = try fields["addresses"].ifGiven?.list(atMost: 20) { field throws(Problem) in try network(field) }
        let days = try fields["validDays"].ifGiven?.integer(1...PeopleBook.keyDaysMost) ?? 90
        switch try await call.people.makeKey(
            visit, name: name, scopes: scopes, sessions: sessions ?? [], addresses: addresses ?? [], validDays: days, by: call.doer)
        {
        case .visitEnded: throw Problem(.unauthorized)
        case .tooMany: throw Problem(.tooManyKeys, "expected at most \(PeopleBook.keysMost)")
        case .done(let key, let text):
            call.logger.notice("key made", metadata: ["key": "\(key.id)", "by": "\(call.by)", "scopes": "\(key.scopes.joined(separator: " "))"])
            return .json(.created, headers: [.location: "/api/v1/keys/\(key.id)"]) { $0.value(key, text: text) }
        }
    }

    private static func network(_ field: Field) throws(Problem) -> String {
        let text = try field.text()
        guard Network(text) != nil else { throw field.wrong("an address or a network such as 192.0.2.0/24") }
        return text
    }

    static func remove(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let id = call.parameters["key"] ?? ""
        guard try await call.people.removeKey(id, of: call.owner, by: call.doer) else { throw Problem(.notFound) }
        call.logger.notice("key removed", metadata: ["key": "\(id)", "by": "\(call.by)"])
        return .noContent
    }

    /// May this key be used from there?
    static func allows(_ key: AccessKey, _ address: NetworkAddress?) -> Bool {
        if key.addresses.isEmpty { return true }
        guard let address else { return false }
        return key.addresses.contains { Network($0)?.contains(address) ?? false }
    }
}

extension JSONWriter {
    fileprivate mutating func value(_ key: AccessKey, text: Secret? = nil) {
        object { json in
            json.member("id", key.id)
            json.member("kind", "program")
            json.member("name", key.name.text)
            json.memberTexts("scopes", key.scopes)
            json.memberArray("sessions") { json in for session in key.sessions { json.value(session.rawValue) } }
            json.memberTexts("addresses", key.addresses)
            json.member("createdAt", key.createdAt)
            json.member("expiresAt", key.expiresAt)
            json.member("usedAt", ifAny: key.usedAt?.description)
            if let text { text.reveal { json.member("key", $0) } }
        }
    }

    /// It has all of a trader's scopes, everywhere and without an end; when it was used is not written down.
    fileprivate mutating func value(_ key: OwnerKey) {
        object { json in
            json.member("id", key.id)
            json.member("kind", "operator")
            json.member("name", key.name)
            json.memberTexts("scopes", PeopleBook.ownerKeyScopes.list.map(\.rawValue))
            json.memberArray("sessions") { _ in }
            json.memberTexts("addresses", [])
            json.member("createdAt", key.createdAt)
            json.member("expiresAt", ifAny: nil as String?)
            json.member("usedAt", ifAny: nil as String?)
        }
    }
}
