import Foundation
import KeyRing
import Synchronization
import Testing
import TradingModel
import TradingPorts

@testable import KeyRotation

@Suite struct RotationTests {
    let world: KeyWorld
    init() throws { world = try KeyWorld() }

    @Test func fromOneKeyToTheNext() throws {
        let keeper = try world.keeper()
        try world.fill(150, with: keeper)
        #expect(try keeper.add().pending?.version == 2)
        #expect(try keeper.overview().rotation?.phase == .added)
        try world.put(world.text(151), in: 151, with: keeper)
        #expect(try keeper.overview().census.count(2) == 0, "a pending key seals nothing")
        #expect(throws: KeyCommandError.self) { try keeper.reseal() }

        #expect(try keeper.promote().primary == 2)
        let report = try keeper.reseal()
        #expect(report.resealed == 151)
        #expect(report.census.versions.map(\.count) == [151] && report.census.count(2) == 151 && report.census.unopened.isEmpty)
        #expect(try keeper.overview().rotation?.phase == .verifying)
        #expect(try keeper.reseal().resealed == 0, "again is nothing")

        #expect(try keeper.retire().key(1)?.state == .disabled)
        #expect(try keeper.overview().rotation?.phase == .retired)
        let name = try #require(keeper.ring.key(1)?.name)
        #expect(throws: KeyCommandError.confirm(1, name: name, given: nil)) { try keeper.destroy(1, confirmedBy: nil) }
        #expect(throws: KeyCommandError.confirm(1, name: name, given: "0123456789abcdef")) { try keeper.destroy(1, confirmedBy: "0123456789abcdef") }
        #expect(try keeper.destroy(1, confirmedBy: name).key(1)?.state == .destroyed)
        #expect(try keeper.overview().rotation?.phase == .destroyed)
        try world.expectWhole(151, keeper)
        try world.expectWhole(151, world.restarted())
        #expect(try keeper.add().pending?.version == 3, "and the next one")
    }

