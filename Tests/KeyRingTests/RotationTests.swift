import Testing
import TradingModel

@testable import KeyRing

@Suite struct RotationTests {
    let old = KeyRing.fixture(.fixture(1))

    @Test func aPendingKeyOpensAndDoesNotSeal() throws {
        let ring = try old.adding(.fixture(2))
        #expect(try ring.seal(token, for: .fixture()).keyVersion == 1)
        let elsewhere = try ring.promoting(2).seal(token, for: .fixture())
        #expect(try ring.open(elsewhere, for: .fixture()) == token, "another process may seal with it already")
        try ring.prove(2)
        #expect(throws: KeyRingError.wrongState(2, .pending, wanted: "promoted or aborted before another key is added")) { try ring.adding(.fixture(3)) }
    }

    @Test func aPromotedKeySealsAndTheOldOneOpens() throws {
        let before = try old.seal(token, for: .fixture())
        let ring = try old.rotated(to: .fixture(2))
        #expect(try ring.open(before, for: .fixture()) == token)
        #expect(ring.needsResealing(before))

        let after = try ring.seal(ring.open(before, for: .fixture()), for: .fixture())
        #expect(after.keyVersion == 2)
        #expect(!ring.needsResealing(after))
        #expect(throws: KeyRingError.unknownKey(2)) { try old.open(after, for: .fixture()) }
        #expect((old.epoch, ring.epoch) == (1, 3))
        #expect(try ring.promoting(1).primary == 1, "and back")
    }

    @Test func aNewKeyIsDrawnByChance() throws {
        let ring = try old.addingKey(at: noon).promoting(2).addingKey(at: noon).promoting(3)
        #expect(ring.keys.map(\.version.rawValue) == [1, 2, 3])
        #expect(ring.primary == 3)
        #expect(Set(ring.keys.map(\.id)).count == 3)
    }

    @Test func anotherKeyUnderTheSameVersionIsNamedAsThat() throws {
        let sealed = try old.seal(token, for: .fixture())
        let stranger = KeyRing.fixture(.fixture(1, seed: 99))
        #expect(throws: KeyRingError.otherKey(1)) { try stranger.open(sealed, for: .fixture()) }
        // Even when the envelope claims the stranger's key.
        var bytes = sealed.bytes
        bytes.replaceSubrange(9..<17, with: stranger.keys[0].id)
        #expect(throws: KeyRingError.notAuthentic) { try stranger.open(SealedSecret(bytes: bytes), for: .fixture()) }
    }

    @Test func anEnvelopeIsNotTriedUnderAnotherKeyOfTheRing() throws {
        let sealed = try old.seal(token, for: .fixture())
        let ring = try old.rotated(to: .fixture(2))
        var bytes = sealed.bytes
        bytes[8] = 2
        bytes.replaceSubrange(9..<17, with: ring.keys[1].id)
        #expect(throws: KeyRingError.notAuthentic) { try ring.open(SealedSecret(bytes: bytes), for: .fixture()) }
    }

    @Test func aRetiredKeyOpensNothingUntilItIsTakenBack() throws {
        let sealed = try old.seal(token, for: .fixture())
        let ring = try old.rotated(to: .fixture(2)).retiring(1)
        #expect(throws: KeyRingError.disabledKey(1)) { try ring.open(sealed, for: .fixture()) }
        #expect(throws: KeyRingError.disabledKey(1)) { try ring.prove(1) }
        #expect(throws: KeyRingError.wrongState(1, .disabled, wanted: "pending or enabled")) { try ring.promoting(1) }
        #expect(throws: KeyRingError.unknownKey(9)) { try ring.retiring(9) }
        #expect(throws: KeyRingError.wrongState(2, .primary, wanted: "enabled"), "the primary seals") { try ring.retiring(2) }
        #expect(try ring.enabling(1).open(sealed, for: .fixture()) == token)
    }

