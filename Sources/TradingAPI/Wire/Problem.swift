// What goes wrong, as the client sees it: one shape for every error (RFC 9457), with a stable code.

import Hummingbird
import PlainJSON
import TradingEngine

/// A request that was not done, and why. It says nothing that the client did not send or may not know.
struct Problem: Error, Sendable {
    var code: String
    var status: HTTPResponse.Status
    var title: String
    /// About this one occurrence.
    var detail: String?
    /// The member, parameter or header that is wrong: `limits.drawdown`, `strategies[0].name`.
    var field: String?
    var headers: HTTPFields = [:]
    /// Further members that belong to this code.
    var more: [JSONMember] = []

    init(_ code: Code, _ detail: String? = nil, field: String? = nil, headers: HTTPFields = [:], more: [JSONMember] = []) {
        (self.code, status, title) = (code.rawValue, code.status, code.title)
        (self.detail, self.field, self.headers, self.more) = (detail, field, headers, more)
    }

    init(_ decline: Decline, _ detail: String? = nil, field: String? = nil) {
        (code, status, title) = (decline.rawValue, field == nil ? decline.status : .unprocessableContent, decline.title)
        (self.detail, self.field) = (detail, field)
        if decline == .overloaded { headers[.retryAfter] = "1" }
    }

    /// What the API itself says no to. Stable and documented in `docs/refusals.md`, with `Decline` beside it.
    enum Code: String, CaseIterable, Sendable {
        case unauthorized
        case forbidden
        case crossSite = "cross_site"
        case logInRefused = "log_in_refused"
        case passwordNeeded = "password_needed"
        case realTradingNotAllowed = "real_trading_not_allowed"
        case secondFactorNeeded = "second_factor_needed"
        case secondFactorExists = "second_factor_exists"
        case secondFactorRequired = "second_factor_required"
        case passwordWrong = "password_wrong"
        case passwordRefused = "password_refused"
        case unknownCode = "unknown_code"
        case emailTaken = "email_taken"
        case lastAdmin = "last_admin"
        case personNotDisabled = "person_not_disabled"
        case personForgotten = "person_forgotten"
        case notFound = "not_found"
        case hostNotAllowed = "host_not_allowed"
        case methodNotAllowed = "method_not_allowed"
        case bodyTooLarge = "body_too_large"
        case unsupportedContentType = "unsupported_content_type"
        case malformedJSON = "malformed_json"
        case missingField = "missing_field"
        case unknownField = "unknown_field"
        case duplicateField = "duplicate_field"
        case invalidField = "invalid_field"
        case idempotencyKeyReused = "idempotency_key_reused"
        case idempotencyKeyInUse = "idempotency_key_in_use"
        case unknownSymbol = "unknown_symbol"
        case tokenRefused = "token_refused"
        case tokenScopes = "token_scopes"
        case brokerUnreachable = "broker_unreachable"
        case brokerAnswerUnusable = "broker_answer_unusable"
        case tooManyStreams = "too_many_streams"
        case tooManyOwnStreams = "too_many_own_streams"
        case addressNotAllowed = "address_not_allowed"
        case certificateNotAllowed = "certificate_not_allowed"
        case certificatesNotAsked = "certificates_not_asked"
        case alertTooOld = "alert_too_old"
        case rateLimited = "rate_limited"
        case tooManyKeys = "too_many_keys"
        case tooManyHooks = "too_many_hooks"
        case twoSecrets = "two_secrets"
        case lastSecret = "last_secret"
        case serverEnding = "server_ending"
        case vaultFailed = "vault_failed"
        case internalError = "internal_error"

        var status: HTTPResponse.Status {
            switch self {
            case .malformedJSON, .missingField, .unknownField, .duplicateField, .invalidField: .badRequest
            case .unauthorized, .logInRefused, .secondFactorNeeded: .unauthorized
            case .notFound: .notFound
            case .hostNotAllowed: .misdirectedRequest
            case .methodNotAllowed: .methodNotAllowed
            case .addressNotAllowed, .certificateNotAllowed, .forbidden, .crossSite, .passwordWrong, .passwordNeeded, .secondFactorRequired:
                .forbidden
            case .rateLimited, .tooManyOwnStreams: .tooManyRequests
            case .idempotencyKeyInUse, .tooManyKeys, .tooManyHooks, .twoSecrets, .lastSecret, .emailTaken, .lastAdmin, .realTradingNotAllowed,
                .secondFactorExists, .personNotDisabled, .personForgotten:
                .conflict
            case .bodyTooLarge: .contentTooLarge
            case .unsupportedContentType: .unsupportedMediaType
            case .idempotencyKeyReused, .unknownSymbol, .tokenRefused, .tokenScopes, .certificatesNotAsked, .alertTooOld, .passwordRefused, .unknownCode:
                .unprocessableContent
            case .internalError: .internalServerError
            case .brokerAnswerUnusable: .badGateway
            case .tooManyStreams, .serverEnding, .vaultFailed: .serviceUnavailable
            case .brokerUnreachable: .gatewayTimeout
            }
        }

