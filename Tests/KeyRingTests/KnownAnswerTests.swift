import Testing
import TradingModel

@testable import KeyRing

/// One envelope made by another program, Python's `cryptography` 48, so that the format does not rest on our own reading of it:
///
///     key, salt, nonce = (sha256(x).digest() for x in (b"a key", b"a salt", b"a nonce")); nonce = nonce[:12]
///     kid     = sha256(b"sge-kid" + key).digest()[:8]
///     context = ["deriv-token", "instance-1", "42", "account", "7", "deriv", "CR1234567", "real"]
///     fields  = [b"signalist/envelope/v1", b"\1", pack(">I", 7), kid, salt] + [text.encode() for text in context]
///     aad     = b"".join(pack(">H", len(field)) + field for field in fields)
///     okm     = HKDF(SHA256(), 64, salt, b"sge-v1" + sha256(aad).digest()).derive(key)
///     padded  = pack(">I", len(secret)) + secret; padded += bytes(-len(padded) % 64)
///     sealed  = b"SGE\1\1" + pack(">I", 7) + kid + salt + nonce + okm[32:] + AESGCM(okm[:32]).encrypt(nonce, padded, aad)
@Suite struct KnownAnswerTests {
    let key = hexadecimal("8fa3aab2faa9b79e0a0398da5b5abd0780142442a5be80b9a64608d718cb1fcd")
    let salt = hexadecimal("3facf0a0c67b876549d36fd59b2c918586fc5234617c3a0b584085f011324f6e")
    let nonce = hexadecimal("df71001510f3ff862b7342de")
    let envelope = hexadecimal(
        """
        5347450101000000073100dd2eef7ec58b3facf0a0c67b876549d36fd59b2c918586fc5234617c3a0b584085f011324f6edf71001510f3ff862b7342
        de5b1ab5a726b5e4ae20ef026235dcf7b89a8e9c616d1e52cb988113b2ab1933704a5834622376690dabbbb568b704f364876a5e5d91f78ad61df872
        68a6b657ae88bb4f94f2c9c83b3155b550bc4c256914189ae9df8ccae9065683b5ae0284253607989dd7dbefbfadd8e8618405b7de
        """)

    func ring() throws -> KeyRing {
        try KeyRing(epoch: 1, keys: [RingKey(version: KeyVersion(rawValue: 7), bytes: key, created: noon, state: .primary)])
    }

    @Test func sealingGivesTheKnownEnvelope() throws {
        #expect(try ring().seal(token, for: .fixture(), salt: salt, nonce: nonce).bytes == envelope)
    }

    @Test func theKnownEnvelopeOpens() throws {
        #expect(try ring().open(SealedSecret(bytes: envelope), for: .fixture()) == token)
    }
}
