import Foundation
import KeyRing
import Synchronization
import Testing
import TradingModel
import TradingPorts

@testable import KeyRotation

@Suite struct KeeperTests {
    let world: KeyWorld
    init() throws { world = try KeyWorld() }

    @Test func aTokenComesBackAndOnlyInItsPlace() throws {
        let keeper = try world.keeper()
        try world.fill(2, with: keeper)
        try world.expectWhole(2, keeper)
        #expect(try keeper.vault.token(99) == nil)
        let moves: [(inout SealedCredential) -> Void] = [
            { $0.owner = OwnerID(rawValue: 9) }, { $0.loginID = Label("VRTC2")! }, { $0.isVirtual.toggle() },
        ]
        for move in moves {
            var row = try #require(try world.store.sealed(1))
            move(&row)
            let moved = row
            world.store.contents.withLock { $0.rows[1] = moved }
            #expect(throws: KeyRingError.notAuthentic) { try keeper.vault.token(1) }
            try world.put(world.text(1), in: 1, with: keeper)
        }
        let elsewhere = try KeyKeeper(store: world.store, source: world.source, instance: [UInt8](repeating: 8, count: 16), now: { Timestamp(seconds: 1) })
        #expect(throws: KeyRingError.notAuthentic, "another installation") { try elsewhere.vault.token(1) }
        try keeper.vault.erase(1)
        #expect(try keeper.vault.token(1) == nil)
    }

    @Test func whatIsUsedIsSealedAnewAtOnce() throws {
        let keeper = try world.keeper()
        try world.fill(4, with: keeper)
        _ = try keeper.add()
        _ = try keeper.promote()
        #expect(try keeper.vault.token(3)?.reveal { $0 } == world.text(3))
        #expect(try keeper.overview().census.versions.map(\.count) == [3, 1])
        try world.expectWhole(4, keeper)
        #expect(try keeper.overview().census.count(2) == 4)
    }

    static let previous = "P6zwoMZ7h2VJ02/VmyyRhYb8UjRhfDoLWECF8BEyT254EXG5PEkoO/jtoDpGuDzyHeFCoFgSV63qiUzMyhwUbKDjNpEw/gIZCnK7eAod2q/Ybw=="
    static let publicly = "P6zwoMZ7h2VJ02/VmyyRhYb8UjRhfDoLWECF8BEyT254EXG5PEkoO/jtoDpGuDzyaQLIbmZj6pf/s9VccGs4q5cDopE22iTDWrm88YZ6YTinbA=="

    @Test func tokensOfThePreviousSystemAreSealedAnew() throws {
        let keeper = try world.keeper()
        try world.fill(3, with: keeper)
        world.store.contents.withLock { contents in
            contents.rows[1]!.bytes = Array(Self.previous.utf8)
            contents.rows[2]!.bytes = Array("{\"data\":\"\(Self.publicly)\",\"keyVersion\":1}".utf8)
        }
        #expect(throws: KeyRingError.noPreviousSecret(tried: 0)) { try keeper.vault.token(1) }
        #expect(try keeper.verify().unopened.map(\.account) == [1])
        _ = try keeper.addPrevious(PreviousSecret(name: Label("BETTER_AUTH_SECRET")!, secret: Secret("a secret of the previous system")))

        #expect(try keeper.vault.token(2)?.reveal { $0 } == "a1-AnInventedToken")
        #expect(world.notices.all == [.compromised(2)])
        let report = try keeper.reseal()
        #expect(report.resealed == 1)
        #expect(report.census.previous == 0 && report.census.count(1) == 3 && report.census.compromised == [2] && report.census.unopened.isEmpty)
        #expect(try keeper.vault.token(1)?.reveal { $0 } == "a1-AnInventedToken")

        // The same token once more is as open to others as before; another one is not.
        try world.put("a1-AnInventedToken", in: 2, with: keeper)
        #expect(try keeper.verify().compromised == [2])
        try world.put("a1-AnotherToken", in: 2, with: keeper)
        #expect(try keeper.verify().compromised == [])
    }

