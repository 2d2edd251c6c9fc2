// In and out.

import HTTPTypes
import Hummingbird
import Logging
import People
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

extension HTTPField.Name { fileprivate static let clearSiteData = HTTPField.Name("Clear-Site-Data")! }

enum LogIn {
    static func create(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let fields = try call.fields(["email", "password", "code"])
        let email = try fields["email"].text(), password = Secret(try fields["password"].text())
        let code = try fields["code"].ifGiven?.text()
        switch try await hashing({
            try await call.people.logIn(email, password: password, code: code, from: call.whence, agent: call.headers[.userAgent] ?? "")
        }) {
        case .codeNeeded: throw Problem(.secondFactorNeeded, field: "code", headers: [.wwwAuthenticate: "Bearer"])
        case .wait(let seconds): throw Problem.wait(seconds)
        case .refused: throw Problem(.logInRefused, headers: [.wwwAuthenticate: "Bearer"])
        case .done(let person, let cookie):
            call.logger.info("logged in", metadata: ["person": "\(person.id)", "address": "\(call.whence.address)"])
            return .json(headers: [.setCookie: SessionCookie.set(cookie, call.configuration)]) { $0.value(person) }
        }
    }

    static func end(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        if let visit = call.caller.visit { _ = try await call.people.end(visit: visit.id, of: visit.person, .loggedOut, by: call.doer) }
        var reply = Reply.noContent
        reply.headers[.setCookie] = SessionCookie.forget(call.configuration)
        reply.headers[.clearSiteData] = "\"cache\", \"cookies\", \"storage\""
        return reply
    }

    /// Passwords are looked at one by one; when too many wait, this one is asked to come again.
    static func hashing<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch is HashingQueue.Full {
            throw Problem(Decline.overloaded, "nothing was done; try again in a moment")
        } catch is PasswordUnopened {
            throw Problem(.vaultFailed, "the server's key ring lacks the key of your password; nothing is lost")
        } catch is SecondFactorError {
            throw Problem(.vaultFailed, "the server's key ring lacks the key of your second factor; nothing is lost")
        }
    }
}

extension Problem {
    static func wait(_ seconds: Int64) -> Problem { Problem(.rateLimited, "expected a pause of \(seconds) s", headers: [.retryAfter: "\(seconds)"]) }
}

extension Call {
    /// Where the request comes from; those whose address cannot be told come from one place.
    var whence: Whence {
        guard let address else { return Whence(address: "unknown", household: "unknown", network: "unknown") }
        return Whence(address: address.text, household: address.household, network: address.network)
    }
}

extension NetworkAddress {
    /// Where somebody is taken to be at home: a provider gives out addresses anew within it.
    fileprivate var network: String {
        if bytes.count == 4 { return bytes.prefix(3).map(String.init).joined(separator: ".") + ".0/24" }
        let groups = stride(from: 0, to: 8, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
        return groups.joined(separator: ":") + "::/64"
    }
}

enum Me {
    /// Who asks, as the server sees it, and what that may do.
    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let person = try await call.people.person(call.owner), hasSecondFactor = try await call.people.hasSecondFactor(call.owner)
        // What happened to the way in is for whoever came in by it.
        let unseen = call.caller.visit == nil ? nil : try await call.people.unseenNotices(call.owner)
        return .json { json in
            json.object { json in
                json.member("owner", call.owner.rawValue)
                if let person { json.key("person"); json.value(person) } else { json.nullMember("person") }
                json.member("way", call.caller.visit == nil ? "key" : "visit")
                json.member("secondFactor", hasSecondFactor)
                json.member("mustSetUpSecondFactor", call.caller.needsSecondFactor)
                json.member("unseenNotices", ifAny: unseen)
                json.memberTexts("scopes", call.caller.scopes.list.map(\.rawValue))
            }
        }
    }
}

enum SetUp {
    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let isOpen = try await call.people.isSetUpOpen()
        return .json { json in json.object { $0.member("open", isOpen) } }
    }

    static func create(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let fields = try call.fields(["code", "email", "name", "password"])
        let code = try fields["code"].text(), email = try fields["email"].email(), name = try fields["name"].personName()
        let password = Secret(try fields["password"].text())
        switch try await LogIn.hashing({
            try await call.people.setUp(code: code, email: email, name: name, password: password, from: call.whence)
        }) {
        case .done(let person):
            call.logger.notice("set up: there is an admin now", metadata: ["person": "\(person.id)"])
            return .json(.created) { $0.value(person) }
        case .refused(let refusal): throw Problem(.passwordRefused, refusal.text, field: "password")
        case .emailTaken: throw Problem(.emailTaken, field: "email")
        case .unknownCode: throw Problem(.unknownCode, field: "code")
        case .wait(let seconds): throw Problem.wait(seconds)
        }
    }
}
