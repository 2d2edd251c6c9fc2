// Setting a password by a one-time code, and changing one's own.

import Hummingbird
import Logging
import People
import PlainJSON
import TradingModel
import TradingPorts

enum Passwords {
    static func set(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let fields = try call.fields(["code", "password"])
        let code = try fields["code"].text(), password = Secret(try fields["password"].text())
        switch try await LogIn.hashing({ try await call.people.setPassword(password, code: code, from: call.whence) }) {
        case .done(let person):
            call.logger.notice("password set by a one-time code", metadata: ["person": "\(person)"])
            return .noContent
        case .refused(let refusal): throw Problem(.passwordRefused, refusal.text, field: "password")
        case .unknownCode: throw Problem(.unknownCode, field: "code")
        case .wait(let seconds): throw Problem.wait(seconds)
        }
    }

    /// The password once more, before what is dangerous.
    static func prove(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let fields = try call.fields(["password"]), password = Secret(try fields["password"].text())
        guard let visit = call.caller.visit else { throw Problem(.forbidden) }
        switch try await LogIn.hashing({ try await call.people.prove(visit, with: password, from: call.whence) }) {
        case .done(let cookie):
            var reply = Reply.noContent
            reply.headers[.setCookie] = SessionCookie.set(cookie, call.configuration)
            return reply
        case .wrong: throw Problem(.passwordWrong, field: "password")
        case .wait(let seconds): throw Problem.wait(seconds)
        }
    }

    /// The other visits of the person end, and this one goes on under another cookie. Keys for programs stay unless it is said.
    static func change(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let fields = try call.fields(["password", "newPassword", "revokeKeys"])
        let revokingKeys = try fields["revokeKeys"].ifGiven?.flag() ?? false
        let before = Secret(try fields["password"].text()), after = Secret(try fields["newPassword"].text())
        guard let visit = call.caller.visit else { throw Problem(.forbidden) }
        switch try await LogIn.hashing({
            try await call.people.changePassword(visit, from: before, to: after, revokingKeys: revokingKeys, by: call.doer, whence: call.whence)
        }) {
        case .done(let cookie):
            call.logger.notice("password changed", metadata: ["person": "\(visit.person)"])
            var reply = Reply.noContent
            reply.headers[.setCookie] = SessionCookie.set(cookie, call.configuration)
            return reply
        case .refused(let refusal): throw Problem(.passwordRefused, refusal.text, field: "newPassword")
        case .wrong: throw Problem(.passwordWrong, field: "password")
        case .wait(let seconds): throw Problem.wait(seconds)
        }
    }
}
