import Foundation
import SQLiteStore
import Synchronization
import Testing
import TradingModel
import TradingPorts

@testable import People

/// People and one-time codes in the production store.
@Suite struct PersonStoreTests {
    func person(_ email: String = "ada@example.org", _ role: Role = .trader, owner: OwnerID? = nil) -> NewPerson {
        NewPerson(email: Email(email)!, name: "Ada", role: role, owner: owner)
    }

    func added(_ store: SQLiteStore, _ person: NewPerson) async throws -> Person {
        guard case .added(let person) = try await store.add(person, by: .host) else { throw NotAdded() }
        return person
    }
    struct NotAdded: Error {}

    @Test func anAddressIsOnePersonHoweverItIsWritten() async throws {
        let world = try StoreWorld(), store = world.store
        let ada = try await added(store, person("Ada@Example.org"))
        #expect(try await store.add(person("ada@EXAMPLE.ORG"), by: .host) == .emailTaken)
        #expect(try await store.person(Email("aDa@example.org")!) == ada)
        #expect(try await store.person(ada.id)?.email.text == "Ada@Example.org")
        #expect(try await store.person(Email("ben@example.org")!) == nil)
        #expect(try await store.people() == [ada])
        #expect(try store.owners().map(\.id) == [ada.id])
    }

    @Test func anOwnerThatIsThereBecomesAPersonOnce() async throws {
        let world = try StoreWorld(), store = world.store
        let owner = try store.createOwner("imported")
        #expect(try await added(store, person(owner: owner)).id == owner)
        #expect(try await store.add(person("other@example.org", owner: owner), by: .host) == .ownerTaken)
        #expect(try await store.add(person("other@example.org", owner: OwnerID(rawValue: 99)), by: .host) == .ownerTaken)
        #expect(try store.owners().count == 1)
    }

