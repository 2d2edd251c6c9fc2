import Foundation
import KeyRing
import KeyRotation
import Logging
import PlainJSON
import SQLiteStore
import TradingModel

/// The way from a command to whoever has the database: the running server over its control socket, or, while none runs,
/// this process itself.
struct KeyDesk {
    let configuration: ServerConfiguration

    func run(_ request: KeyRequest, with proof: KeyProof? = nil, progress: @escaping (Int, Int) -> Void) throws -> KeyOutcome {
        let store: SQLiteStore
        do {
            try Folder.make(configuration.dataDirectory)
            store = try SQLiteStore.open(configuration.dataDirectory + "/signalist.sqlite")
        } catch SQLiteStoreError.inUse {
            return try ask(request, with: proof, progress: progress)
        }
        defer { try? store.close() }
        let keeper = try KeyKeeper(configuration, store: store) { notice in if case .ringOlderThanData = notice { Terminal.note("warning: \(notice)") } }
        return store.noted(request, with: proof, keeper, nil) {
            KeyOperations(keeper: keeper, isServing: false) { done, total in
                progress(done, total)
                return true
            }.run(request)
        }
    }

    /// Puts on the audit log what a command did by itself. Without a database there is no log yet.
    func report(_ request: KeyRequest) throws {
        let path = configuration.dataDirectory + "/signalist.sqlite"
        guard FileManager.default.fileExists(atPath: path) else { return }
        let store: SQLiteStore
        do { store = try SQLiteStore.open(path) } catch SQLiteStoreError.inUse {
            _ = try ask(request, with: nil, progress: { _, _ in })
            return
        }
        defer { try? store.close() }
        _ = store.noted(request, KeyOutcome(lines: [], data: []), by: "host", nil)
    }

    private func ask(_ request: KeyRequest, with proof: KeyProof?, progress: (Int, Int) -> Void) throws -> KeyOutcome {
        let connection = try ControlSocket.open(configuration.dataDirectory) { connect($0, $1, $2) == 0 }
        defer { close(connection) }
        guard ControlSocket.send(connection, request.bytes(with: proof)) else { throw ControlError.silent }
        var lines = LineReader(connection, longest: 1 << 26)
        while let line = lines.next() {
            if let outcome = KeyOutcome(line) { return outcome }
            if let json = try? JSONValue.parse(line), let done = json["done"]?.integer, let total = json["of"]?.integer { progress(Int(done), Int(total)) }
        }
        throw ControlError.silent
    }
}

extension SQLiteStore {
    /// Carries a command out for whoever may give it, and puts it on the audit log, a refusal too.
    func noted(_ request: KeyRequest, with proof: KeyProof?, _ keeper: KeyKeeper, _ logger: Logger?, _ body: () -> KeyOutcome) -> KeyOutcome {
        let actor: String
        do { actor = try KeyGate(store: self, keeper: keeper).actor(of: request, proof) } catch {
            var outcome = KeyOutcome(error: error)
            // To be asked for is no try.
            if case .needed? = error as? KeyProofRefusal {
                outcome.isPasswordNeeded = true
                return outcome
            }
            return noted(request, outcome, by: "host", logger)
        }
        return noted(request, body(), by: actor, logger)
    }

    /// A command about keys and what came of it, on the audit log. Only looking is no act. What is done is done, whether it can be entered or
    /// not; an export is still to be made, and is not made then.
    fileprivate func noted(_ request: KeyRequest, _ outcome: KeyOutcome, by actor: String, _ logger: Logger?) -> KeyOutcome {
        switch request {
        case .list, .verify(acceptsOlderRing: false): return outcome
        default: break
        }
        var code = "\(outcome.code)"
        if case .report(_, _, let told) = request { code = told }
        do { try record(AuditAct(actor: actor, action: "keys \(request.name)", object: request.object, outcome: code)) } catch {
            logger?.error("audit", metadata: ["error": "\(error)"])
            if case .export = request { return KeyOutcome(error: error) }
            if logger == nil { Terminal.note("warning: the audit log was not written: \(error)") }
        }
        return outcome
    }
}

extension KeyRequest {
    /// The key that it names; nothing when it names none.
    var object: String {
        switch self {
        case .retire(let version, _, _): version.map { "key \($0)" } ?? ""
        case .enable(let version, _), .destroy(let version, _, _): "key \(version)"
        case .addPrevious(let name, _, _): "\(name)"
        case .verify(let acceptsOlderRing): acceptsOlderRing ? "an older ring accepted" : ""
        case .promote(let isOldCompromised, _): isOldCompromised ? "the old key is compromised" : ""
        case .report(_, let object, _): object
        case .list, .add, .reseal, .abort, .export: ""
        }
    }
}

extension KeyKeeper {
    /// As the settings say.
    convenience init(
        _ configuration: ServerConfiguration, store: SQLiteStore,
        later: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { $0() }, tell: @escaping @Sendable (KeyNotice) -> Void
    ) throws {
        let source = configuration.keyRingSource
        if case .environment = source {
            Terminal.note("warning: the key ring comes from the environment, which children and /proc show to others of this user")
        }
        try self.init(
            store: store, source: source, instance: store.instanceID, environment: configuration.keyRingEnvironment, now: WallClock.now, tell: tell,
            later: later)
    }
}