    @Test func whatACompromisedKeySealedIsMarked() throws {
        let keeper = try world.keeper()
        try world.fill(3, with: keeper)
        _ = try keeper.add()
        let epoch = keeper.ring.epoch
        _ = try keeper.promote(isOldCompromised: true)
        #expect(keeper.ring.epoch == epoch + 1, "one change: no death comes between the mark and the new key")
        try world.put("stored after it", in: 4, with: keeper)
        #expect(try keeper.reseal().census.compromised == [1, 2, 3])
        #expect(throws: KeyRingError.self, "there is no way back to it") { try keeper.abort() }
    }

    static let place = AccountID(rawValue: (1 << 62) + 5)
    private func keep(_ sealed: [UInt8], as hook: String, of owner: OwnerID) {
        world.store.contents.withLock { $0.rows[Self.place] = SealedCredential(bytes: sealed, owner: owner, hook: hook) }
    }

    /// As secrets of hooks were sealed, to a place that no hook has.
    private func sealedAsBefore(_ text: String, _ owner: OwnerID, with ring: KeyRing) throws -> [UInt8] {
        let instance = KeyWorld.instance.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return try ring.seal(
            Secret(text), for: SealContext(purpose: .webhookSecret, instance: instance, owner: owner, table: "hook_secret", record: SecondFactor.place)
        ).bytes
    }

    @Test func aSecondFactorHasAPurposeOfItsOwn() throws {
        let keeper = try world.keeper(), ada = OwnerID(rawValue: 1), ben = OwnerID(rawValue: 2)
        let factor = try keeper.seal(Secret("factor"), hook: SecondFactor.place, owner: ada)
        #expect(try keeper.open(factor, hook: SecondFactor.place, owner: ada).reveal { $0 } == "factor")
        let hook = try keeper.seal(Secret("hook"), hook: "0123", owner: ada), password = try keeper.seal(Secret("hash"), hook: SealedPassword.place, owner: ada)
        let before = try sealedAsBefore("old factor", ada, with: keeper.ring)
        // Each in each other's place, and in somebody else's.
        let others: [([UInt8], String, OwnerID)] = [
            (factor, SecondFactor.place, ben), (factor, "0123", ada), (factor, SealedPassword.place, ada), (hook, SecondFactor.place, ada),
            (password, SecondFactor.place, ada), (before, SecondFactor.place, ben), (before, "0123", ada), (before, SealedPassword.place, ada),
        ]
        for (sealed, place, owner) in others {
            #expect(throws: KeyRingError.notAuthentic) { try keeper.open(sealed, hook: place, owner: owner) }
            keep(sealed, as: place, of: owner)
            #expect(try keeper.verify().unopened.map(\.account) == [Self.place])
        }
        #expect(try keeper.open(before, hook: SecondFactor.place, owner: ada).reveal { $0 } == "old factor", "as it was bound at first")
    }

    @Test(arguments: ["at a start", "in a rotation"]) func whatIsBoundAsBeforeIsSealedAnew(_ when: String) throws {
        let keeper = try world.keeper(), ada = OwnerID(rawValue: 1)
        try world.fill(2, with: keeper)
        let before = try sealedAsBefore("old factor", ada, with: keeper.ring)
        keep(before, as: SecondFactor.place, of: ada)
        if when == "at a start" {
            let next = try world.restarted()
            #expect(try next.rebind() == 1)
            #expect(try next.rebind() == 0, "there is nothing left of it")
        } else {
            #expect(try keeper.reseal().resealed == 1, "under the same key, and bound otherwise")
            #expect(try keeper.rebind() == 0)
        }
        let row = try #require(try world.store.sealed(Self.place)), sealed = try SealedSecret(bytes: row.bytes)
        #expect(row.bytes != before && sealed.keyVersion == 1)
        let instance = KeyWorld.instance.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let own = SealContext(purpose: .oneTimePassword, instance: instance, owner: ada, table: "second_factor", record: "1")
        #expect(try keeper.ring.openSecret(sealed, for: own).reveal { $0 } == "old factor")
        try world.expectTokens(2, keeper)
    }

