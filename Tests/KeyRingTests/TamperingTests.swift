import Testing
import TradingModel

@testable import KeyRing

/// Every way to change an envelope that is short enough to try them all.
@Suite struct TamperingTests {
    let ring = KeyRing.fixture()
    let envelope: [UInt8]

    init() throws { envelope = try ring.seal(token, for: .fixture()).bytes }

    /// What opening these bytes gives, or why it does not.
    func opened(_ bytes: [UInt8]) -> Result<[UInt8], KeyRingError> {
        do throws(KeyRingError) { return .success(try ring.open(SealedSecret(bytes: bytes), for: .fixture())) } catch { return .failure(error) }
    }

    @Test func itOpensUnchanged() { #expect(opened(envelope) == .success(token)) }

    @Test func everyFlippedBitIsNoticed() {
        for bit in 0..<(envelope.count * 8) {
            var bytes = envelope
            bytes[bit / 8] ^= 1 << (bit % 8)
            let expected: [KeyRingError] =
                switch bit / 8 {
                case 0..<3: [.malformed("it does not begin as an envelope does")]
                case 3..<5: [.unsupported(version: bytes[3], algorithm: bytes[4])]
                case 5..<9: [.unknownKey(KeyVersion(rawValue: bytes[5..<9].reduce(0) { $0 << 8 | UInt32($1) }))]
                case 9..<17: [.otherKey(KeyVersion(rawValue: 1))]
                default: [.notAuthentic]
                }
            #expect(expected.map { .failure($0) } == [opened(bytes)], "bit \(bit)")
        }
    }

    @Test func everyTruncationIsNoticed() {
        for length in 0..<envelope.count {
            guard case .failure(.malformed) = opened(Array(envelope.prefix(length))) else {
                Issue.record("the first \(length) bytes were taken for an envelope")
                continue
            }
        }
    }

    @Test func everyExtensionIsNoticed() {
        for more in 1...130 {
            guard case .failure(let error) = opened(envelope + [UInt8](repeating: 0, count: more)) else {
                Issue.record("an envelope with \(more) bytes more opened")
                continue
            }
            if more % 64 == 0 { #expect(error == .notAuthentic) }
        }
    }

    @Test func partsOfTwoEnvelopesMakeNone() throws {
        let other = try ring.seal(token, for: .fixture()).bytes
        for cut in 18..<envelope.count {  // up to 17 both begin alike
            #expect(opened(Array(envelope[..<cut] + other[cut...])) == .failure(.notAuthentic), "cut at \(cut)")
        }
    }

    @Test func aLaterVersionSaysSo() {
        var bytes = envelope
        bytes[3] = 2
        #expect(opened(bytes) == .failure(.unsupported(version: 2, algorithm: 1)))
        bytes[3...4] = [1, 9]
        #expect(opened(bytes) == .failure(.unsupported(version: 1, algorithm: 9)))
    }
}
