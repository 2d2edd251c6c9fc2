import Synchronization
import TradingModel
import TradingPorts
import TradingService

@testable import TradingAPI

/// Hooks in memory. The seal turns each byte around and binds it to its hook: enough to see that what is stored is no
/// secret and that another hook's does not open.
extension FakeDesk: HookStore {
    var hookBook: HookBook {
        HookBook(
            store: self, now: { [self] in state.withLock(\.wall) },
            seal: { secret, hook, _ in secret.reveal { Array((hook + $0).utf8).map { ~$0 } } },
            open: { bytes, hook, _ in
                let text = String(decoding: bytes.map { ~$0 }, as: UTF8.self)
                guard text.hasPrefix(hook) else { throw Broken() }
                return Secret(String(text.dropFirst(hook.count)))
            })
    }

    private func change<Value: Sendable>(_ body: (inout [StoredHook]) -> Value) throws -> Value {
        try state.withLock { state in
            if state.isBroken { throw Broken() }
            return body(&state.hooks)
        }
    }

    func hooks(_ owner: OwnerID) async throws -> [StoredHook] { try change { $0.filter { $0.hook.owner == owner } } }
    func hook(_ id: String, owner: OwnerID) async throws -> StoredHook? { try change { $0.first { $0.hook.id == id && $0.hook.owner == owner } } }
    func hook(anyonesWith id: String) async throws -> StoredHook? {
        state.withLock { $0.hooksLookedUp += 1 }
        return try change { $0.first { $0.hook.id == id } }
    }

    func add(_ hook: Hook, _ secret: HookSecret, atMost most: Int) async throws -> Bool {
        try change { hooks in
            guard hooks.count(where: { $0.hook.owner == hook.owner }) < most, !hooks.contains(where: { $0.hook.id == hook.id }) else { return false }
            hooks.append(StoredHook(hook: hook, secrets: [secret]))
            return true
        }
    }

    func change(_ hook: Hook) async throws -> Bool {
        try change { hooks in
            guard let index = hooks.firstIndex(where: { $0.hook.id == hook.id && $0.hook.owner == hook.owner }) else { return false }
            hooks[index].hook = hook
            return true
        }
    }

    func remove(hook id: String, owner: OwnerID) async throws -> Bool {
        try change { hooks in
            let before = hooks.count
            hooks.removeAll { $0.hook.id == id && $0.hook.owner == owner }
            return hooks.count < before
        }
    }

    func add(_ secret: HookSecret, to id: String, owner: OwnerID) async throws -> Bool {
        try change { hooks in
            guard let index = hooks.firstIndex(where: { $0.hook.id == id && $0.hook.owner == owner }), hooks[index].secrets.count < 2 else { return false }
            hooks[index].secrets.append(secret)
            return true
        }
    }

    func remove(secret version: Int64, of id: String, owner: OwnerID) async throws -> Bool {
        try change { hooks in
            guard let index = hooks.firstIndex(where: { $0.hook.id == id && $0.hook.owner == owner }), hooks[index].secrets.count == 2 else { return false }
            hooks[index].secrets.removeAll { $0.version == version }
            return hooks[index].secrets.count == 1
        }
    }
}