    @Test func aRingOlderThanTheDataSealsNothing() throws {
        let keeper = try world.keeper()
        try world.fill(2, with: keeper)
        let old = try KeyRingFile.load(world.path)
        _ = try keeper.add()
        try FileManager.default.removeItem(atPath: world.path)
        try KeyRingFile.put(old, at: world.path)

        let later = try world.restarted()
        #expect(world.notices.all == [.ringOlderThanData(ring: 1, data: 2)])
        try world.expectWhole(2, later)
        let refusal = KeyCommandError.ringOlderThanData(ring: 1, data: 2)
        #expect(throws: refusal) { try world.put("new", in: 3, with: later) }
        #expect(throws: refusal) { try later.add() }
        #expect(throws: refusal) { try later.reseal() }
        #expect(try later.verify(acceptsOlderRing: true).unopened.isEmpty)
        try world.put("new", in: 3, with: later)
        // The pending key of the lost ring is gone, and with it that rotation.
        #expect(try later.overview().rotation?.phase == .aborted)
        #expect(try later.add().pending?.version == 2)
    }

    @Test func aRingThatSomebodyElsePutThereIsTakenOver() throws {
        let keeper = try world.keeper()
        try world.fill(2, with: keeper)
        let next = try keeper.ring.addingKey(at: Timestamp(seconds: 1)).promoting(2)
        try FileManager.default.removeItem(atPath: world.path)
        try KeyRingFile.put(next, at: world.path)
        #expect(try keeper.reseal().census.count(2) == 2)
        let other = try KeyRing.new(at: Timestamp(seconds: 1)).addingKey(at: Timestamp(seconds: 1))
        try FileManager.default.removeItem(atPath: world.path)
        try KeyRingFile.put(other, at: world.path)
        #expect(throws: KeyCommandError.ringReplaced(source: world.source, stored: 2, held: 3)) { try keeper.verify() }
    }

    @Test func aRingThatCannotBeWrittenIsChangedByItsOwner() throws {
        let ring = try KeyRingFile.create(world.path, at: Timestamp(seconds: 1))
        let source = KeyRingSource.command(["/bin/cat", world.path])
        let keeper = try world.keeper(source)
        #expect(keeper.ring.keys[0].id == ring.keys[0].id)
        try world.fill(3, with: keeper)
        #expect(throws: KeyCommandError.readOnly(source)) { try keeper.add() }

        func install(_ out: String) throws {
            try FileManager.default.removeItem(atPath: world.path)
            try FileManager.default.moveItem(atPath: out, toPath: world.path)
        }
        _ = try keeper.add(out: world.folder + "/next.json")
        #expect(keeper.ring.pending == nil, "it is not in its place yet")
        try install(world.folder + "/next.json")
        _ = try keeper.promote(out: world.folder + "/next.json")
        try install(world.folder + "/next.json")
        #expect(try keeper.reseal().census.count(2) == 3)
        _ = try keeper.retire(out: world.folder + "/next.json")
        try install(world.folder + "/next.json")
        #expect(try keeper.verify().unopened.isEmpty)
        #expect(try keeper.overview().rotation?.phase == .retired)
    }

    @Test func twoCommandsDoNotRunAtOnce() throws {
        let keeper = try world.keeper()
        try world.fill(3, with: keeper)
        _ = try keeper.reseal(
            ResealPace(rows: 1) { _, _ in
                #expect(throws: KeyCommandError.busy) { try keeper.verify() }
                return true
            })
        _ = try keeper.verify()
    }

    @Test func aRingThatWasLostIsNotReplacedByANewOne() throws {
        let world = try KeyWorld()
        try world.fill(3, with: world.keeper())
        let ring = try Data(contentsOf: URL(filePath: world.path))
        try FileManager.default.removeItem(atPath: world.path)
        #expect(throws: KeyCommandError.ringMissing(world.source, sealed: 3)) { try world.restarted() }
        #expect(!FileManager.default.fileExists(atPath: world.path))
        #expect(FileManager.default.createFile(atPath: world.path, contents: ring, attributes: [.posixPermissions: 0o600]))
        try world.expectWhole(3, world.restarted())
    }
}
