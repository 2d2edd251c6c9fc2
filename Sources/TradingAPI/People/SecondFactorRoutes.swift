// A telephone's codes beside the password.

import Hummingbird
import Logging
import People
import PlainJSON
import TradingModel
import TradingPorts

enum SecondFactorRoutes {
    static func begin(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        guard let person = try await call.people.person(call.owner), let secret = try await call.people.beginSecondFactor(call.owner, by: call.doer) else {
            throw Problem(.secondFactorExists)
        }
        return .json(.created) { json in
            json.object { json in
                secret.reveal { secret in
                    json.member("secret", secret)
                    json.member("uri", "otpauth://totp/signalist:\(person.email.text)?secret=\(secret)&issuer=signalist")
                }
            }
        }
    }

    static func confirm(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let code = try call.fields(["code"])["code"].text()
        guard let visit = call.caller.visit else { throw Problem(.forbidden) }
        switch try await LogIn.hashing({ try await call.people.confirmSecondFactor(visit, code: code, by: call.doer) }) {
        case .wrong: throw Problem(.unknownCode, field: "code")
        case .wait(let seconds): throw Problem.wait(seconds)
        case .done(let codes, let cookie):
            call.logger.notice("second factor confirmed", metadata: ["person": "\(visit.person)"])
            return .json(headers: [.setCookie: SessionCookie.set(cookie, call.configuration)]) { json in
                json.object { json in json.memberTexts("recoveryCodes", codes.map { $0.reveal { $0 } }) }
            }
        }
    }

    static func remove(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        guard let visit = call.caller.visit else { throw Problem(.forbidden) }
        guard !call.people.isSecondFactorRequired(of: visit.person) else {
            throw Problem(.secondFactorRequired, "this server asks it of your role; for another telephone ask the operator: 'signalist person reset'")
        }
        guard let cookie = try await call.people.removeSecondFactor(visit, by: call.doer) else { throw Problem(.unauthorized) }
        call.logger.notice("second factor removed", metadata: ["person": "\(visit.person)"])
        var reply = Reply.noContent
        reply.headers[.setCookie] = SessionCookie.set(cookie, call.configuration)
        return reply
    }
}

extension Problem {
    /// For whoever still has to set one up.
    static func secondFactorRequired(_ caller: Caller) -> Problem {
        Problem(
            .secondFactorRequired,
            caller.visit == nil
                ? "this key rests until its person has logged in and set up a second factor"
                : "POST /api/v1/me/second-factor, then its first code to /api/v1/me/second-factor/confirm")
    }
}