    /// Dies before and after every single write, ring and store, of every step, and goes on after a new start.
    @Test func aDeathAtAnyWriteLosesNothing() throws {
        var deaths = 0
        for write in 1..<200 {
            for before in [true, false] {
                let world = try KeyWorld(), tokens = 9
                try world.fill(tokens, with: world.keeper())
                world.store = world.store.reopened()
                world.store.contents.withLock { $0.deathAt = (write, before) }
                var hasDied = false
                func attempt(_ step: (KeyKeeper) throws -> Void) throws {
                    do { try step(world.keeper()) } catch is MemoryCredentials.Death {
                        hasDied = true
                        let keeper = try world.restarted()
                        try world.expectWhole(tokens, keeper, "write \(write), before: \(before)")
                        try step(keeper)
                    }
                }
                try attempt { keeper in if try keeper.overview().rotation == nil { _ = try keeper.add() } }
                try attempt { keeper in if keeper.ring.primary == 1 { _ = try keeper.promote() } }
                try attempt { keeper in _ = try keeper.reseal(ResealPace(rows: 2)) }
                try attempt { keeper in if keeper.ring.key(1)?.state == .enabled { _ = try keeper.retire() } }
                try attempt { keeper in
                    if let key = keeper.ring.key(1), key.state == .disabled { _ = try keeper.destroy(1, confirmedBy: key.name) }
                }
                let keeper = try world.restarted()
                #expect(keeper.ring.keys.map(\.state) == [.destroyed, .primary], "write \(write), before: \(before)")
                #expect(try keeper.verify().count(2) == tokens)
                // Death right after the last change of a phase leaves it to the next look.
                #expect(try (keeper.overview().rotation?.phase.isUnderWay ?? true) == false)
                try world.expectWhole(tokens, keeper)
                if !hasDied { return #expect(deaths > 20, "\(deaths) deaths were tried") }
                deaths += 1
            }
        }
        Issue.record("a rotation of nine tokens does not end within 200 writes")
    }

    @Test func abortingGoesBackFromEveryPhase() throws {
        for steps in 0...2 {
            let world = try KeyWorld(), keeper = try world.keeper()
            try world.fill(20, with: keeper)
            _ = try keeper.add()
            if steps >= 1 { _ = try keeper.promote() }
            if steps >= 2 { _ = try keeper.reseal() }
            let ring = try keeper.abort()
            #expect(ring.primary == 1)
            #expect(ring.key(2)?.state == (steps == 0 ? .destroyed : .enabled), "what it may have sealed opens on")
            #expect(try keeper.overview().rotation?.phase == .aborted)
            #expect(throws: KeyCommandError.nothingUnderWay) { try keeper.abort() }
            try world.expectWhole(20, keeper)
            _ = try keeper.reseal()
            #expect(try keeper.overview().census.count(1) == 20)
            if steps > 0 { #expect(try keeper.retire(2).key(2)?.state == .disabled) }
            #expect(try keeper.add().pending?.version == 3)
        }
    }

    @Test func aTokenStoredMeanwhileIsNeverWrittenOver() throws {
        let keeper = try world.keeper()
        try world.fill(10, with: keeper)
        _ = try keeper.add()
        _ = try keeper.promote()
        try world.put("the new one", in: 200, with: keeper)
        let fresh = try #require(try world.store.sealed(200)).bytes
        // Its owner replaces the token of account 5 between the look at it and the commit. (It opens nowhere: it belongs to account 200.)
        world.store.contents.withLock { contents in contents.meanwhile = { $0.rows[5]?.bytes = fresh } }
        let report = try keeper.reseal()
        #expect(try world.store.sealed(5)?.bytes == fresh)
        #expect(report.resealed == 9 && report.census.unopened.map(\.account) == [5])
    }

    @Test func whatDoesNotOpenIsListedAndLeftByteForByte() throws {
        let keeper = try world.keeper()
        try world.fill(12, with: keeper)
        let broken: [AccountID: [UInt8]] = [3: [1, 2, 3], 7: Array("no base64!".utf8)]
        world.store.contents.withLock { contents in
            for (account, bytes) in broken { contents.rows[account]!.bytes = bytes }
            contents.rows[9]!.bytes[100] ^= 1
            contents.rows[11]!.bytes = contents.rows[10]!.bytes  // another account's
        }
        let before = try [3, 7, 9, 11].map { try world.store.sealed(AccountID(rawValue: $0))?.bytes }
        _ = try keeper.add()
        _ = try keeper.promote()
        let report = try keeper.reseal()
        #expect(report.resealed == 8)
        #expect(report.census.unopened.map(\.account) == [3, 7, 9, 11])
        #expect(report.census.unopened[3].reason.contains("belongs elsewhere"))
        #expect(try [3, 7, 9, 11].map { try world.store.sealed(AccountID(rawValue: $0))?.bytes } == before)
        #expect(throws: KeyCommandError.unopened(found: 4, agreed: 0)) { try keeper.retire() }
        #expect(throws: KeyCommandError.unopened(found: 4, agreed: 3)) { try keeper.retire(unopened: 3) }
        #expect(try keeper.retire(unopened: 4).key(1)?.state == .disabled)
        #expect(throws: KeyCommandError.inUse(1, count: 2), "two envelopes still name it") {
            try keeper.destroy(1, confirmedBy: keeper.ring.key(1)?.name)
        }
    }

    /// Somebody sets a password: it is sealed before the new key is promoted, and stored after the old one is retired.
    @Test func whatWasSealedBeforeAndIsStoredAfterIsRefused() throws {
        let world = try KeyWorld(), keeper = try world.keeper()
        try world.fill(2, with: keeper)
        let late = try keeper.seal(Secret("a hash"), hook: SealedPassword.place, owner: OwnerID(rawValue: 1))
        let row = AccountID(rawValue: 1 << 62)
        func store(_ sealed: [UInt8]) throws {
            try world.store.keep(
                sealed, account: row, owner: OwnerID(rawValue: 1), loginID: Label("none")!, isVirtual: true, isCompromised: false)
            world.store.contents.withLock { $0.rows[row]!.hook = SealedPassword.place }
        }
        _ = try keeper.add()
        _ = try keeper.promote()
        _ = try keeper.reseal()
        // Stored before the retiring it is only late: it counts, and the key stays.
        try store(late)
        #expect(throws: KeyCommandError.inUse(1, count: 1)) { try keeper.retire() }
        try store(late)
        _ = try keeper.reseal()
        _ = try keeper.retire()
        #expect(throws: MemoryCredentials.Fenced.self) { try store(late) }
        let new = try keeper.seal(Secret("a hash"), hook: SealedPassword.place, owner: OwnerID(rawValue: 1))
        try store(new)
        #expect(try SealedSecret(bytes: new).keyVersion == 2)
        #expect(try keeper.verify().unopened.isEmpty)
        // It stays so for the next process, until the key is taken back.
        let next = try world.restarted()
        #expect(throws: MemoryCredentials.Fenced.self) { try store(late) }
        _ = try next.enable(1)
        try store(late)
        #expect(try next.open(late, hook: SealedPassword.place, owner: OwnerID(rawValue: 1)).reveal { $0 } == "a hash")
    }

    @Test func aKeyThatIsNeededIsNotRetired() throws {
        let keeper = try world.keeper()
        try world.fill(3, with: keeper)
        _ = try keeper.add()
        _ = try keeper.promote()
        #expect(throws: KeyCommandError.self, "nothing was resealed") { try keeper.retire() }
        _ = try keeper.abort()
        #expect(throws: KeyRingError.wrongState(1, .primary, wanted: "enabled")) { try keeper.retire(1) }
    }

    @Test func aRetiredKeyThatABackupNeedsIsPutBack() throws {
        let keeper = try world.keeper()
        try world.fill(5, with: keeper)
        let backup = world.store.reopened()
        _ = try keeper.add()
        _ = try keeper.promote()
        _ = try keeper.reseal()
        _ = try keeper.retire()
        world.store = backup
        world.store.contents.withLock { $0.epoch = 1 }
        let restored = try world.keeper()
        #expect(try KeyKeeper.census(of: backup, instance: KeyWorld.instance, ring: restored.ring).unopened.count == 5)
        #expect(throws: KeyRingError.disabledKey(1)) { try restored.vault.token(1) }
        _ = try restored.enable(1)
        try world.expectWhole(5, restored)
    }

    @Test func stoppedHalfWayItGoesOnFromThere() throws {
        let keeper = try world.keeper()
        try world.fill(100, with: keeper)
        _ = try keeper.add()
        _ = try keeper.promote()
        #expect(throws: KeyCommandError.cancelled) { try keeper.reseal(ResealPace(rows: 10) { done, _ in done < 40 }) }
        let rotation = try #require(try keeper.overview().rotation)
        #expect((rotation.phase, rotation.upTo, rotation.resealed) == (.resealing, 40, 40))
        let report = try world.restarted().reseal(ResealPace(rows: 10))
        #expect(report.resealed == 60)
        #expect(try world.store.rotation()?.resealed == 100)
    }
}