        var title: String {
            switch self {
            case .unauthorized: "A valid key is needed"
            case .forbidden: "This key or role may not do that"
            case .crossSite: "The request comes from another site"
            case .logInRefused: "The address or the password is wrong"
            case .passwordNeeded: "The password has to be typed again"
            case .realTradingNotAllowed: "The account may not trade real money"
            case .secondFactorNeeded: "A code of the second factor is needed, too"
            case .secondFactorExists: "There is a second factor already"
            case .secondFactorRequired: "A second factor has to be set up first"
            case .passwordWrong: "The password is wrong"
            case .passwordRefused: "The password is too easy to find"
            case .unknownCode: "The code is wrong, used or too old"
            case .emailTaken: "Somebody has this address already"
            case .lastAdmin: "Nobody could look after people any more"
            case .personNotDisabled: "Only a person who is disabled can be forgotten"
            case .personForgotten: "This person was forgotten"
            case .notFound: "There is no such resource"
            case .hostNotAllowed: "The server is not asked by this name"
            case .methodNotAllowed: "The resource does not know this method"
            case .bodyTooLarge: "The body is too large"
            case .unsupportedContentType: "The body must be application/json"
            case .malformedJSON: "The body is not JSON"
            case .missingField: "A field is missing"
            case .unknownField: "A field is not known"
            case .duplicateField: "A field stands twice"
            case .invalidField: "A field is wrong"
            case .idempotencyKeyReused: "The idempotency key belongs to another request"
            case .idempotencyKeyInUse: "A request with this idempotency key is being done"
            case .unknownSymbol: "The broker has no such symbol"
            case .tokenRefused: "The broker does not take the token"
            case .tokenScopes: "The token may do too little or too much"
            case .brokerUnreachable: "The broker did not answer"
            case .brokerAnswerUnusable: "The broker's answer makes no sense"
            case .tooManyStreams: "As many streams are open as the server allows"
            case .certificateNotAllowed: "The hook takes alerts only from the holder of a certificate"
            case .certificatesNotAsked: "This server asks nobody for a certificate"
            case .tooManyOwnStreams: "As many streams are open as one may have"
            case .addressNotAllowed: "This comes from an address that may not send it"
            case .tooManyKeys: "There are as many keys as one may have"
            case .alertTooOld: "The alert is too old, or from the future"
            case .rateLimited: "There were too many requests"
            case .tooManyHooks: "There are as many hooks as one may have"
            case .twoSecrets: "The hook has two secrets already"
            case .lastSecret: "The hook needs a secret"
            case .serverEnding: "The server is ending"
            case .vaultFailed: "What is sealed could not be opened, or nothing could be sealed"
            case .internalError: "Something went wrong here"
            }
        }
    }

    var reply: Reply {
        var json = JSONWriter()
        json.object { json in
            json.member("type", "urn:signalist:problem:\(code)")
            json.member("title", title)
            json.member("status", status.code)
            json.member("code", code)
            if let detail { json.member("detail", detail) }
            if let field { json.member("field", field) }
            for member in more { json.key(text: member.key); json.value(member.value) }
        }
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return Reply(status: status, headers: headers, body: .bytes(json.bytes))
    }
}

extension Decline {
    /// Not found: 404. Not for a key: 403. Full: 503. A value that does not fit: 422. Everything else is the state of things: 409.
    var status: HTTPResponse.Status {
        switch self {
        case .accountNotFound, .sessionNotFound, .signalNotFound, .intentNotFound, .raiseNotFound: .notFound
        case .personNeeded: .forbidden
        case .currencyDiffers, .contractNotACandidate: .unprocessableContent
        case .overloaded: .serviceUnavailable
        case .accountInUse, .accountExists, .sessionNotIdle, .sessionNotActive, .sessionNotPaused, .sessionEnded, .emergencyStopped, .stoppedByOperators,
            .drawdownNotAccepted, .limitStillReached, .doubtUnresolved, .signalExists, .signalNotPending, .intentNotAmbiguous, .reviewNotAwaited,
            .brokerNotServed:
            .conflict
        }
    }

    var title: String {
        switch self {
        case .accountNotFound: "There is no such account"
        case .accountInUse: "The account has a session, an open contract or a buy without an answer"
        case .accountExists: "The account is there already"
        case .sessionNotFound: "There is no such session"
        case .sessionNotIdle: "The session was started before"
        case .sessionNotActive: "The session is not active"
        case .sessionNotPaused: "The session is not paused"
        case .sessionEnded: "The session has ended"
        case .currencyDiffers: "The amount is not in the account's currency"
        case .emergencyStopped: "The emergency stop is on"
        case .stoppedByOperators: "Operators have stopped everybody's trading"
        case .drawdownNotAccepted: "The drawdown has to be accepted first"
        case .limitStillReached: "What paused the session still holds"
        case .doubtUnresolved: "A buy of the session is still in doubt"
        case .signalExists: "The signal is there already"
        case .signalNotFound: "There is no such signal"
        case .signalNotPending: "The signal is no longer pending"
        case .intentNotFound: "There is no such trade"
        case .intentNotAmbiguous: "The trade is not ambiguous"
        case .contractNotACandidate: "The contract is none of the candidates"
        case .reviewNotAwaited: "Nothing of the session waits for a review"
        case .brokerNotServed: "The session belongs to a broker that is not served"
        case .personNeeded: "Only a person who has logged in may do that"
        case .raiseNotFound: "Nothing of this number waits to be raised"
        case .overloaded: "More is waiting than the server can hold"
        }
    }
}
