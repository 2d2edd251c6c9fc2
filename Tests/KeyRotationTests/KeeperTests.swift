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
        _ = try keeper.promote(isOldCompromised: true)
        try world.put("stored after it", in: 4, with: keeper)
        #expect(try keeper.reseal().census.compromised == [1, 2, 3])
        #expect(throws: KeyRingError.self, "there is no way back to it") { try keeper.abort() }
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