    @Test(arguments: ["", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\n", "é@example.org", String(repeating: "a", count: 250) + "@b.cd"])
    func whatIsNoAddressIsNone(_ text: String) { #expect(Email(text) == nil) }

    @Test func aCodeSetsAPasswordOnceAndOnlyItsOwn() async throws {
        let world = try StoreWorld(), store = world.store
        let ada = try await added(store, person()), ben = try await added(store, person("ben@example.org"))
        let code = try await store.makeOneTimeCode(.setPassword, person: ada.id, validForSeconds: 60, by: .host).reveal { $0 }
        #expect(code.utf8.count == 32)
        let hash = try #require(OneTimeCode.hash(ofGiven: code))
        #expect(try await store.personOfCode(hash: hash) == .done(ada))
        #expect(try await store.redeem(hash: hash, settingPassword: "$argon2id$x", from: "here") == .done(PasswordRedeemed(person: ada.id, ended: Ended())))
        #expect(try await store.redeem(hash: hash, settingPassword: "$argon2id$y", from: "here") == .unknownCode)
        #expect(try await store.personOfCode(hash: hash) == .unknownCode)
        #expect(try await store.person(ada.id)?.password == "$argon2id$x")
        #expect(try await store.person(ben.id)?.password == nil)
        #expect(try Data(contentsOf: URL(filePath: store.path + "-wal")).range(of: Data(code.utf8)) == nil, "the code itself is nowhere")
    }

    @Test func aNewCodeEndsTheOneBeforeAndEveryOneEnds() async throws {
        let world = try StoreWorld(), store = world.store
        let ada = try await added(store, person()), ben = try await added(store, person("ben@example.org"))
        func make(_ person: Person) async throws -> [UInt8] {
            OneTimeCode.hash(ofGiven: try await store.makeOneTimeCode(.setPassword, person: person.id, validForSeconds: 60, by: .host).reveal { $0 })!
        }
        let first = try await make(ada), his = try await make(ben), second = try await make(ada)
        #expect(try await store.redeem(hash: first, settingPassword: "x", from: "here") == .unknownCode)
        world.turn(bySeconds: 59)
        #expect(try await store.redeem(hash: his, settingPassword: "x", from: "here") == .done(PasswordRedeemed(person: ben.id, ended: Ended())))
        world.turn(bySeconds: 1)
        #expect(try await store.personOfCode(hash: second) == .unknownCode)
        #expect(try await store.redeem(hash: second, settingPassword: "x", from: "here") == .unknownCode)
    }

    @Test func ofManyWhoShowOneCodeOneIsTaken() async throws {
        let world = try StoreWorld(), store = world.store
        let ada = try await added(store, person())
        let code = OneTimeCode.hash(ofGiven: try await store.makeOneTimeCode(.setPassword, person: ada.id, validForSeconds: 60, by: .host).reveal { $0 })!
        let done = try await withThrowingTaskGroup(of: Redeemed<PasswordRedeemed>.self) { tasks in
            for number in 0..<32 { tasks.addTask { try await store.redeem(hash: code, settingPassword: "password \(number)", from: "here") } }
            return try await tasks.reduce(into: 0) { if $1 != .unknownCode { $0 += 1 } }
        }
        #expect(done == 1)
    }

    @Test func theFirstAdminTakesTheFirstOwnerAndSetUpIsClosed() async throws {
        let world = try StoreWorld(), store = world.store
        let first = try store.createOwner("owner")
        #expect(try await !store.hasAdmin())
        let code = OneTimeCode.hash(ofGiven: try await store.makeOneTimeCode(.setUp, person: nil, validForSeconds: 900, by: .host).reveal { $0 })!
        let other = OneTimeCode.new().hash
        #expect(try await store.redeem(hash: other, settingUp: person("eve@example.org", .admin), password: { "of \($0)" }, from: "here") == .unknownCode)
        #expect(try await store.redeem(hash: code, settingPassword: "x", from: "here") == .unknownCode, "a code is for its purpose")
        let outcomes = try await withThrowingTaskGroup(of: Redeemed<AddedPerson>.self) { tasks in
            for number in 0..<16 {
                tasks.addTask {
                    try await store.redeem(hash: code, settingUp: person("admin\(number)@example.org", .admin), password: { "of \($0)" }, from: "here")
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 != .unknownCode } == 1)
        #expect(try await store.people().map(\.id) == [first])
        #expect(try await store.person(first)?.password == "of \(first)")
        #expect(try await store.hasAdmin())
        let late = OneTimeCode.hash(ofGiven: try await store.makeOneTimeCode(.setUp, person: nil, validForSeconds: 900, by: .host).reveal { $0 })!
        #expect(try await store.redeem(hash: late, settingUp: person("late@example.org", .admin), password: { "of \($0)" }, from: "here") == .unknownCode)
    }

    @Test func aTakenAddressLeavesTheSetUpCodeGood() async throws {
        let world = try StoreWorld(), store = world.store
        _ = try await added(store, person())
        let code = OneTimeCode.hash(ofGiven: try await store.makeOneTimeCode(.setUp, person: nil, validForSeconds: 900, by: .host).reveal { $0 })!
        #expect(try await store.redeem(hash: code, settingUp: person("ADA@example.org", .admin), password: { "of \($0)" }, from: "here") == .done(.emailTaken))
        guard case .done(.added) = try await store.redeem(hash: code, settingUp: person("root@example.org", .admin), password: { "of \($0)" }, from: "here")
        else {
            Issue.record("the code was used up")
            return
        }
    }

    @Test(arguments: [
        "", "abc", String(repeating: "a", count: 31), String(repeating: "a", count: 33), String(repeating: "A", count: 32), String(repeating: "o", count: 32),
    ])
    func whatCanBeNoCodeIsNone(_ text: String) { #expect(OneTimeCode.hash(ofGiven: text) == nil) }

    @Test func secretsOfSecondFactorsAndPasswordsMoveFromKeyToKeyWithTheOthers() async throws {
        let world = try StoreWorld(), store = world.store
        let ada = try await added(store, person()), zero = AccountID(rawValue: 0)
        try store.keep([1], account: AccountID(rawValue: 5), owner: ada.id, loginID: Label("VRTC1")!, isVirtual: true, isCompromised: false)
        #expect(try await store.beginSecondFactor(ada.id, sealed: [7], by: .host))
        var other = person("ben@example.org")
        other.password = "$argon2id$x"
        let ben = try await added(store, other)
        #expect(try store.sealedCount() == 2, "a hash that is not sealed needs no key")
        #expect(try await store.rewritePassword(SealedPassword.text([5, 0xab]), of: ben.id, whileIs: "$argon2id$x"))
        #expect(try store.sealedCount() == 3)
        let rows = try store.sealedRows(after: zero, limit: 9)
        #expect(rows.map(\.credential.bytes) == [[1], [7], [5, 0xab]])
        #expect(try store.sealedRows(after: zero, limit: 1).map(\.credential.bytes) == [[1]])
        #expect(try store.sealedRows(after: zero, limit: 2) == Array(rows.prefix(2)))
        let hers = rows[1].account, his = rows[2].account
        #expect(rows[1].credential.owner == ada.id && rows[2].credential.owner == ben.id)
        #expect(rows[2].credential.hook == SealedPassword.place)
        #expect(try store.sealedRows(after: hers, limit: 9) == [rows[2]])
        #expect(try store.sealedRows(after: his, limit: 9) == [])
        #expect(try StoreCopy.open(store.path).sealedRows(after: zero, limit: 9) == rows, "a copy names all of them, too")
        #expect(try store.reseal([Reseal(account: his, old: [5, 0xab], new: [6], isCompromised: false)], nil) == [])
        #expect(try store.reseal([Reseal(account: his, old: [5, 0xab], new: [9], isCompromised: false)], nil) == [his])
        #expect(try await store.person(ben.id)?.password == SealedPassword.text([6]))
        #expect(try store.reseal([Reseal(account: hers, old: [7], new: [8], isCompromised: false)], nil) == [])
        #expect(try store.reseal([Reseal(account: hers, old: [7], new: [9], isCompromised: false)], nil) == [hers])
        #expect(try await store.secondFactor(ada.id)?.sealed == [8])
    }

    @Test func twoCodesDiffer() {
        let codes = Set((0..<1_000).map { _ in OneTimeCode.new().hash })
        #expect(codes.count == 1_000)
    }
}

/// A store in a folder of its own, and a clock that a test turns.
final class StoreWorld: Sendable {
    let folder: String
    let store: SQLiteStore
    private let time: Clock

    private final class Clock: Sendable {
        let time = Mutex(Timestamp(seconds: 1_800_000_000))
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("signalist-people-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let clock = Clock()
        time = clock
        store = try SQLiteStore.open(folder + "/signalist.sqlite", now: { clock.time.withLock(\.self) })
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var now: Timestamp { time.time.withLock(\.self) }
    func turn(bySeconds seconds: Int64) { time.time.withLock { $0 = $0.adding(seconds: seconds) } }
}
