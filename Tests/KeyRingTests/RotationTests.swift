import Testing
import TradingModel

@testable import KeyRing

@Suite struct RotationTests {
    let old = KeyRing.fixture(.fixture(1))

    @Test func aRotatedRingOpensTheOldAndSealsWithTheNew() throws {
        let before = try old.seal(token, for: .fixture())
        let ring = try old.rotated(to: .fixture(2))
        #expect(try ring.open(before, for: .fixture()) == token)
        #expect(ring.needsResealing(before))

        let after = try ring.seal(ring.open(before, for: .fixture()), for: .fixture())
        #expect(after.keyVersion == KeyVersion(rawValue: 2))
        #expect(!ring.needsResealing(after))
        #expect(throws: KeyRingError.unknownKey(KeyVersion(rawValue: 2))) { try old.open(after, for: .fixture()) }
        #expect((old.epoch, ring.epoch) == (1, 2))
    }

    @Test func aNewKeyIsDrawnByChance() throws {
        let ring = try old.rotated(at: noon).rotated(at: noon)
        #expect(ring.keys.map(\.version.rawValue) == [1, 2, 3])
        #expect(ring.primary == KeyVersion(rawValue: 3))
        #expect(Set(ring.keys.map(\.id)).count == 3)
    }

    @Test func anotherKeyUnderTheSameVersionIsNamedAsThat() throws {
        let sealed = try old.seal(token, for: .fixture())
        let stranger = KeyRing.fixture(.fixture(1, seed: 99))
        #expect(throws: KeyRingError.otherKey(KeyVersion(rawValue: 1))) { try stranger.open(sealed, for: .fixture()) }
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

    @Test func aDisabledKeyOpensNothing() throws {
        let sealed = try old.seal(token, for: .fixture())
        let ring = try old.rotated(to: .fixture(2)).disabling(KeyVersion(rawValue: 1))
        #expect(ring.epoch == 3)
        #expect(throws: KeyRingError.disabledKey(KeyVersion(rawValue: 1))) { try ring.open(sealed, for: .fixture()) }
        #expect(throws: KeyRingError.unknownKey(KeyVersion(rawValue: 9))) { try ring.disabling(KeyVersion(rawValue: 9)) }
        #expect(throws: KeyRingError.self, "the primary seals") { try ring.disabling(ring.primary) }
    }

    @Test func whatMakesNoRingIsRefused() throws {
        #expect(throws: KeyRingError.self, "no key") { try KeyRing(epoch: 1, keys: [], primary: KeyVersion(rawValue: 1)) }
        #expect(throws: KeyRingError.self, "no primary") { try KeyRing(epoch: 1, keys: [.fixture(1)], primary: KeyVersion(rawValue: 2)) }
        #expect(throws: KeyRingError.self, "a version twice") {
            try KeyRing(epoch: 1, keys: [.fixture(1), .fixture(1, seed: 5)], primary: KeyVersion(rawValue: 1))
        }
        #expect(throws: KeyRingError.self, "a key twice") {
            try KeyRing(epoch: 1, keys: [.fixture(1), .fixture(2, seed: 1)], primary: KeyVersion(rawValue: 1))
        }
        #expect(throws: KeyRingError.self, "a disabled primary") {
            try KeyRing(epoch: 1, keys: [.fixture(1, state: .disabled)], primary: KeyVersion(rawValue: 1))
        }
        #expect(throws: KeyRingError.self, "an epoch before the first") { try KeyRing(epoch: 0, keys: [.fixture(1)], primary: KeyVersion(rawValue: 1)) }
        #expect(throws: KeyRingError.self, "an old version") { try old.rotated(to: .fixture(1, seed: 8)) }
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
        let error = try #require(throws: KeyRingError.self) { try RingKey(version: KeyVersion(rawValue: 1), bytes: bytes, created: noon) }
        guard case .weakKey = error else {
            Issue.record("\(name): \(error)")
            return
        }
    }

    @Test func whatWasDrawnIsAKey() {
        for _ in 0..<500 { #expect(KeyStrength.weakness(of: RingKey.new(version: KeyVersion(rawValue: 1), at: noon).bytes) == nil) }
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
