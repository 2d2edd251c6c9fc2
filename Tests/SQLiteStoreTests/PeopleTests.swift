import Dispatch
import GRDB
import Synchronization
import Testing
import TradingModel
import TradingPorts
import TradingTesting

@testable import SQLiteStore

/// Owners, keys, sealed tokens and remembered answers: what is no fact.
@Suite struct PeopleTests {
    @Test func ownersAreNumberedAndNamed() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let ada = try store.createOwner("Ada"), ben = try store.createOwner("Ben")
        #expect(try store.owners().map(\.name) == ["Ada", "Ben"])
        #expect(try store.owners().map(\.id) == [ada, ben])
        #expect(throws: (any Error).self) { try store.createOwner("") }
        try store.close()
    }

    @Test func thePlaceOfThePreviousSystemsEndpointsIsKept() async throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let ada = try store.createOwner("Ada"), ben = try store.createOwner("Ben")
        #expect(try await store.previousPlace(ada) == nil)
        var place = PreviousPlace(
            account: AccountID(rawValue: 3), session: SessionID(rawValue: 9), scopes: ["read", "trade"], isValid: true, validatedAt: Timestamp(seconds: 5))
        try await store.keep(place, owner: ada)
        #expect(try await store.previousPlace(ada) == place)
        #expect(try await store.previousPlace(ben) == nil)
        place = PreviousPlace()
        try await store.keep(place, owner: ada)
        #expect(try await store.previousPlace(ada) == place)
        try store.close()
    }

    /// Requests run on one thread. One that holds a reader of the pool and needs that thread to go on must not be waited
    /// for by one that looks for a row by its key.
    @Test(.timeLimit(.minutes(1))) func lookUpsOnOneThreadDoNotWaitForOneAnother() async throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let ada = try store.createOwner("Ada")
        try store.addKey(ada, hash: [UInt8](repeating: 1, count: 32), name: "first")
        try await withTaskExecutorPreference(OneThread()) {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<64 {
                    tasks.addTask {
                        for _ in 0..<20 {
                            let accounts = try await store.accounts(ada), answer = try await store.remembered(ada, idempotencyKey: "key \(number)")
                            #expect(accounts.isEmpty && answer == nil)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }
        try store.close()
    }

    @Test func hooksAreKeptWithAtMostTwoSecrets() async throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let ada = try store.createOwner("Ada"), ben = try store.createOwner("Ben")
        func hook(_ id: String, _ owner: OwnerID) -> Hook {
            Hook(
                id: id, owner: owner, name: Label("chart")!, format: .tradingView, session: SessionID(rawValue: 7), source: Label("webhook")!,
                template: "null", addresses: ["192.0.2.0/24", "::1"], alertsPerMinute: 60, ageSeconds: 30, validSeconds: 10, createdAt: Timestamp(seconds: 5))
        }
        func secret(_ version: Int64) -> HookSecret { HookSecret(version: version, bytes: [1, UInt8(version)], createdAt: Timestamp(seconds: version)) }
        let first = hook("a", ada)
        #expect(try await store.add(first, secret(1), atMost: 2))
        #expect(try await !store.add(hook("a", ben), secret(1), atMost: 2), "an id is taken once, whoever asks")
        #expect(try await store.add(hook("b", ada), secret(1), atMost: 2))
        #expect(try await !store.add(hook("c", ada), secret(1), atMost: 2))
        #expect(try await store.hooks(ada).map(\.hook.id) == ["a", "b"])
        #expect(try await store.hook("a", owner: ada) == StoredHook(hook: first, secrets: [secret(1)]))
        #expect(try await store.hook("a", owner: ben) == nil)
        #expect(try await store.hook(anyonesWith: "a")?.hook.owner == ada)

        #expect(try await !store.remove(secret: 1, of: "a", owner: ada), "the last one stays")
        #expect(try await !store.add(secret(1), to: "a", owner: ada))
        #expect(try await !store.add(secret(2), to: "a", owner: ben))
        #expect(try await store.add(secret(2), to: "a", owner: ada))
        #expect(try await !store.add(secret(3), to: "a", owner: ada))
        #expect(try await !store.remove(secret: 1, of: "a", owner: ben))
        #expect(try await store.remove(secret: 1, of: "a", owner: ada))
        #expect(try await store.hook("a", owner: ada)?.secrets == [secret(2)])

        var changed = first
        (changed.name, changed.session, changed.addresses) = (Label("other")!, nil, [])
        #expect(try await store.change(changed))
        #expect(try await store.hook("a", owner: ada)?.hook == changed)
        changed.owner = ben
        #expect(try await !store.change(changed))
        #expect(try await !store.remove(hook: "a", owner: ben))
        #expect(try await store.remove(hook: "a", owner: ada))
        #expect(try await !store.remove(hook: "a", owner: ada))
        #expect(try await store.hook(anyonesWith: "a") == nil)
        try store.close()
    }

    @Test func aKeyNeedsAnOwnerAndAWholeHash() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let ada = try store.createOwner("Ada")
        #expect(throws: (any Error).self) { try store.addKey(OwnerID(rawValue: 99), hash: [UInt8](repeating: 1, count: 32), name: "nobody's") }
        #expect(throws: (any Error).self) { try store.addKey(ada, hash: [1, 2, 3], name: "short") }
        try store.addKey(ada, hash: [UInt8](repeating: 1, count: 32), name: "good")
        try store.close()
    }

    @Test func aKeyIsFoundAgainAndANewOneAtOnce() async throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let ada = try store.createOwner("Ada"), ben = try store.createOwner("Ben")
        let hers = [UInt8](repeating: 1, count: 32), his = [UInt8](repeating: 2, count: 32)
        try store.addKey(ada, hash: hers, name: "hers")
        for _ in 1...2 {
            #expect(try await store.owner(keyHash: hers) == ada)
            #expect(try await store.owner(keyHash: his) == nil)
        }
        try store.addKey(ben, hash: his, name: "his")
        #expect(try await store.owner(keyHash: his) == ben)
        try store.close()
    }

    @Test func aSealedTokenIsKeptReplacedAndErased() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let ada = try store.createOwner("Ada"), ben = try store.createOwner("Ben"), account = AccountID(rawValue: 5)
        #expect(try store.sealed(account) == nil)
        try store.keep([1, 2, 3], account: account, owner: ada, loginID: Label("VRTC1")!, isVirtual: true, isCompromised: false)
        try store.keep([4, 5], account: account, owner: ada, loginID: Label("VRTC1")!, isVirtual: true, isCompromised: false)
        #expect(try store.sealed(account) == SealedCredential(bytes: [4, 5], owner: ada, loginID: Label("VRTC1")!, isVirtual: true))
        #expect(try store.accountsWithCredentials() == [account])

        #expect(throws: SQLiteStoreError.self) {
            try store.keep([6], account: account, owner: ben, loginID: Label("VRTC2")!, isVirtual: true, isCompromised: false)
        }
        #expect(throws: (any Error).self) { try store.keep([], account: account, owner: ada, loginID: Label("VRTC1")!, isVirtual: true, isCompromised: false) }
        #expect(try store.sealed(account)?.bytes == [4, 5])

        try store.erase(account)
        try store.erase(account)
        #expect(try store.sealed(account) == nil)
        #expect(try store.accountsWithCredentials() == [])
        try store.close()
    }

    @Test func anAnswerIsForgottenAfterADay() async throws {
        let folder = try TemporaryFolder(), time = Turnable(Timestamp(seconds: 1_800_000_000))
        let store = try SQLiteStore.open(folder.database, now: { time.now })
        let ada = try store.createOwner("Ada")
        let answer = RememberedAnswer(requestHash: [UInt8](repeating: 7, count: 32), status: 202, body: [1])
        try await store.remember(ada, idempotencyKey: "old", answer)
        time.turn(bySeconds: 86_400)
        #expect(try await store.remembered(ada, idempotencyKey: "old") == answer)
        time.turn(bySeconds: 1)
        #expect(try await store.remembered(ada, idempotencyKey: "old") == nil)
        // The next answer sweeps it away, so the same key is new again.
        let other = RememberedAnswer(requestHash: [UInt8](repeating: 8, count: 32), status: 200, body: [2])
        try await store.remember(ada, idempotencyKey: "old", other)
        #expect(try await store.remembered(ada, idempotencyKey: "old") == other)
        #expect(try await store.pool.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM idempotency") } == 1)
        try store.close()
    }

    @Test func numbersGoOnAfterOpeningAgain() async throws {
        let folder = try TemporaryFolder(), first = try folder.open()
        let number = try await first.newID()
        try first.close()
        let second = try folder.open()
        #expect(try await second.newID() > number)
        try second.close()
    }
}

/// A clock that a test turns.
private final class Turnable: Sendable {
    private let time: Mutex<Timestamp>
    init(_ time: Timestamp) { self.time = Mutex(time) }
    var now: Timestamp { time.withLock(\.self) }
    func turn(bySeconds seconds: Int64) { time.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// Runs tasks one after the other, as an event loop does.
private final class OneThread: TaskExecutor {
    private let queue = DispatchQueue(label: "one thread")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
