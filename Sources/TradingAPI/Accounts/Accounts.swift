// Accounts at the broker: a token in, never out.

import Hummingbird
import Logging
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum Accounts {
    /// Checks the token at the broker and seals it. A token that is known replaces the one before.
    static func add(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let field = try call.fields(["token"])["token"]
        // What stands in the field is never shown, right or wrong.
        guard let text = field.value?.string, (1...128).contains(text.utf8.count), text.utf8.allSatisfy(isOfToken) else {
            throw Problem(field.value == nil ? .missingField : .invalidField, "token: expected 1 to 128 letters, digits, - and _", field: "token")
        }
        let account = try await asked(call) { () async throws(AccountError) in
            try await call.addAccount(Secret(text))
        }
        return .json(.created, headers: [.location: "/api/v1/accounts/\(account.id)"]) { $0.value(account) }
    }

    private static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
        default: false
        }
    }

    static func list(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let reach = try await call.accountsInReach()
        return .page(try await call.reads.accounts(call.owner).filter { reach?.contains($0.id) ?? true }, next: nil) { $0.value($1) }
    }

    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let id = try call.account()
        try await call.expectReach(id)
        return try await shown(id, call)
    }

    /// Asks the broker what the token that we hold may do.
    static func check(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let id = try call.account()
        let checked = try await asked(call) { () async throws(AccountError) in try await call.checkAccount(id) }
        return .json { json in
            json.object { json in
                json.member("account", id.rawValue)
                json.members(checked.profile)
                json.member("balance", checked.balance)
                json.memberTexts("scopes", checked.scopes)
            }
        }
    }

    static func remove(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let id = try call.account()
        try await asked(call) { () async throws(AccountError) in try await call.desk.removeAccount(id, owner: call.owner, by: call.by) }
        return .noContent
    }

    /// What the account may have at risk over all its sessions. 0 and absent are off.
    static func setLimits(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let id = try call.account()
        guard let account = try await call.reads.account(id, owner: call.owner) else { throw Problem(Decline.accountNotFound) }
        let limits = try ExposureLimits(call.fields(ExposureLimits.names), account.profile.currency)
        try await call.perform(.setAccountLimits(id, owner: call.owner, limits, by: call.by))
        guard let row = try await call.reads.account(id, owner: call.owner) else { throw Problem(Decline.accountNotFound) }
        let pending = try await call.promise().raises(of: { $0 == .accountLimits(id) })
        return .json { json in
            json.object { json in
                json.members(row)
                json.pending(pending)
            }
        }
    }

    private static func shown(_ id: AccountID, _ call: Call) async throws -> Reply {
        guard let row = try await call.reads.account(id, owner: call.owner) else { throw Problem(Decline.accountNotFound) }
        return .json { $0.value(row) }
    }

    private static func asked<Result>(_ call: Call, _ question: () async throws(AccountError) -> Result) async throws(Problem) -> Result {
        do {
            return try await question()
        } catch {
            call.logger.info("account request failed", metadata: ["error": "\(error)"])
            throw Problem(account: error)
        }
    }
}

extension Problem {
    /// The broker's own codes are passed on; its prose stays in the log.
    init(account error: AccountError) {
        switch error {
        case .broker(.refused(let code)): self.init(.tokenRefused, field: "token", more: [JSONMember("brokerCode", .string(code))])
        case .broker(.scopes(let missing, let forbidden)):
            self.init(
                .tokenScopes, "missing: \(missing.joined(separator: ", ")); too many: \(forbidden.joined(separator: ", "))", field: "token",
                more: [JSONMember("missing", .array(missing.map { .string($0) })), JSONMember("forbidden", .array(forbidden.map { .string($0) }))])
        case .broker(.unreachable): self.init(.brokerUnreachable, headers: [.retryAfter: "5"])
        case .broker(.unusable): self.init(.brokerAnswerUnusable)
        case .declined(let decline): self.init(decline)
        case .desk(let error): self.init(desk: error)
        case .vault: self.init(.vaultFailed)
        case .notFound: self.init(Decline.accountNotFound)
        case .otherAccount: self.init(Decline.accountInUse)
        }
    }
}
