import Foundation
import PlainJSON
import Testing
import TradingModel

@testable import KeyRing

/// Answers of another program, Python's `hashlib.scrypt` and `cryptography` 48:
///
///     salt, iv = sha256(b"a salt").digest(), sha256(b"an iv").digest()[:16]
///     key      = hashlib.scrypt(secret, salt=salt, n=16384, r=8, p=1, dklen=32)
///     sealed   = AESGCM(key).encrypt(iv, text, None); stored = b64encode(salt + iv + sealed[-16:] + sealed[:-16])
@Suite struct PreviousEnvelopeTests {
    struct Answer: Sendable {
        let secret: String
        let stored: String
        var text = "a1-AnInventedToken"
    }
    static let own = Answer(
        secret: "a secret of the previous system",
        stored: "P6zwoMZ7h2VJ02/VmyyRhYb8UjRhfDoLWECF8BEyT254EXG5PEkoO/jtoDpGuDzyHeFCoFgSV63qiUzMyhwUbKDjNpEw/gIZCnK7eAod2q/Ybw==")
    static let fallback = Answer(
        secret: "another secret, tried second",
        stored: "P6zwoMZ7h2VJ02/VmyyRhYb8UjRhfDoLWECF8BEyT254EXG5PEkoO/jtoDpGuDzyG2olAGyi2fXMOuyLVZQDkB/ejRv3JW54TcPVUlth6mA/0g==")
    static let open = Answer(
        secret: "default-encryption-key-change-in-production",
        stored: "P6zwoMZ7h2VJ02/VmyyRhYb8UjRhfDoLWECF8BEyT254EXG5PEkoO/jtoDpGuDzyaQLIbmZj6pf/s9VccGs4q5cDopE22iTDWrm88YZ6YTinbA==")

    func ring(_ secrets: [(String, String)]) throws -> KeyRing {
        try secrets.reduce(KeyRing.fixture()) { try $0.addingPrevious(PreviousSecret(name: Label($1.0)!, secret: Secret($1.1))) }
    }

    var ring: KeyRing {
        get throws { try ring([("ENCRYPTION_KEY", Self.fallback.secret), ("BETTER_AUTH_SECRET", Self.own.secret)]) }
    }

    @Test func bothStoredFormsOpen() throws {
        let text = try ring.open(PreviousEnvelope(stored: Self.own.stored))
        let object = try ring.open(PreviousEnvelope(stored: "{\"data\": \"\(Self.own.stored)\", \"keyVersion\": 99, \"algorithm\": \"rot13\"}"))
        for opening in [text, object] {
            #expect(opening.secret.reveal { $0 } == Self.own.text)
            #expect((opening.by.text, opening.isCompromised) == ("BETTER_AUTH_SECRET", false))
        }
    }

    @Test func theSecretsAreTriedInTheirOrder() throws {
        #expect(try ring.previousSecrets.map(\.name.text) == ["BETTER_AUTH_SECRET", "ENCRYPTION_KEY"])
        let opening = try ring.open(PreviousEnvelope(stored: Self.fallback.stored))
        #expect((opening.by.text, opening.isCompromised) == ("ENCRYPTION_KEY", false))
    }

