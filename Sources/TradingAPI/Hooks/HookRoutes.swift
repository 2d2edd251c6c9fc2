// An owner's hooks: make one, see it, change it, give it another secret, take it away.

import HTTPTypes
import Hummingbird
import Logging
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum HookRoutes {
    /// Answers with the secret, this once. The same key of the client names the same hook.
    static func create(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let fields = try call.fields(Hook.changeable.union(["format"]))
        let format = try fields["format"].word(Hook.Format.allCases.map { ($0.rawValue, $0) })
        let id = HookBook.id(owner: call.owner, clientKey: call.idempotencyKey)
        let hook = try Hook(fields, id: id, owner: call.owner, format: format, createdAt: call.hooks.now())
        if let before = try await call.hooks.store.hook(id, owner: call.owner) { return try again(before, hook) }
        try call.expectProven()
        try await checkSession(hook, call)
        let secret = try made(hook, version: 1, call)
        guard try await call.hooks.store.add(hook, secret.kept, atMost: HookBook.most) else {
            if let before = try await call.hooks.store.hook(id, owner: call.owner) { return try again(before, hook) }
            throw Problem(.tooManyHooks, "expected at most \(HookBook.most)")
        }
        return .json(.created, headers: [.location: "/api/v1/hooks/\(id)"]) { $0.value(StoredHook(hook: hook, secrets: [secret.kept]), secret: secret.text) }
    }

    private static func again(_ before: StoredHook, _ hook: Hook) throws(Problem) -> Reply {
        var same = hook
        same.createdAt = before.hook.createdAt
        guard before.hook == same else { throw Problem(.idempotencyKeyReused, field: "Idempotency-Key") }
        return .json(.ok, headers: [Idempotency.replayed: "true", .location: "/api/v1/hooks/\(hook.id)"]) { $0.value(before) }
    }

    static func list(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        return .page(try await call.hooks.store.hooks(call.owner).filter { isInReach($0, call) }, next: nil) { $0.value($1) }
    }

    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let stored = try await found(call)
        guard isInReach(stored, call) else { throw Problem(.notFound) }
        return .json { $0.value(stored) }
    }

    /// A hook for all sessions is none of a key that is for some.
    private static func isInReach(_ stored: StoredHook, _ call: Call) -> Bool {
        call.caller.only == nil || stored.hook.session.map { call.caller.reaches($0) } ?? false
    }

    static func change(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let before = try await found(call).hook
        let hook = try Hook(call.fields(Hook.changeable), id: before.id, owner: before.owner, format: before.format, createdAt: before.createdAt)
        if hook.isWider(than: before) { try call.expectProven() }
        try await checkSession(hook, call)
        guard try await call.hooks.store.change(hook) else { throw Problem(.notFound) }
        let stored = try await found(call)
        return .json { $0.value(stored) }
    }

    static func remove(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        guard try await call.hooks.store.remove(hook: id(call), owner: call.owner) else { throw Problem(.notFound) }
        return .noContent
    }

    /// A second secret, so that senders can change over one after the other.
    static func addSecret(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let stored = try await found(call)
        try call.expectProven()
        let secret = try made(stored.hook, version: (stored.secrets.map(\.version).max() ?? 0) + 1, call)
        guard try await call.hooks.store.add(secret.kept, to: stored.hook.id, owner: call.owner) else { throw Problem(.twoSecrets) }
        let now = try await found(call)
        return .json(.created, headers: [:]) { $0.value(now, secret: secret.text) }
    }

    static func removeSecret(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let stored = try await found(call)
        let version = try Field(path: "version", value: call.parameters["version"].map { .string($0) }, isText: true).integer(1...Int64.max)
        guard stored.secrets.contains(where: { $0.version == version }) else { throw Problem(.notFound) }
        guard try await call.hooks.store.remove(secret: version, of: stored.hook.id, owner: call.owner) else { throw Problem(.lastSecret) }
        return .noContent
    }

    // MARK: Parts

    private static func id(_ call: Call) -> String { call.parameters["hook"] ?? "" }

    private static func found(_ call: Call) async throws -> StoredHook {
        guard let stored = try await call.hooks.store.hook(id(call), owner: call.owner) else { throw Problem(.notFound) }
        return stored
    }

    private static func checkSession(_ hook: Hook, _ call: Call) async throws {
        if hook.certificateName != nil, call.configuration.certificate?.senders == nil {
            throw Problem(.certificatesNotAsked, field: "certificateName")
        }
        guard let session = hook.session else { return }
        guard try await call.reads.session(session, owner: call.owner) != nil else { throw Problem(Decline.sessionNotFound, field: "session") }
    }

    private static func made(_ hook: Hook, version: Int64, _ call: Call) throws(Problem) -> (text: Secret, kept: HookSecret) {
        do { return try call.hooks.newSecret(hook, version: version) } catch {
            call.logger.error("a hook's secret could not be sealed", metadata: ["error": "\(error)"])
            throw Problem(.vaultFailed)
        }
    }
}

extension Hook {
    /// Does it take anything that the hook of before refused, or make anything else of it? A name changes nothing.
    fileprivate func isWider(than before: Hook) -> Bool {
        if session != before.session || source != before.source || template != before.template { return true }
        if alertsPerMinute > before.alertsPerMinute || ageSeconds > before.ageSeconds || validSeconds > before.validSeconds { return true }
        if let named = before.certificateName, certificateName != named { return true }
        // None is any.
        if before.addresses.isEmpty { return false }
        let old = before.addresses.compactMap { Network($0) }
        return addresses.isEmpty || !addresses.allSatisfy { text in Network(text).map { new in old.contains { $0.contains(new) } } ?? false }
    }
}
