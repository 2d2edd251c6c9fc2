// `/api/deriv/token`: the one token of a user, as the previous system had it. Each is an account of ours.

import Hummingbird
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum PreviousToken {
    /// Checks the token at the broker, stores it sealed, and makes its account the one that these endpoints mean.
    static func store(_ call: Call) async throws -> Reply {
        let fields = try call.previousFields()
        guard let token = fields["token"].value?.string, !token.isEmpty else { throw PreviousError(.badRequest, "Token is required") }
        if let type = fields["accountType"].ifGiven, !["demo", "real"].contains(type.value?.string) {
            throw PreviousError(.badRequest, "Invalid account type. Must be \"demo\" or \"real\"")
        }
        let row: AccountRow, checked: CheckedToken
        do { (row, checked) = try await take(token, call) } catch let error as AccountError { throw refusal(error) }
        return PreviousReply.data { json in
            json.object { json in
                json.member("accountType", row.profile.isVirtual ? "demo" : "real")
                json.member("accountId", row.profile.loginID.text)
                json.member("balance", number: checked.balance)
                json.member("currency", row.profile.currency.code)
                json.member("isValid", true)
            }
        }
    }

    /// What both ways of storing a token do.
    static func take(_ token: String, _ call: Call) async throws -> (row: AccountRow, checked: CheckedToken) {
        // A session that runs goes on meaning its own account.
        let trades = try await call.previousSession()?.account
        let row = try await call.addAccount(Secret(token), only: trades)
        let checked = try await call.checkAccount(row.id)
        var place = try await call.place()
        (place.account, place.scopes, place.isValid, place.validatedAt) = (row.id, checked.scopes, true, call.desk.clock.now())
        try await call.reads.keep(place, owner: call.owner)
        return (row, checked)
    }

    static func get(_ call: Call) async throws -> Reply {
        guard let row = try await call.previousAccount() else { return PreviousReply.data { $0.null() } }
        let place = try await call.place(for: row)
        return PreviousReply.data { json in
            json.object { json in
                json.member("accountType", row.profile.isVirtual ? "demo" : "real")
                json.member("accountId", row.profile.loginID.text)
                json.member("accountBalance", number: row.balance)
                json.member("accountCurrency", row.profile.currency.code)
                json.member("isValid", place.isValid)
                json.member("lastValidatedAt", momentIfAny: place.validatedAt)
                if !place.scopes.isEmpty { json.memberTexts("scopes", place.scopes) }
            }
        }
    }

    /// Stops the account's sessions first. While a contract runs the token is still needed to follow it: then nothing is
    /// removed yet, and the answer says so.
    static func remove(_ call: Call) async throws -> Reply {
        var place = try await call.place()
        if let row = try await call.previousAccount() {
            try await stopSessions(of: row.id, call)
            do throws(AccountError) { try await call.desk.removeAccount(row.id, owner: call.owner, by: call.by) } catch {
                if case .declined(.accountInUse) = error {
                    throw PreviousError(.conflict, "Sessions are stopped; contracts still run. Remove the token when they have settled")
                }
                throw refusal(error)
            }
        }
        (place.account, place.session, place.scopes, place.isValid, place.validatedAt) = (nil, nil, [], false, nil)
        try await call.reads.keep(place, owner: call.owner)
        return PreviousReply.message("Token removed successfully")
    }

    static func stopSessions(of account: AccountID, _ call: Call) async throws {
        var after: String?
        repeat {
            let page = try await call.reads.sessions(call.owner, Page(SessionFilter(), after: after, limit: 500))
            for session in page.rows where session.account == account && !session.phase.hasEnded {
                try await call.perform(.stopSession(session.id, owner: call.owner, by: call.by))
            }
            after = page.next
        } while after != nil
    }

    /// Asks the broker again. A broker that cannot be reached says nothing about the token.
    static func validate(_ call: Call) async throws -> Reply {
        guard let row = try await call.previousAccount() else { throw PreviousError(.notFound, "No token found") }
        let found = try await check(row, call), place = try await call.place(for: row)
        let balance = (try? found.get())?.balance ?? row.balance
        return PreviousReply.data { json in
            json.object { json in
                json.member("isValid", found.says ?? place.isValid)
                json.member("accountBalance", number: balance)
                json.member("accountCurrency", row.profile.currency.code)
                json.member("lastValidatedAt", momentIfAny: place.validatedAt)
            }
        }
    }

    /// Asks the broker again and keeps what it says of the token. When it is not reached, or answers without sense, what it
    /// said last stands.
    static func check(_ row: AccountRow, _ call: Call) async throws -> Result<CheckedToken, AccountError> {
        var place = try await call.place(for: row)
        let found: Result<CheckedToken, AccountError>
        do throws(AccountError) {
            let checked = try await call.checkAccount(row.id)
            (found, place.isValid, place.scopes) = (.success(checked), true, checked.scopes)
        } catch {
            switch error {
            case .broker(.refused), .broker(.scopes): (found, place.isValid) = (.failure(error), false)
            case .broker(.unreachable), .broker(.unusable): return .failure(error)
            case .declined, .desk, .vault, .notFound, .otherAccount: throw refusal(error)
            }
        }
        (place.account, place.validatedAt) = (row.id, call.desk.clock.now())
        try await call.reads.keep(place, owner: call.owner)
        return found
    }

    static func refusal(_ error: AccountError) -> any Error {
        switch error {
        case .broker(.unreachable), .broker(.unusable): PreviousError(.badRequest, "Token validation failed: Broker not reachable")
        case .otherAccount: PreviousError(.badRequest, "Auto-trading runs on another account. Stop it before storing another token")
        case .broker(.refused(let code)): PreviousError(.badRequest, "Token validation failed: \(code)")
        case .broker(.scopes(let missing, let forbidden)):
            PreviousError(
                .badRequest,
                missing.isEmpty
                    ? "Token validation failed: it must not have \(forbidden.joined(separator: ", "))"
                    : "Token validation failed: it lacks \(missing.joined(separator: ", "))")
        default: Problem(account: error)
        }
    }
}

extension Result<CheckedToken, AccountError> {
    /// What the broker says of the token; nil when it was not reached.
    var says: Bool? {
        switch self {
        case .success: true
        case .failure(.broker(.refused)), .failure(.broker(.scopes)): false
        case .failure: nil
        }
    }
}
