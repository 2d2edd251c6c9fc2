// `/api/deriv/token/secure`: the same one token, with what it may do. Permissions are the broker's own scopes.

import Hummingbird
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum PreviousTokenSecure {
    /// What the previous system called a token's permissions, from the scopes that the broker gives it.
    struct Permissions {
        var canTrade: Bool
        /// One scope of the broker's covers both.
        var canRead: Bool
        init(_ scopes: [String]) { (canTrade, canRead) = (scopes.contains("trade"), scopes.contains("read")) }
        init(missing: [String]) { (canTrade, canRead) = (!missing.contains("trade"), !missing.contains("read")) }
        static let none = Permissions([])
    }

    /// What came of a look at a token.
    struct Validation {
        var isValid: Bool
        /// `demo` or `real`; nil when the broker did not say whose it is.
        var accountType: String?
        var permissions: Permissions
        var errors: [String] = []
        var warnings: [String] = []
    }

    static let notFound = PreviousError(.notFound, "Token not found")

    /// Checks the token at the broker, stores it sealed, and makes its account the one that these endpoints mean.
    static func store(_ call: Call) async throws -> Reply {
        let fields = try call.previousFields()
        guard let token = fields["token"].value?.string, !token.isEmpty else { throw PreviousError(.badRequest, "Token is required") }
        let required = try fields["requiredPermissions"].previousMembers()
        // Nothing less than reading and trading is ever taken, so what is required is there once it was.
        for name in ["trade", "readBalance", "readTransactions"] { _ = try required[name].ifGiven?.flag() }
        let stored: (row: AccountRow, checked: CheckedToken)
        do { stored = try await PreviousToken.take(token, call) } catch let error as AccountError { return try refusal(error) }
        let validation = validation(stored.checked)
        return .json { json in
            json.object { json in
                json.member("success", true)
                json.memberObject("data") { json in
                    json.account(stored.row, balance: stored.checked.balance, isValid: true, scopes: stored.checked.scopes)
                }
                json.memberObject("validation") { json in
                    json.member("isValid", true)
                    json.member("accountType", stored.row.previousType)
                    json.permissions(validation.permissions)
                    json.memberTexts("warnings", validation.warnings)
                }
            }
        }
    }

    static func get(_ call: Call) async throws -> Reply {
        guard let row = try await call.previousAccount() else { return .json { json in json.object { $0.member("success", true) } } }
        let place = try await call.place(for: row)
        return PreviousReply.data { json in
            json.object { json in
                json.account(row, balance: row.balance, isValid: place.isValid, scopes: place.scopes)
                json.member("lastValidatedAt", momentIfAny: place.validatedAt)
            }
        }
    }

    /// `permanent=true` forgets the token; otherwise it stays sealed and is not used until it is validated again.
    static func remove(_ call: Call) async throws -> Reply {
        let isPermanent = try call.previousQuery()["permanent"].ifGiven?.text() == "true"
        guard let row = try await call.previousAccount() else { throw notFound }
        if isPermanent {
            _ = try await PreviousToken.remove(call)
            return PreviousReply.message("Token permanently deleted")
        }
        try await PreviousToken.stopSessions(of: row.id, call)
        var place = try await call.place()
        (place.account, place.isValid) = (row.id, false)
        try await call.reads.keep(place, owner: call.owner)
        return PreviousReply.message("Token revoked")
    }

    static func validate(_ call: Call) async throws -> Reply {
        guard let row = try await call.previousAccount() else { throw notFound }
        let validation: Validation
        switch try await PreviousToken.check(row, call) {
        case .success(let checked): validation = self.validation(checked)
        case .failure(.broker(.unreachable)), .failure(.broker(.unusable)):
            let place = try await call.place(for: row)
            // Less than reading and trading was never taken.
            let scopes = place.scopes.isEmpty && place.isValid ? ["read", "trade"] : place.scopes
            validation = Validation(
                isValid: place.isValid, accountType: row.previousType, permissions: Permissions(scopes),
                warnings: ["Broker not reachable: this is what it said last"])
        case .failure(let error):
            guard let failed = failed(error, accountType: row.previousType) else { throw PreviousToken.refusal(error) }
            validation = failed
        }
        return .json { json in
            json.object { json in
                json.member("success", true)
                json.memberObject("validation") { json in
                    json.member("isValid", validation.isValid)
                    json.member("accountType", row.previousType)
                    json.permissions(validation.permissions)
                    json.memberTexts("errors", validation.errors)
                    json.memberTexts("warnings", validation.warnings)
                }
            }
        }
    }

    // MARK: What it comes to

    private static func validation(_ checked: CheckedToken) -> Validation {
        var validation = Validation(isValid: true, accountType: checked.profile.isVirtual ? "demo" : "real", permissions: Permissions(checked.scopes))
        if !checked.profile.isVirtual { validation.warnings.append("Real account: nothing is traded on it before its owner enables it") }
        if !checked.balance.isPositive { validation.warnings.append("Account balance is zero") }
        return validation
    }

    /// What the broker's "no" says of the token; nil when it says nothing of it.
    private static func failed(_ error: AccountError, accountType: String?) -> Validation? {
        switch error {
        case .broker(.refused(let code)):
            Validation(isValid: false, accountType: accountType, permissions: .none, errors: ["The broker refuses the token: \(code)"])
        case .broker(.scopes(let missing, let forbidden)):
            Validation(
                isValid: false, accountType: accountType, permissions: Permissions(missing: missing),
                errors: missing.map { "Missing required permission: \($0)" } + forbidden.map { "Forbidden permission: \($0)" })
        case .broker(.unreachable), .broker(.unusable), .declined, .desk, .vault, .notFound, .otherAccount: nil
        }
    }

    private static func refusal(_ error: AccountError) throws -> Reply {
        guard let validation = failed(error, accountType: nil) else { throw PreviousToken.refusal(error) }
        return .json(.badRequest) { json in
            json.object { json in
                json.member("success", false)
                json.member("error", validation.errors.joined(separator: "; "))
                json.memberObject("validation") { json in
                    json.member("isValid", false)
                    json.memberTexts("errors", validation.errors)
                    json.memberTexts("warnings", validation.warnings)
                    json.permissions(validation.permissions)
                }
            }
        }
    }
}

extension AccountRow {
    var previousType: String { profile.isVirtual ? "demo" : "real" }
}

extension JSONWriter {
    fileprivate mutating func account(_ row: AccountRow, balance: Money, isValid: Bool, scopes: [String]) {
        member("accountType", row.previousType)
        member("accountId", row.profile.loginID.text)
        member("accountBalance", number: balance)
        member("accountCurrency", row.profile.currency.code)
        member("isValid", isValid)
        memberTexts("scopes", scopes)
    }

    fileprivate mutating func permissions(_ permissions: PreviousTokenSecure.Permissions) {
        memberObject("permissions") { json in
            json.member("canTrade", permissions.canTrade)
            json.member("canReadBalance", permissions.canRead)
            json.member("canReadTransactions", permissions.canRead)
        }
    }
}
