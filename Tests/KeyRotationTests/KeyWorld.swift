// A key ring file in a folder of its own, tokens in memory, and keepers over both.

import Foundation
import KeyRing
import KeyRotation
import Synchronization
import Testing
import TradingModel
import TradingPorts

final class KeyWorld {
    let folder: String
    var store = MemoryCredentials()
    let notices = Notices()

    final class Notices: Sendable {
        private let heard = Mutex<[KeyNotice]>([])
        var all: [KeyNotice] { heard.withLock { $0 } }
        func hear(_ notice: KeyNotice) { heard.withLock { $0.append(notice) } }
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }
    deinit { try? FileManager.default.removeItem(atPath: folder) }  // what is left over is in the temporary directory

    var path: String { folder + "/ring.json" }
    var source: KeyRingSource { .file(path) }
    static let instance = [UInt8](repeating: 7, count: 16)

    /// A process that has just started.
    func keeper(_ source: KeyRingSource? = nil) throws -> KeyKeeper {
        let notices = notices
        return try KeyKeeper(
            store: store, source: source ?? self.source, instance: Self.instance, now: { Timestamp(seconds: 1_800_000_000) }, tell: { notices.hear($0) })
    }

    /// The process died; another one starts.
    func restarted() throws -> KeyKeeper {
        store = store.reopened()
        return try keeper()
    }

    func text(_ account: Int) -> String { "a1-token-of-\(account)" }

    /// Tokens of accounts 1 to `count`.
    func fill(_ count: Int, with keeper: KeyKeeper) throws {
        guard count > 0 else { return }
        for account in 1...count { try put(text(account), in: account, with: keeper) }
    }

    func put(_ text: String, in account: Int, with keeper: KeyKeeper) throws {
        try keeper.vault.store(
            Secret(text), AccountID(rawValue: Int64(account)), OwnerID(rawValue: Int64(account % 3)), Label("VRTC\(account)")!, account % 2 == 0)
    }

    func expectWhole(_ count: Int, _ keeper: KeyKeeper, _ comment: Comment? = nil) throws {
        try expectTokens(count, keeper, comment)
        #expect(try store.sealedCount() == count, comment)
    }

    func expectTokens(_ count: Int, _ keeper: KeyKeeper, _ comment: Comment? = nil) throws {
        for account in 1...count {
            let token = try keeper.vault.token(AccountID(rawValue: Int64(account)))
            #expect(token?.reveal { $0 } == text(account), comment)
        }
    }
}

extension KeyVersion: ExpressibleByIntegerLiteral {
    init(integerLiteral value: UInt32) { self.init(rawValue: value) }
}
extension AccountID: ExpressibleByIntegerLiteral {
    init(integerLiteral value: Int64) { self.init(rawValue: value) }
}
