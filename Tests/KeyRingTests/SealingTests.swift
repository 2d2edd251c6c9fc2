import Testing
import TradingModel

@testable import KeyRing

@Suite struct SealingTests {
    let ring = KeyRing.fixture()

    @Test(arguments: [0, 1, 18, 59, 60, 61, 64, 1_000, KeyRing.longestSecret])
    func whatIsSealedOpens(length: Int) throws {
        let secret = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let sealed = try ring.seal(secret, for: .fixture())
        #expect(try ring.open(sealed, for: .fixture()) == secret)
    }

    @Test func aTokenComesBackAsASecret() throws {
        let opened = try ring.openSecret(ring.seal(Secret("a1-token"), for: .fixture()), for: .fixture())
        #expect(opened.reveal { $0 } == "a1-token")
        #expect("\(opened)" == "‹secret›")
    }

    @Test func bytesThatAreNoTextAreNoToken() throws {
        let sealed = try ring.seal([0xff, 0xfe], for: .fixture())
        #expect(throws: KeyRingError.notText) { try ring.openSecret(sealed, for: .fixture()) }
    }

    @Test func aSecretThatIsTooLongIsRefused() {
        #expect(throws: KeyRingError.tooLong(bytes: 16_385, most: 16_384)) {
            try ring.seal([UInt8](repeating: 1, count: 16_385), for: .fixture())
        }
    }

    @Test func tokensOfAllUsualLengthsLookAlike() throws {
        let lengths = try Set((0...60).map { try ring.seal([UInt8](repeating: 7, count: $0), for: .fixture()).bytes.count })
        #expect(lengths == [109 + 64])
    }

    @Test func noTwoSealsShareASaltOrANonce() throws {
        let sealed = try (0..<500).map { _ in try ring.seal(token, for: .fixture()) }
        #expect(Set(sealed.map { Array($0.salt) }).count == 500)
        #expect(Set(sealed.map { Array($0.nonce) }).count == 500)
    }

    @Test(arguments: [
        SealContext.fixture(purpose: .webhookSecret), .fixture(instance: "instance-2"), .fixture(owner: 43), .fixture(owner: -42),
        .fixture(table: "account2"), .fixture(record: "8"), .fixture(broker: "derib"), .fixture(loginID: "CR1234568"),
        .fixture(environment: .demo), .fixture(broker: nil), .fixture(loginID: nil), .fixture(environment: nil),
        // The same letters, cut elsewhere.
        .fixture(table: "accoun", record: "t7"), .fixture(instance: "instance-14", owner: 2), .fixture(broker: "derivCR", loginID: "1234567"),
    ])
    func anotherPlaceDoesNotOpenIt(elsewhere: SealContext) throws {
        let sealed = try ring.seal(token, for: .fixture())
        #expect(throws: KeyRingError.notAuthentic) { try ring.open(sealed, for: elsewhere) }
        #expect(try ring.open(sealed, for: .fixture()) == token)
    }
}
