// Where alerts come in. An alert can propose a signal and nothing else; the answer is there once that is durable, and
// does not wait for what becomes of it.

import HTTPTypes
import Hummingbird
import Logging
import People
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum HookDelivery {
    static let bodyBytesMost = 8_192
    /// How far a sender's clock may be off.
    static let clockSeconds: Int64 = 60

    /// `POST /hooks/{hook}`: the body is signed.
    static func signed(_ call: Call) async throws -> Reply {
        guard let text = call.headers[HookSignature.header], let signature = HookSignature(text) else {
            throw Problem(.unauthorized, "expected X-Signature: t=SECONDS,n=NONCE,v1=HMAC", headers: [.wwwAuthenticate: "HMAC-SHA256"])
        }
        let stored = try await found(call) { stored in
            do { return try call.hooks.accepts(code: signature.code, of: signature.signed(call.body), stored) } catch {
                call.logger.error("a hook's secret could not be opened", metadata: ["hook": "\(stored.hook.id)", "error": "\(error)"])
                throw Problem(.vaultFailed)
            }
        }
        guard let stored else {
            throw Problem(.unauthorized, "the hook or its signature is not known", headers: [.wwwAuthenticate: "HMAC-SHA256"])
        }
        let now = call.hooks.now()
        guard abs(now.seconds - signature.signedAt) <= clockSeconds else {
            throw Problem(
                .alertTooOld, "it was signed \(now.seconds - signature.signedAt) s ago; expected at most \(clockSeconds)", field: HookSignature.header.rawName)
        }
        return try await take(call, stored.hook, nonce: signature.nonce)
    }

    /// `POST /hooks/{hook}/{token}`: who knows the address may propose.
    static func byAddress(_ call: Call) async throws -> Reply {
        guard let stored = try await found(call, { call.hooks.accepts(call.parameters["token"] ?? "", $0) }) else { throw Problem(.notFound) }
        return try await take(call, stored.hook, nonce: nil)
    }

    /// The hook that is named, when what it was sent with is right. From where nothing right came lately only so many are looked at a minute.
    private static func found(_ call: Call, _ isRight: (StoredHook) throws -> Bool) async throws -> StoredHook? {
        guard let id = call.parameters["hook"], id.utf8.count == 32 else {
            try call.strangers.count(call.household, at: call.people.now())
            return nil
        }
        let name = Strangers.name("hook", "\(id) from \(call.household)")
        return try await call.strangers.find(name, of: call.household, at: call.people.now(), stays: false) {
            guard let stored = try await call.hooks.store.hook(anyonesWith: id), try isRight(stored) else { return nil }
            return stored
        }
    }

    private static func take(_ call: Call, _ hook: Hook, nonce: String?) async throws -> Reply {
        let networks = hook.addresses.map { text in
            guard let network = Network(text) else { preconditionFailure("a hook was stored with the network \(text)") }
            return network
        }
        guard networks.isEmpty || call.address.map({ address in networks.contains { $0.contains(address) } }) == true else {
            throw Problem(.addressNotAllowed)
        }
        if let name = hook.certificateName {
            guard await call.certificateNames().contains(where: { $0.lowercased() == name.lowercased() }) else { throw Problem(.certificateNotAllowed) }
        }
        // A hook does no more than its owner: who is disabled, or has a role without signals, proposes nothing by it either.
        guard call.people.caller(ownerKeyOf: hook.owner, hash: [])?.scopes.contains(.sendSignals) == true else {
            throw Problem(.forbidden, "the hook's owner may not propose signals")
        }
        guard !call.people.mustSetUpSecondFactor(hook.owner) else {
            throw Problem(.secondFactorRequired, "the hook rests until its owner has logged in and set up a second factor")
        }
        let now = call.hooks.now()
        if let seconds = call.hookRates.take(hook.id, perMinute: hook.alertsPerMinute, at: now) {
            throw Problem(.rateLimited, "expected at most \(hook.alertsPerMinute) alerts a minute", headers: [.retryAfter: "\(seconds)"])
        }
        _ = try call.parameters([])
        let body = try Body.parse(call.body), template = try template(hook), alert = try Alert(body, template)
        try await call.listedSymbols.expect(alert.symbol, try template.field(.symbol, in: body), call.desk.market)
        if let moment = alert.sentAt ?? (nonce == nil ? alert.barTime : nil) {
            let age = now.seconds - moment.seconds
            guard age <= Int64(hook.ageSeconds), age >= -clockSeconds else {
                throw Problem(.alertTooOld, "it is \(age) s old; expected at most \(hook.ageSeconds)", field: alert.sentAt == nil ? "barTime" : "sentAt")
            }
        } else if nonce == nil {
            throw Problem(.missingField, "sentAt or barTime is missing; expected when the alert was made", field: "sentAt")
        }
        guard let key = alert.key(hook, nonce: nonce) else {
            throw Problem(.missingField, "id or barTime is missing; expected what tells one alert from the next", field: "id")
        }
        let signal = alert.signal(hook, key: key, now: call.desk.clock.now())
        let origin = SignalOrigin(.hook, name: hook.id, key: key, body: call.body)
        let isRepeated = try await Signals.record(signal, origin, call, owner: hook.owner, isNew: false) { other throws(Problem) in
            try alert.expectSame(as: other)
        }
        return .json(.accepted) { json in
            json.object { json in
                json.member("signal", signal.id.text)
                json.member("repeated", isRepeated)
            }
        }
    }

    static func template(_ hook: Hook) throws(Problem) -> HookTemplate {
        let value = try Body.parse(Array(hook.template.utf8))
        return value == .null ? .plain : try HookTemplate(Field(path: "template", value: value))
    }
}