    @Test func thePublicDefaultOpensAndIsRecognised() throws {
        let opening = try ring.open(PreviousEnvelope(stored: Self.open.stored))
        #expect(opening.secret.reveal { $0 } == Self.open.text)
        #expect((opening.by.text, opening.isCompromised) == ("public default", true))
        #expect(throws: KeyRingError.self, "it needs no place in the ring") {
            try PreviousSecret(name: Label("ENCRYPTION_KEY")!, secret: Secret(Self.open.secret))
        }
    }

    @Test func whatNoSecretOpensIsNamedAsThat() throws {
        #expect(throws: KeyRingError.noPreviousSecret(tried: 0)) { try KeyRing.fixture().open(PreviousEnvelope(stored: Self.own.stored)) }
        #expect(throws: KeyRingError.noPreviousSecret(tried: 1)) {
            try ring([("ENCRYPTION_KEY", "wrong")]).open(PreviousEnvelope(stored: Self.own.stored))
        }
    }

    /// One derivation for all of them: what differs is the cipher's part only where the salt is whole.
    @Test func everyFlippedBitAfterTheSaltIsNoticed() throws {
        let bytes = try #require(Data(base64Encoded: Self.own.stored))
        // A bit of each byte, for each try takes some 60 ms and more: the salt's, the nonce's, the tag's, the text's.
        for place in [0, 31, 32, 47, 48, 63, 64, bytes.count - 1] {
            var changed = bytes
            changed[place] ^= 0x10
            #expect(try PreviousEnvelope(stored: changed.base64EncodedString()).opened(with: Secret(Self.own.secret)) == nil, "byte \(place)")
        }
    }

    @Test func aTagThatWasCutShortIsRefused() throws {
        let bytes = try #require(Data(base64Encoded: Self.own.stored))
        for length in 0..<64 {
            #expect(throws: KeyRingError.self, "\(length) bytes") { try PreviousEnvelope(stored: bytes.prefix(length).base64EncodedString()) }
        }
        for length in 64..<bytes.count where length % 6 == 4 {
            #expect(try PreviousEnvelope(stored: bytes.prefix(length).base64EncodedString()).opened(with: Secret(Self.own.secret)) == nil)
        }
    }

    @Test(arguments: ["", "=", "not base64!", "{}", "{\"data\": 7}", "{\"data\": \"AAAA\"}", "[", "{", "AAAA", String(repeating: "A", count: 70_000)])
    func whatHasNoSuchShapeIsRefused(stored: String) { #expect(throws: KeyRingError.self) { try PreviousEnvelope(stored: stored) } }

    @Test func bothAlphabetsAndMissingPaddingAreRead() throws {
        let url = Self.own.stored.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        #expect(try PreviousEnvelope(stored: url) == PreviousEnvelope(stored: Self.own.stored))
    }

    @Test func aColumnTellsTheTwoKindsApart() throws {
        let sealed = try KeyRing.fixture().seal(token, for: .fixture())
        #expect(try StoredSecret(bytes: sealed.bytes) == .sealed(sealed))
        #expect(try StoredSecret(bytes: Array(Self.own.stored.utf8)) == .previous(PreviousEnvelope(stored: Self.own.stored)))
        // Text that begins as an envelope does is still text.
        let alike = "SGEx" + Self.own.stored.dropFirst(4)
        #expect(try StoredSecret(bytes: Array(alike.utf8)) == .previous(PreviousEnvelope(stored: alike)))
        for bit in 0..<40 {
            var bytes = sealed.bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: KeyRingError.self, "bit \(bit)") { try StoredSecret(bytes: bytes) }
        }
    }

    /// The previous system's own answers, where they are at hand.
    static let vectors = ProcessInfo.processInfo.environment["SIGNALIST_ENCRYPTION_VECTORS"] ?? Fixture.path("../shared/data/encryption-vectors.json")

    @Test(.enabled(if: FileManager.default.fileExists(atPath: vectors), "the previous system's vectors are not here"))
    func thePreviousSystemsOwnAnswersOpen() throws {
        let answers = try #require(try JSONValue.parse(Data(contentsOf: URL(filePath: Self.vectors))).array)
        #expect(answers.count >= 4)
        for answer in answers {
            let secret = try #require(answer["envValue"]?.string), form = try #require(answer["stored"])
            let stored = try PreviousEnvelope(form)
            let opened = try #require(stored.opened(with: Secret(secret)))
            let plain = try #require(answer["plaintext"]?.string)
            #expect(opened == Array(plain.utf8))
            #expect(stored.opened(with: Secret("wrong")) == nil)
        }
    }
}

enum Fixture {
    /// A path from the repository's root.
    static func path(_ path: String, file: String = #filePath) -> String {
        URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: path).standardized.path
    }
}