    @Test func aDestroyedKeyLeavesItsNameOnly() throws {
        let sealed = try old.seal(token, for: .fixture()), retired = try old.rotated(to: .fixture(2)).retiring(1)
        let ring = try retired.destroying(1, at: noon)
        #expect(ring.key(1)?.bytes == [] && ring.key(1)?.id == old.keys[0].id && ring.key(1)?.destroyed == noon)
        #expect(throws: KeyRingError.destroyedKey(1)) { try ring.open(sealed, for: .fixture()) }
        #expect(throws: KeyRingError.self) { try ring.enabling(1) }
        #expect(throws: KeyRingError.self) { try ring.destroying(1, at: noon) }
        #expect(throws: KeyRingError.self, "an enabled key") { try old.rotated(to: .fixture(2)).destroying(1, at: noon) }
        #expect(throws: KeyRingError.self, "a version is never given twice") { try ring.adding(.fixture(1, seed: 8)) }
        #expect(throws: KeyRingError.self, "the primary") { try ring.destroying(2, at: noon) }
    }

    @Test func aCompromisedKeyOpensAndIsNeverPrimaryAgain() throws {
        let sealed = try old.seal(token, for: .fixture()), ring = try old.compromising(1).rotated(to: .fixture(2))
        #expect(try ring.open(sealed, for: .fixture()) == token)
        #expect(throws: KeyRingError.self) { try ring.promoting(1) }
        #expect(ring.keys.map(\.isCompromised) == [true, false])
    }

    @Test func whatMakesNoRingIsRefused() throws {
        func ring(_ keys: [RingKey], epoch: Int64 = 1) throws(KeyRingError) -> KeyRing { try KeyRing(epoch: epoch, keys: keys) }
        #expect(throws: KeyRingError.self, "no key") { try ring([]) }
        #expect(throws: KeyRingError.self, "no primary") { try ring([.fixture(1)]) }
        #expect(throws: KeyRingError.self, "two primaries") { try ring([.fixture(1, state: .primary), .fixture(2, state: .primary)]) }
        #expect(throws: KeyRingError.self, "a version twice") { try ring([.fixture(1, state: .primary), .fixture(1, seed: 5)]) }
        #expect(throws: KeyRingError.self, "a key twice") { try ring([.fixture(1, state: .primary), .fixture(2, seed: 1)]) }
        #expect(throws: KeyRingError.self, "an epoch before the first") { try ring([.fixture(1, state: .primary)], epoch: 0) }
        #expect(throws: KeyRingError.self, "an old version") { try old.adding(.fixture(1, seed: 8)) }
    }
}

@Suite struct KeyStrengthTests {
    static let drawn: [UInt8] = RingKey.fixture(1).bytes

    static let accidents: [(name: String, bytes: [UInt8])] = [
        ("nothing", []),
        ("zeros", [UInt8](repeating: 0, count: 32)),
        ("one byte", [UInt8](repeating: 0xa5, count: 32)),
        ("a count", Array(0..<32)),
        ("a count backwards in steps of three", (0..<32).map { (index: Int) -> UInt8 in UInt8(255 - index * 3) }),
        ("the default of the previous system", Array("default-encryption-key-change-in".utf8)),
        ("a passphrase", Array("correct horse battery staple 123".utf8)),
        ("a byte too many", drawn + [1]),
        ("half a key twice", Array(drawn.prefix(16)) + Array(drawn.prefix(16))),
        ("eight different bytes", drawn.map { (byte: UInt8) -> UInt8 in byte & 7 }),
    ]

    @Test(arguments: accidents)
    func whatWasNotDrawnByChanceIsNoKey(name: String, bytes: [UInt8]) throws {
        let error = try #require(throws: KeyRingError.self) { try RingKey(version: 1, bytes: bytes, created: noon) }
        guard case .weakKey = error else {
            Issue.record("\(name): \(error)")
            return
        }
    }

    @Test func whatWasDrawnIsAKey() {
        for _ in 0..<500 { #expect(KeyStrength.weakness(of: RingKey.new(version: 1, at: noon).bytes) == nil) }
    }

    @Test func aKeyDoesNotPrintItself() {
        let ring = KeyRing.fixture()
        for text in ["\(ring)", String(reflecting: ring), "\(ring.keys)", String(reflecting: ring.keys)] {
            #expect(!text.contains("SymmetricKey") && !text.contains("material"), "\(text)")
        }
        var dumped = ""
        dump(ring, to: &dumped)
        dump(ring.keys, to: &dumped)
        #expect(!dumped.contains("material"), "\(dumped)")
    }
}
