// Trading with real money takes three things: the broker says that the account is real, its owner enabled it with the password typed
// again, and the server was started with real accounts allowed.

import Hummingbird
import Logging
import People
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

enum RealTrading {
    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        try await call.expectReach(call.account())
        return try await shown(try await found(call), call)
    }

    /// Enabling needs the password typed again; taking it back acts at once and stops the account's sessions.
    static func set(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let account = try await found(call), isEnabled = try call.fields(["enabled"])["enabled"].flag()
        if isEnabled {
            guard call.caller.visit != nil, call.people.isProven(call.caller) else { throw Problem(.passwordNeeded) }
            if account.profile.isVirtual { throw Problem(.realTradingNotAllowed, "the broker says that this account is virtual") }
            if !call.configuration.allowsRealTrading { throw Problem(.realTradingNotAllowed, "the server was started without SIGNALIST_REAL_ACCOUNTS=allowed") }
        }
        try await LogIn.hashing {
            try await call.people.setRealTrading(account.id, owner: call.owner, isEnabled: isEnabled, by: call.doer) { isEnabled in
                try await call.perform(.setRealTrading(account.id, owner: call.owner, isEnabled, by: call.by))
            }
        }
        call.logger.notice("real trading", metadata: ["account": "\(account.id)", "enabled": "\(isEnabled)", "by": "\(call.by)"])
        if !isEnabled, !account.profile.isVirtual { try await stopSessions(of: account.id, call) }
        return try await shown(account, call)
    }

    private static func stopSessions(of account: AccountID, _ call: Call) async throws {
        var after: String?
        repeat {
            let page = try await call.reads.sessions(call.owner, Page(SessionFilter(), after: after, limit: 500))
            for session in page.rows where session.account == account && session.phase.isRunning {
                // One that has ended meanwhile is as stopped as it can be.
                _ = try await call.submit(.stopSession(session.id, owner: call.owner, by: call.by))
            }
            after = page.next
        } while after != nil
    }

    /// Throws unless the account is virtual or may trade. Asked before a session starts or goes on, and once more after.
    static func check(_ id: AccountID, _ call: Call) async throws {
        guard let account = try await call.reads.account(id, owner: call.owner), !account.profile.isVirtual else { return }
        guard call.configuration.allowsRealTrading else {
            throw Problem(.realTradingNotAllowed, "the server was started without SIGNALIST_REAL_ACCOUNTS=allowed")
        }
        guard try await call.people.realTrading(id, owner: call.owner) != nil else {
            throw Problem(.realTradingNotAllowed, "its owner enables it at /api/v1/accounts/\(id)/real-trading first")
        }
    }

    /// Does what makes a session buy. Whoever takes the account's permission back at the same moment finds it running and stops it, or is
    /// seen here.
    static func checked(_ id: SessionID, _ call: Call, _ body: () async throws -> Void) async throws {
        guard let session = try await call.reads.session(id, owner: call.owner) else { throw Problem(Decline.sessionNotFound) }
        try await check(session.account, call)
        try await body()
        do { try await check(session.account, call) } catch {
            _ = try await call.submit(.stopSession(id, owner: call.owner, by: call.by))
            throw error
        }
    }

    private static func found(_ call: Call) async throws -> AccountRow {
        guard let account = try await call.reads.account(try call.account(), owner: call.owner) else { throw Problem(Decline.accountNotFound) }
        return account
    }

    private static func shown(_ account: AccountRow, _ call: Call) async throws -> Reply {
        let enabledAt = try await call.people.realTrading(account.id, owner: call.owner)
        return .json { json in
            json.object { json in
                json.member("account", account.id.rawValue)
                json.member("real", !account.profile.isVirtual)
                json.member("serverAllows", call.configuration.allowsRealTrading)
                json.member("enabledAt", ifAny: enabledAt?.description)
            }
        }
    }
}
