// Where alerts come in. An alert can propose a signal and nothing else; the answer is there once that is durable, and
// does not wait for what becomes of it.

import HTTPTypes
import Hummingbird
import Logging
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
        try checkSize(call)
        let unknown = Problem(.unauthorized, "the hook or its signature is not known", headers: [.wwwAuthenticate: "HMAC-SHA256"])
        guard let stored = try await found(call) else { throw unknown }
        let isRight: Bool
        do { isRight = try call.hooks.accepts(code: signature.code, of: signature.signed(call.body), stored) } catch {
            call.logger.error("a hook's secret could not be opened", metadata: ["hook": "\(stored.hook.id)", "error": "\(error)"])
            throw Problem(.vaultFailed)
        }
        guard isRight else { throw unknown }
        let now = call.hooks.now()
        guard abs(now.seconds - signature.signedAt) <= clockSeconds else {
            throw Problem(
                .alertTooOld, "it was signed \(now.seconds - signature.signedAt) s ago; expected at most \(clockSeconds)", field: HookSignature.header.rawName)
        }
        return try await take(call, stored.hook, nonce: signature.nonce)
    }

    /// `POST /hooks/{hook}/{token}`: who knows the address may propose.
    static func byAddress(_ call: Call) async throws -> Reply {
        try checkSize(call)
        guard let stored = try await found(call), call.hooks.accepts(call.parameters["token"] ?? "", stored) else { throw Problem(.notFound) }
        return try await take(call, stored.hook, nonce: nil)
    }

    private static func checkSize(_ call: Call) throws(Problem) {
        guard call.body.count <= bodyBytesMost else { throw Problem(.bodyTooLarge, "expected at most \(bodyBytesMost) bytes") }
    }

    private static func found(_ call: Call) async throws -> StoredHook? {
        guard let id = call.parameters["hook"], id.utf8.count == 32 else { return nil }
        return try await call.hooks.store.hook(anyonesWith: id)
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
